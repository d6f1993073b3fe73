// <empty-places>: names the places of the text that wait for a value, and selects the first one when it is pressed, when
// a macro was taken and when a reply was refused: what is typed then stands in its place.
const PLACE = /\{\{\s*(?:input\.)?([\p{L}\p{N}_.-]+)[^{}]*\}\}/gu;

class EmptyPlaces extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.form.addEventListener("input", () => this.look(), { signal });
    this.form.addEventListener("macro:taken", () => this.fill(), { signal });
    this.addEventListener("click", () => this.fill(), { signal });
    this.look();
    if (this.form.querySelector(".composer__error")) queueMicrotask(() => this.fill());
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  get places() {
    return [...this.form.elements.text.value.matchAll(PLACE)];
  }

  look() {
    const names = this.places.map((match) => match[1].replace(/[_.]/g, " "));
    this.hidden = !names.length;
    this.querySelector("b").textContent = [...new Set(names)].join(", ");
  }

  fill() {
    const [place] = this.places;
    if (!place || !this.form.dispatchEvent(new CustomEvent("words:select", { cancelable: true, detail: place[0] }))) return;
    this.form.elements.text.focus();
    this.form.elements.text.setSelectionRange(place.index, place.index + place[0].length);
  }
}

customElements.define("empty-places", EmptyPlaces);
