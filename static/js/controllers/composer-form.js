// <composer-form>: Ctrl/Cmd+Enter sends, with Shift sends and solves; one send at a time. What stands on the page when
// the first letter is typed counts as read: only what comes later holds the reply back. After a refusal the caret is back
// in the words (what is typed on would else be taken for shortcuts), after a reply the focus is in the thread.
class ComposerForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("submit", () => this.leave());
    this.addEventListener("htmx:finally:request", () => this.hold(false));
    this.addEventListener("click", ({ target }) => target.closest("[data-edit]") && this.edit());
    this.addEventListener("input", ({ target }) => this.begin(target));
    this.empty = !this.form.elements.text.value;
    this.querySelector("[data-anyway]")?.focus();
    if (this.querySelector(".composer__error")) queueMicrotask(() => this.resume());
  }

  leave() {
    this.sent = true;
    setTimeout(() => this.hold(true));
  }

  disconnectedCallback() {
    if (this.sent) queueMicrotask(() => this.letGo());
  }

  letGo() {
    if (document.activeElement === document.body) document.querySelector(".thread")?.focus({ preventScroll: true });
  }

  resume() {
    const words = this.form.elements.text;
    words.setSelectionRange(words.value.length, words.value.length);
    (this.querySelector("[aria-invalid=true], .composer__error select") ?? words).focus();
  }

  press(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const note = this.querySelector("#kind-note").checked;
    const way = note ? "note" : event.shiftKey ? "solve" : "plain";
    this.querySelector(`[data-send="${way}"]`).click();
  }

  begin(field) {
    if (field.name !== "text") return;
    if (this.empty && field.value) {
      const known = [...document.querySelectorAll("#thread [data-message]")].map((one) => Number(one.dataset.message));
      this.form.elements.seen.value = Math.max(0, ...known);
    }
    this.empty = !field.value;
  }

  edit() {
    this.querySelector(".held").remove();
    this.form.elements.text.focus();
  }

  hold(busy) {
    for (const button of this.querySelectorAll("[name=then]")) button.disabled = busy;
  }
}

customElements.define("composer-form", ComposerForm);
