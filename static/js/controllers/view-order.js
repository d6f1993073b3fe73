// <view-order src>: its links can be dragged into another order, which is sent to src. (The filters page has buttons.)
class ViewOrder extends HTMLElement {
  connectedCallback() {
    for (const view of this.querySelectorAll("[data-view]")) view.draggable = true;
    this.addEventListener("dragstart", (event) => (this.dragged = event.target.closest("[data-view]")));
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("drop", (event) => event.preventDefault());
    this.addEventListener("dragend", () => this.save());
  }

  over(event) {
    const over = event.target.closest("[data-view]");
    if (!this.dragged || !over || over === this.dragged) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    over.insertAdjacentElement(event.clientY < top + height / 2 ? "beforebegin" : "afterend", this.dragged);
  }

  save() {
    if (!this.dragged) return;
    this.dragged = null;
    const order = new FormData();
    for (const view of this.querySelectorAll("[data-view]")) order.append("order", view.dataset.view);
    const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
    fetch(this.getAttribute("src"), { method: "POST", body: order, headers: { "X-CSRFToken": token } });
  }
}

customElements.define("view-order", ViewOrder);
