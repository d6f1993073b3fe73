// <toast-note>: goes after eight seconds, or at a click; stays while the pointer or the focus is on it.
const STAY = 8000;

class ToastNote extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-close]")?.addEventListener("click", () => this.remove());
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    this.timer = setTimeout(() => (this.matches(":hover, :focus-within") ? this.wait() : this.remove()), STAY);
  }
}

customElements.define("toast-note", ToastNote);
