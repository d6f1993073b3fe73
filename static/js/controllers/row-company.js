// <row-company src>: shows beside each row of the page's list who else is at that ticket. Asks once at first and whenever
// somebody comes, goes or types, and while anybody is there, for nobody says when a laptop was closed. Fresh rows keep what
// was known (morphSkip), new ones ask.
const JITTER = 300;
const AGAIN = 35_000;

class RowCompany extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    document.addEventListener("live:hint", ({ detail }) => this.concerns(detail) && this.ask(), { signal });
    document.addEventListener("live:refreshed", () => this.show(), { signal });
    document.addEventListener("visibilitychange", () => this.ask(), { signal });
    document.addEventListener("htmx:after:settle", () => this.grown && this.ask(), { signal });
    this.ask();
  }

  disconnectedCallback() {
    this.controller.abort();
    clearTimeout(this.timer);
    clearTimeout(this.again);
  }

  concerns({ kind, id }) {
    return kind === "presence" && document.getElementById(`row-${id}`) !== null;
  }

  ask() {
    if (this.timer || document.hidden) return;
    this.timer = setTimeout(() => this.fetch(), Math.random() * JITTER);
  }

  async fetch() {
    this.timer = null;
    this.asked = new Set(this.places.map((place) => place.parentElement.id));
    const numbers = [...this.asked].map((id) => ["ticket", id.slice(4)]);
    if (!numbers.length) return;
    const answer = await fetch(`${this.getAttribute("src")}?${new URLSearchParams(numbers)}`).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.known = new Map([...page.querySelectorAll("[data-at]")].map((one) => [`row-${one.dataset.at}`, one.innerHTML]));
    this.show();
    clearTimeout(this.again);
    if (this.known.size) this.again = setTimeout(() => this.ask(), AGAIN);
  }

  get grown() {
    return this.places.some((place) => !this.asked?.has(place.parentElement.id));
  }

  get places() {
    return [...document.querySelectorAll("[data-row] > .row__company")];
  }

  show() {
    for (const place of this.places) {
      const html = this.known?.get(place.parentElement.id) ?? "";
      if (place.innerHTML !== html) place.innerHTML = html;
    }
  }
}

customElements.define("row-company", RowCompany);
