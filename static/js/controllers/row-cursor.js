// <row-cursor>: j and k move a cursor over the rows of a list, Enter opens; it survives live updates (rows keep their id).
class RowCursor extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    document.addEventListener("keydown", (event) => this.press(event), { signal: this.controller.signal });
    this.addEventListener("live:refreshed", () => this.mark(document.getElementById(this.current ?? "")));
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.closest("key-map[off]")) return;
    if (event.target.closest("input, textarea, select, button, a, dialog, [popover]")) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step) this.move(step);
    if (event.key === "Enter" || event.key === "o") document.getElementById(this.current ?? "")?.querySelector("a").click();
  }

  move(step) {
    const rows = [...this.querySelectorAll("[data-row]")];
    const here = rows.findIndex((row) => row.id === this.current);
    this.mark(rows[Math.min(Math.max(here + step, 0), rows.length - 1)]);
  }

  mark(row) {
    for (const old of this.querySelectorAll(".is-cursor")) {
      old.classList.remove("is-cursor");
      old.removeAttribute("aria-current");
    }
    if (!row) return;
    this.current = row.id;
    row.classList.add("is-cursor");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("row-cursor", RowCursor);
