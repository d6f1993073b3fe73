// <mention-menu><ul role=listbox>: after an @ in a note, offers the colleagues whose name begins so. Arrows choose, Enter
// or Tab takes, Escape closes. "@Sophie Martin" typed by hand does the same.
const CALL = /(?:^|[^\p{L}\p{N}.@])@([\p{L}\p{N}' -]{0,40})$/u;
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class MentionMenu extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.list = this.querySelector("ul");
    this.names = [...this.list.children];
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.form.addEventListener("input", () => this.look(), { signal });
    this.form.addEventListener("keydown", (event) => this.press(event), { signal, capture: true });
    this.list.addEventListener("mousedown", (event) => this.point(event), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  // What stands before the caret, in the textarea or in the editor over it.
  before() {
    const field = document.activeElement;
    if (field === this.form.elements.text) return field.value.slice(0, field.selectionStart);
    const { anchorNode, anchorOffset } = getSelection();
    return field?.closest("form") === this.form && anchorNode?.nodeType === 3 ? anchorNode.data.slice(0, anchorOffset) : "";
  }

  look() {
    const note = this.form.querySelector("#kind-note").checked;
    this.typed = note ? this.before().match(CALL)?.[1] : undefined;
    const fits = (name) => plain(name).startsWith(plain(this.typed)) || plain(name).includes(` ${plain(this.typed)}`);
    const found = this.typed === undefined ? [] : this.names.filter((one) => fits(one.textContent)).slice(0, 8);
    this.list.replaceChildren(...found);
    this.list.hidden = !found.length || found.some((one) => one.textContent === this.typed);
    this.choose(found[0]);
  }

  choose(option) {
    for (const one of this.list.children) {
      one.classList.toggle("is-on", one === option);
      one.setAttribute("aria-selected", one === option);
    }
    this.chosen = option;
    const field = document.activeElement;
    const told = this.list.hidden || !option ? null : option.id;
    if (field?.closest("form") !== this.form || field.getAttribute("aria-activedescendant") === told) return;
    told ? field.setAttribute("aria-activedescendant", told) : field.removeAttribute("aria-activedescendant");
  }

  press(event) {
    if (this.list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const options = [...this.list.children];
    if (step) this.choose(options.at((options.indexOf(this.chosen) + step) % options.length));
    else if (event.key === "Escape") this.list.hidden = true;
    else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey) this.take();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  point(event) {
    event.preventDefault(); // the caret stays
    this.chosen = event.target.closest("li");
    if (this.chosen) this.take();
  }

  // As if it had been typed: both the textarea and the editor understand that, and it can be undone.
  take() {
    const { typed, chosen } = this; // every step of it is an input, which looks again
    for (let back = 0; back < typed.length; back++) document.execCommand("delete");
    document.execCommand("insertText", false, `${chosen.textContent} `);
    this.list.hidden = true;
  }
}

customElements.define("mention-menu", MentionMenu);
