// <composer-rich>: a formatted editor over its textarea, loaded when somebody begins to write. The textarea keeps the
// words as text, the hidden field `html` the formatted form, "" while nothing is formatted. Without it the textarea stays.
class ComposerRich extends HTMLElement {
  connectedCallback() {
    this.words = this.querySelector("textarea");
    this.html = this.querySelector("[name=html]");
    this.controller = new AbortController();
    const { signal } = this.controller;
    const form = this.closest("form");
    this.words.addEventListener("focus", () => this.open(), { signal });
    form.addEventListener("click", (event) => this.press(event), { signal });
    form.addEventListener("rewrite", (event) => this.rewrite(event), { signal });
    form.addEventListener("words:select", (event) => this.editor?.select(event.detail) && event.preventDefault(), { signal });
    form.addEventListener("draft:show", ({ detail }) => this.show(detail), { signal });
    form.addEventListener("file:inline", ({ detail }) => this.picture(detail), { signal });
    if (this.html.value) this.open();
  }

  disconnectedCallback() {
    this.controller.abort();
    this.editor?.destroy();
  }

  // Loads the editor once. The caret stays where it was, and what is typed meanwhile is taken over.
  async open() {
    if (this.editor) return this.editor.focus();
    this.loading ??= import("../rich/editor.js");
    const { Editor } = await this.loading.catch(() => ({}));
    if (!Editor || this.editor || !this.isConnected) return;
    const focused = document.activeElement === this.words;
    this.editor = new Editor(this, this.words, this.html, () => this.changed());
    if (focused) this.editor.focus(this.words.selectionStart, this.words.selectionEnd);
  }

  changed() {
    this.words.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async press(event) {
    const button = event.target.closest("[data-format]");
    if (!button) return;
    await this.open();
    this.editor?.format(button.dataset.format, this.getAttribute("words-link"));
  }

  rewrite(event) {
    if (this.editor?.replace(event.detail.quote, event.detail.text)) event.preventDefault();
  }

  show({ text, html }) {
    this.words.value = text;
    this.html.value = html;
    if (this.editor) this.editor.load();
    else if (html) this.open();
  }

  async picture({ cid, url }) {
    await this.open();
    this.editor?.picture(cid, url);
  }
}

customElements.define("composer-rich", ComposerRich);
