// <composer-form>: Ctrl/Cmd+Enter sends, with Shift sends and solves; one send at a time. What stands on the page when
// the first letter is typed counts as read: only what comes later holds the reply back.
class ComposerForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("submit", () => setTimeout(() => this.hold(true)));
    this.addEventListener("htmx:finally:request", () => this.hold(false));
    this.addEventListener("click", ({ target }) => target.closest("[data-edit]") && this.edit());
    this.addEventListener("input", ({ target }) => this.begin(target));
    this.empty = !this.form.elements.text.value;
    this.querySelector("[data-anyway]")?.focus();
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
