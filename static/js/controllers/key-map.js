// <key-map off?>: a key pressed outside fields clicks or focuses the element that carries it: data-key="e", data-key="g m".
// Matches what the key types (event.key), so every keyboard layout works; `off` leaves only Ctrl/Cmd combinations.
const PAUSE = 900;

class KeyMap extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    document.addEventListener("click", (event) => this.open(event), { signal });
    document.addEventListener("submit", ({ target }) => target.closest("[popover]")?.hidePopover(), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  press(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (command && event.key.toLowerCase() === "k") return this.find(event);
    if (command || event.ctrlKey || event.altKey || event.metaKey || this.hasAttribute("off")) return;
    if (event.key === "Escape") return event.target.matches("input, textarea, [contenteditable]") && event.target.blur();
    if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog, [popover]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const chord = this.first && performance.now() - this.firstAt < PAUSE ? `${this.first} ${key}` : key;
    this.first = null;
    if (this.act(chord, event)) return;
    if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
      this.first = key;
      this.firstAt = performance.now();
    }
  }

  act(keys, event) {
    const element = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
    if (!element || element.disabled) return false;
    event.preventDefault();
    if (element.matches("input:not([type=radio])")) element.select();
    element.matches("input:not([type=radio])") ? element.focus() : element.click();
    const then = document.getElementById(element.dataset.then ?? "");
    then?.focus();
    return true;
  }

  find(event) {
    event.preventDefault();
    const palette = document.getElementById("palette");
    if (!palette.open) palette.showModal();
  }

  open({ target }) {
    const id = target.closest?.("[data-opens]")?.dataset.opens;
    if (!id) return;
    target.closest("[popover]")?.hidePopover();
    document.getElementById(id).showModal();
  }
}

customElements.define("key-map", KeyMap);
