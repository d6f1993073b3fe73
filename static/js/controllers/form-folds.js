// <form-folds>: forms under a summary (details). Who opens one stands in its first field, Escape closes it and goes back to
// the summary. A form that is not there yet stands behind a link: it is fetched when the pointer or the focus comes to its
// summary, at the latest when it is opened.
const FIELD = ":scope > form :is(input:not([type=hidden]), select, textarea, button)";

class FormFolds extends HTMLElement {
  connectedCallback() {
    this.addEventListener("pointerover", ({ target }) => this.fetch(target));
    this.addEventListener("focusin", ({ target }) => this.fetch(target));
    this.addEventListener("click", ({ target }) => (this.asked = this.fetch(target)));
    this.addEventListener("toggle", ({ target }) => target === this.asked && this.enter(), true);
    this.addEventListener("htmx:after:settle", () => this.enter());
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.close(event));
  }

  fetch(target) {
    const fold = target.closest("summary")?.parentElement;
    fold?.querySelector(":scope > .fold__late[data-htmx-powered]")?.click();
    return fold;
  }

  enter() {
    if (!this.asked?.open || !this.asked.querySelector(FIELD)) return;
    const away = document.activeElement !== document.body && !this.contains(document.activeElement);
    if (!away) this.asked.querySelector(FIELD).focus(); // who writes elsewhere by now goes on writing there
    this.asked = null;
  }

  close(event) {
    const fold = event.target.closest("form")?.parentElement;
    if (!fold?.matches("details[open]")) return;
    event.preventDefault();
    fold.open = false;
    fold.querySelector("summary").focus();
  }
}

customElements.define("form-folds", FormFolds);
