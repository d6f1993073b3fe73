// <composer-form>: Ctrl/Cmd+Enter sends, with Shift sends and solves; shows the chosen files; one send at a time.
class ComposerForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("change", () => this.list());
    this.addEventListener("submit", () => setTimeout(() => this.hold(true)));
    this.addEventListener("htmx:finally:request", () => this.hold(false));
  }

  press(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const note = this.querySelector("#kind-note").checked;
    const way = note ? "note" : event.shiftKey ? "solve" : "plain";
    this.querySelector(`[data-send="${way}"]`).click();
  }

  list() {
    const files = [...this.querySelector("input[type=file]").files];
    this.querySelector("output").textContent = files.map((file) => file.name).join(", ");
  }

  hold(busy) {
    for (const button of this.querySelectorAll("[name=then]")) button.disabled = busy;
  }
}

customElements.define("composer-form", ComposerForm);
