// <live-answers data-url>: while a message is written, articles that may answer it appear in #answers.
const PAUSE = 400; // milliseconds without a key
const MOST = 1000; // letters that are looked at

class LiveAnswers extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    this.addEventListener("input", (event) => event.target.name === "text" && this.later(event.target.value), {
      signal: this.controller.signal,
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  later(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    this.asked?.abort();
    this.asked = new AbortController();
    const body = new URLSearchParams({ text: text.slice(0, MOST) });
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, signal: this.asked.signal });
      if (answer.ok) document.getElementById("answers").innerHTML = await answer.text();
    } catch {
      // No connection, or a newer question: what stands there stays.
    }
  }
}

customElements.define("live-answers", LiveAnswers);
