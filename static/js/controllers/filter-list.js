// <filter-list>: its search field hides the buttons [data-words] that do not have every word typed, accents and case aside.
// Groups (details) open while something is sought; Enter takes the first button left, the arrow goes to it.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class FilterList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", ({ target }) => target.type === "search" && this.filter(target.value));
    this.addEventListener("keydown", (event) => this.press(event));
  }

  filter(typed) {
    const words = plain(typed).split(/\s+/).filter(Boolean);
    for (const one of this.querySelectorAll("[data-words]")) {
      const has = plain(one.dataset.words);
      one.hidden = !words.every((word) => has.includes(word));
    }
    for (const group of this.querySelectorAll("details")) {
      group.open = words.length > 0;
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
    }
  }

  press(event) {
    if (event.target.type !== "search" || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const first = [...this.querySelectorAll("[data-words]")].find((one) => one.checkVisibility());
    event.key === "Enter" ? event.target.value && first?.click() : first?.focus();
  }
}

customElements.define("filter-list", FilterList);
