// <focus-keeper>: a part that is swapped whole keeps its place: its scrolling, and the focus on the field or button of the
// same name; where that one is gone the focus goes to the part itself, never to the top of the page.
class FocusKeeper extends HTMLElement {
  connectedCallback() {
    this.addEventListener("htmx:before:swap", () => this.remember());
    this.addEventListener("htmx:after:settle", ({ target }) => target === this && this.restore());
  }

  get region() {
    return this.querySelector("[role=region]");
  }

  remember() {
    const focused = document.activeElement;
    this.top = this.region.scrollTop;
    this.held = this.contains(focused) && { name: focused.name, form: focused.form?.getAttribute("action") };
  }

  restore() {
    if (this.top === undefined) return;
    this.region.scrollTop = this.top;
    if (!this.held || document.activeElement !== document.body) return;
    const { name, form } = this.held;
    const same = name && this.querySelector(`form[action="${form}"] [name="${CSS.escape(name)}"]`);
    (same?.checkVisibility() ? same : this.region).focus({ preventScroll: true });
  }
}

customElements.define("focus-keeper", FocusKeeper);
