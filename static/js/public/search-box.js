// <search-box>: arrows move between the field and its suggestions, Escape and a click elsewhere close them.
class SearchBox extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.addEventListener("keydown", (event) => this.press(event), { signal });
    this.addEventListener("focusin", () => this.open(true), { signal });
    document.addEventListener("click", (event) => this.contains(event.target) || this.open(false), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  open(shown) {
    this.querySelector("#suggest").hidden = !shown;
  }

  press(event) {
    const field = this.querySelector("input");
    if (event.key === "Escape") {
      field.focus();
      this.open(false);
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [field, ...this.querySelectorAll(".suggest__row")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
    event.preventDefault();
  }
}

customElements.define("search-box", SearchBox);
