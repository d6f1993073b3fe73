// <chat-answers thanks>: articles that may answer. One that has been opened can be said to have answered the question:
// fires chat:solved with its number.
const opened = new Set(); // the list is made anew while somebody types
const settled = new Set();

class ChatAnswers extends HTMLElement {
  connectedCallback() {
    for (const item of this.querySelectorAll("[data-article]")) this.offer(item);
    this.addEventListener("click", ({ target }) => {
      const item = target.closest("[data-article]");
      if (item && target.closest("a")) this.open(item);
      if (item && target.closest("button")) this.solved(item);
    });
  }

  open(item) {
    opened.add(item.dataset.article);
    this.offer(item);
  }

  offer(item) {
    const button = item.querySelector("button");
    if (!button) return;
    button.hidden = !opened.has(item.dataset.article);
    if (settled.has(item.dataset.article)) button.replaceWith(this.thanks());
  }

  solved(item) {
    settled.add(item.dataset.article);
    this.offer(item);
    this.dispatchEvent(new CustomEvent("chat:solved", { bubbles: true, detail: item.dataset.article }));
  }

  thanks() {
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    said.textContent = this.getAttribute("thanks");
    return said;
  }
}

customElements.define("chat-answers", ChatAnswers);
