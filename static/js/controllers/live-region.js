// <live-region src ticket? target? still?>: fetches its content again when a hint concerns it.
// The scroll position stays: what is morphed keeps its elements. A page that was fetched or rendered ahead asks at once.
import htmx from "../../vendor/htmx.js";

const JITTER = 300;

class LiveRegion extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    document.addEventListener("live:hint", ({ detail }) => this.concerns(detail) && this.refresh(), { signal });
    document.addEventListener("live:resync", () => this.refresh(), { signal });
    const [arrival] = performance.getEntriesByType("navigation");
    if (arrival?.deliveryType === "navigational-prefetch" || arrival?.activationStart) this.refresh();
  }

  disconnectedCallback() {
    this.controller.abort();
    clearTimeout(this.timer);
  }

  concerns(hint) {
    const ticket = this.getAttribute("ticket");
    return hint.kind === "ticket" && (!ticket || hint.id === Number(ticket));
  }

  refresh() {
    if (this.timer || this.hasAttribute("still")) return;
    this.timer = setTimeout(() => this.fetch(), Math.random() * JITTER);
  }

  async fetch() {
    this.timer = null;
    const url = new URL(this.getAttribute("src"), location.href);
    const rows = [...this.querySelectorAll("[data-row]")].map((row) => row.id);
    if (rows.length) url.searchParams.set("rows", rows.length);
    const target = document.getElementById(this.getAttribute("target") ?? this.id);
    const about = { bubbles: true, cancelable: true, detail: { url } };
    if (!this.dispatchEvent(new CustomEvent("live:before", about))) return;
    await htmx.ajax("GET", url.pathname + url.search, { source: this, target, swap: "innerMorph" });
    for (const row of rows.length ? this.querySelectorAll("[data-row]") : []) {
      if (!rows.includes(row.id)) row.classList.add("is-new");
    }
    this.dispatchEvent(new CustomEvent("live:refreshed", { bubbles: true }));
  }
}

customElements.define("live-region", LiveRegion);
