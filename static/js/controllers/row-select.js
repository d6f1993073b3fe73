// <row-select>: ticks rows for the bar below the list: x the row of the cursor, shift-click a range, Ctrl-A all, Escape none.
// Without it the boxes and the bar work as a plain form.
class RowSelect extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.addEventListener("click", (event) => this.range(event), { signal });
    this.addEventListener("change", () => this.count(), { signal });
    this.addEventListener("reset", () => setTimeout(() => this.count()), { signal });
    this.addEventListener("live:refreshed", () => this.count(), { signal });
    document.addEventListener("keydown", (event) => this.press(event), { signal, capture: true });
    this.count();
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  get boxes() {
    return [...this.querySelectorAll('[data-row] input[name="ticket"]')];
  }

  press(event) {
    if (event.defaultPrevented || event.target.closest("dialog, [popover], textarea, select, input:not([type=checkbox])")) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "a" && this.contains(event.target)) return this.set(this.boxes, true, event);
    if (command || event.altKey || this.closest("key-map[off]")) return;
    if (document.querySelector(":popover-open")) return; // Escape closes the menu, not the choice it was opened for
    if (event.key === "Escape" && this.boxes.some((box) => box.checked)) return this.set(this.boxes, false, event);
    if (event.key.toLowerCase() !== "x") return;
    const box = this.querySelector(".row.is-cursor input[name=ticket]") ?? document.activeElement.closest?.("[data-row]")?.querySelector("input");
    if (box) this.set([box], !box.checked, event);
  }

  range(event) {
    if (!event.target.matches('input[name="ticket"]')) return;
    const [boxes, box] = [this.boxes, event.target];
    if (event.shiftKey && this.last?.isConnected) {
      const ends = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(ends[0], ends[1] + 1)) one.checked = box.checked;
      this.count();
    }
    this.last = box;
  }

  set(boxes, checked, event) {
    event.preventDefault();
    event.stopPropagation();
    for (const box of boxes) box.checked = checked;
    this.last = boxes.at(-1);
    this.count();
  }

  count() {
    const ticked = this.boxes.filter((box) => box.checked).length;
    const words = this.querySelector("[data-many]");
    if (words) words.textContent = words.dataset.many.replace("{n}", ticked);
  }
}

customElements.define("row-select", RowSelect);
