// <row-hold news>: keeps a live list still while a hand is in it (pointer, focus, ticked rows): what is new waits behind the
// pill with the id `news` and comes when it is pressed or the hand has left. Rows that stand there already stay fresh, but
// for the one under the hand.
class RowHold extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.addEventListener("live:before", (event) => this.judge(event), { signal });
    this.addEventListener("pointerleave", () => this.release(), { signal });
    this.pill?.addEventListener("click", () => this.release(true), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  get pill() {
    return document.getElementById(this.getAttribute("news"));
  }

  get busy() {
    return this.matches(":hover, :focus-within") || this.querySelector("input:checked, row-cursor .is-cursor") !== null;
  }

  async judge(event) {
    if (!this.busy || this.released) return;
    event.preventDefault();
    const answer = await fetch(event.detail.url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-row]")].filter((row) => !this.renew(row)).length;
    this.waiting = true;
    this.pill.hidden = !fresh;
    this.pill.querySelector("span").textContent = this.pill.dataset.one.replace("{n}", fresh);
  }

  renew(row) {
    const old = document.getElementById(row.id);
    if (!old || old.matches(":hover, :focus-within")) return old;
    for (const kept of ["input", ".row__company"]) row.querySelector(kept).replaceWith(old.querySelector(kept));
    row.classList.toggle("is-cursor", old.matches(".is-cursor"));
    old.className = row.className;
    old.replaceChildren(...row.childNodes);
    return old;
  }

  async release(pressed = false) {
    if (!this.waiting || (!pressed && this.busy)) return;
    this.released = true;
    await this.querySelector("live-region").fetch();
    this.released = this.waiting = false; // an answer that judged the old rows may have come meanwhile
    this.pill.hidden = true;
  }
}

customElements.define("row-hold", RowHold);
