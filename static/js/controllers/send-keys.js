// <send-keys>: Ctrl/Cmd+Enter in its form sends it.
class SendKeys extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  }
}

customElements.define("send-keys", SendKeys);
