// <macro-menu src>: a "/" at the start of a line, then words, offers macros; arrows choose, Enter or Tab takes, Escape
// closes. Taking one types its text where the caret is, puts its number into the form's hidden "macro" (its steps are
// done with the reply, unless all words go away again) and sends `macro:taken` {id, text} up.
const CALL = /(?:^|\n)\/([^\n/]{0,60})$/;
const MARK = "\u2063"; // an invisible sign that nobody types
const PAUSE = 120;

class MacroMenu extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.box = this.querySelector(".macros");
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.form.addEventListener("input", () => this.look(), { signal });
    this.form.addEventListener("keydown", (event) => this.press(event), { signal, capture: true });
    this.form.addEventListener("click", ({ target }) => target.closest("[data-macros]") && this.begin(), { signal });
    this.box.addEventListener("mousedown", (event) => this.point(event), { signal });
    this.box.addEventListener("mouseover", ({ target }) => this.choose(target.closest("[data-macro]") ?? this.chosen), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
    clearTimeout(this.timer);
  }

  before() {
    const field = document.activeElement;
    if (field === this.form.elements.text) return field.value.slice(0, field.selectionStart);
    const { anchorNode, anchorOffset } = getSelection();
    return field?.closest("form") === this.form && anchorNode?.nodeType === 3 ? anchorNode.data.slice(0, anchorOffset) : "";
  }

  // The button does what typing "/" does.
  begin() {
    (this.form.querySelector("[contenteditable=true]") ?? this.form.elements.text).focus();
    document.execCommand("insertText", false, /(^|\n)$/.test(this.before()) ? "/" : "\n/");
  }

  look() {
    const note = this.form.querySelector("#kind-note").checked;
    if (!note && !this.form.elements.text.value.trim()) this.form.elements.macro.value = "";
    this.typed = note ? undefined : this.before().match(CALL)?.[1];
    clearTimeout(this.timer);
    Object.assign(this, { asking: this.typed !== undefined, hasty: false });
    if (!this.asking) return this.close();
    this.timer = setTimeout(() => this.search(this.typed), PAUSE);
  }

  async search(words) {
    const url = `${this.getAttribute("src")}?q=${encodeURIComponent(words)}`;
    const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (words !== this.typed) return;
    this.asking = false;
    if (answer?.ok) {
      this.box.innerHTML = await answer.text();
      this.box.hidden = false;
      this.choose(this.options[0]);
    }
    if (this.hasty && answer?.ok && this.chosen) this.take();
    else if (this.hasty) document.execCommand("insertParagraph"); // no macro: Enter was a new line
  }

  get options() {
    return [...this.box.querySelectorAll("[data-macro]")];
  }

  choose(option) {
    for (const one of this.options) {
      one.classList.toggle("is-on", one === option);
      one.setAttribute("aria-selected", one === option);
    }
    for (const view of this.box.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== option?.dataset.macro;
    this.chosen = option;
  }

  press(event) {
    if (event.isComposing) return;
    if (this.box.hidden && !this.asking) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { options } = this;
    if (this.asking && event.key === "Enter") this.hasty = !event.ctrlKey && !event.metaKey; // taken when it is found
    else if (this.box.hidden) return;
    else if (step && options.length) this.choose(options.at((options.indexOf(this.chosen) + step) % options.length));
    else if (event.key === "Escape") this.close();
    else if (["Enter", "Tab"].includes(event.key) && this.chosen && !event.ctrlKey && !event.metaKey) this.take();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  point(event) {
    event.preventDefault(); // the caret stays
    this.chosen = event.target.closest("[data-macro]") ?? this.chosen;
    if (event.target.closest("[data-macro]")) this.take();
  }

  take() {
    const { typed, chosen } = this;
    if (chosen.getAttribute("aria-disabled") === "true") return;
    const { macro, text } = chosen.dataset;
    for (let back = 0; back <= typed.length; back++) document.execCommand("delete");
    document.execCommand("insertText", false, MARK);
    this.put(text);
    this.form.elements.macro.value = macro;
    this.close();
    this.dispatchEvent(new CustomEvent("macro:taken", { bubbles: true, detail: { id: Number(macro), text } }));
  }

  // The editor puts it where the mark stands; without an editor the textarea takes it as it is.
  put(text) {
    const put = new CustomEvent("rewrite", { cancelable: true, detail: { quote: MARK, text } });
    const words = this.form.elements.text;
    if (!this.form.dispatchEvent(put) || !words.value.includes(MARK)) return;
    words.setSelectionRange(words.value.indexOf(MARK), words.value.indexOf(MARK) + MARK.length);
    document.execCommand("insertText", false, text);
  }

  close() {
    this.box.hidden = true;
  }
}

customElements.define("macro-menu", MacroMenu);
