// <chat-rating>: five faces when a chat has ended. One press records; more can be said on the survey's own page.
class ChatRating extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.rate(event.submitter.value);
    });
  }

  // The survey's address; "" hides the question.
  set url(address) {
    this.hidden = !address;
    if (address) this.form.action = this.querySelector("a").href = new URL(address).pathname;
  }

  async rate(score) {
    const call = { method: "POST", body: new URLSearchParams({ score }) };
    const answer = await fetch(this.form.action, call).catch(() => null);
    for (const face of this.form.elements) face.setAttribute?.("aria-pressed", String(answer?.ok && face.value === score));
    this.querySelector(answer?.ok ? "[data-thanks]" : "[data-failed]").hidden = false;
    if (answer?.ok) this.querySelector("[data-failed]").hidden = true;
  }
}

customElements.define("chat-rating", ChatRating);
