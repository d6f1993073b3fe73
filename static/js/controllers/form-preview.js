// <form-preview form button>: what the form would make, in the frame inside: shown again a moment after each change.
const PAUSE = 400;

class FormPreview extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const form = document.getElementById(this.getAttribute("form"));
    form.addEventListener("input", () => this.later(form), { signal: this.controller.signal });
  }

  disconnectedCallback() {
    this.controller.abort();
    clearTimeout(this.timer);
  }

  later(form) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (form.checkValidity()) form.requestSubmit(document.getElementById(this.getAttribute("button")));
    }, PAUSE);
  }
}

customElements.define("form-preview", FormPreview);
