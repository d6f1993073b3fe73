// <command-palette src="/palette/">: one field for everything, inside a <dialog>. What the page can do is read from its
// [data-key] elements, where one can go from the rail's links and <a data-place>; the rest is asked of the server.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest("dialog");
    this.input = this.querySelector("input");
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.none = this.querySelector(".palette__none");
    this.input.addEventListener("input", () => this.find());
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]"), event));
    this.dialog.addEventListener("toggle", ({ newState }) => newState === "open" && this.open());
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
  }

  open() {
    this.input.value = "";
    const keyed = [...document.querySelectorAll("main [data-key], .rail__me")].filter((one) => !one.matches("input:not([type=radio])") && one.checkVisibility());
    this.fill("here", keyed);
    this.fill("places", document.querySelectorAll(".rail a.view, a[data-place]"));
    this.find();
  }

  fill(part, targets) {
    const head = this.parts[part].firstElementChild;
    const items = [...targets].map((target) => this.item(target)).filter((item) => item);
    this.parts[part].replaceChildren(head, ...items);
  }

  item(target) {
    const plain = target.cloneNode(true);
    for (const aside of plain.querySelectorAll("kbd, .keys, .view__count")) aside.remove();
    const words = target.getAttribute("aria-label") || target.title || plain.textContent;
    const label = words.replace(/\s+/g, " ").trim();
    if (!label) return null;
    const item = document.createElement("div");
    item.className = "menu__item";
    item.setAttribute("role", "option");
    item.append(target.querySelector("svg")?.cloneNode(true) ?? "", Object.assign(document.createElement("span"), { className: "cut", textContent: label }));
    for (const key of (target.dataset.key ?? "").split(" ").filter(Boolean)) {
      item.append(Object.assign(document.createElement("kbd"), { className: "kbd", textContent: key.toUpperCase() }));
    }
    item.target = target;
    return item;
  }

  async find() {
    const typed = this.input.value.trim();
    const [sign, words] = /^[>#@]/.test(typed) ? [typed[0], typed.slice(1).trim()] : ["", typed];
    for (const item of this.querySelectorAll("[data-part=here] [role=option], [data-part=places] [role=option]")) {
      item.hidden = "#@".includes(sign || "-") || !fold(item.textContent).includes(fold(words));
    }
    this.mark(this.options[0]);
    if (!words || sign === ">") this.parts.found.replaceChildren();
    else {
      const answer = await fetch(`${this.getAttribute("src")}?q=${encodeURIComponent(typed)}`).catch(() => null);
      if (!answer?.ok || this.input.value.trim() !== typed) return;
      this.parts.found.innerHTML = await answer.text();
    }
    this.none.hidden = this.options.length > 0;
    this.mark(this.options[0]);
  }

  get options() {
    return [...this.querySelectorAll("[role=option]:not([hidden])")];
  }

  mark(chosen) {
    for (const option of this.querySelectorAll("[role=option]")) {
      option.classList.toggle("is-on", option === chosen);
      option.setAttribute("aria-selected", option === chosen);
    }
    if (chosen) chosen.id ||= `option-${(this.named = (this.named ?? 0) + 1)}`;
    this.input.setAttribute("aria-activedescendant", chosen?.id ?? "");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const options = this.options;
    const place = options.findIndex((option) => option.classList.contains("is-on"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark(options[(place + step + options.length) % options.length]);
    else if (event.key === "Escape") this.leave();
    else if (event.key === "Enter" && !event.isComposing && options[place]) this.choose(options[place], event);
    else return;
    event.preventDefault();
  }

  // At once: a search field would only be emptied first.
  leave() {
    this.input.blur();
    this.dialog.close();
  }

  choose(option, event) {
    if (!option) return;
    if (!option.target) return event.type === "keydown" && option.click();
    this.dialog.close();
    option.target.click();
    option.target.focus?.();
  }
}

customElements.define("command-palette", CommandPalette);
