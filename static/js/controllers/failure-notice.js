// <failure-notice><template>: shows its toast when a request that somebody made fails.
class FailureNotice extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    for (const name of ["htmx:error", "htmx:response:error"]) {
      document.addEventListener(name, (event) => this.show(event), { signal });
    }
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  show({ target, detail }) {
    const status = detail?.ctx?.response?.status;
    if (status === 422 || target.closest?.("live-region") === target) return;
    document.getElementById("toasts").replaceChildren(this.querySelector("template").content.cloneNode(true));
  }
}

customElements.define("failure-notice", FailureNotice);
