// <drag-order>: rows with data-id of a list inside can be dragged; the new order goes to the form's hidden "order".
// Its buttons do the same without a mouse, and without this script.
class DragOrder extends HTMLElement {
  connectedCallback() {
    for (const row of this.rows) row.draggable = true;
    this.addEventListener("dragstart", ({ target }) => (this.dragged = target.closest("[data-id]")));
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("drop", (event) => event.preventDefault());
    this.addEventListener("dragend", () => this.send());
  }

  get rows() {
    return [...this.querySelectorAll("[data-id]")];
  }

  over(event) {
    const row = event.target.closest("[data-id]");
    if (!this.dragged || !row || row === this.dragged) return;
    event.preventDefault();
    const { top, height } = row.getBoundingClientRect();
    row[event.clientY > top + height / 2 ? "after" : "before"](this.dragged);
    this.moved = true;
  }

  send() {
    if (!this.moved) return;
    this.querySelector("[name=order]").value = this.rows.map((row) => row.dataset.id).join(",");
    this.closest("form").submit();
  }
}

customElements.define("drag-order", DragOrder);
