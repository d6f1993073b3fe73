// <undo-clock until? words then?>: counts the seconds during which a reply can be taken back; `{n}` in `words` is their
// number. In a toast the form's address says until when. At the end the way back goes.
class UndoClock extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    const until = this.getAttribute("until") ?? new URL(form.action).searchParams.get("until");
    this.until = Date.parse(until);
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const left = Math.ceil((this.until - Date.now()) / 1000);
    if (left > 0) this.textContent = this.getAttribute("words").replace("{n}", left);
    else this.end();
  }

  end() {
    clearInterval(this.timer);
    const toast = this.closest(".toast");
    if (toast) return toast.remove();
    this.parentElement.querySelector("form")?.remove();
    this.textContent = this.getAttribute("then");
  }
}

customElements.define("undo-clock", UndoClock);
