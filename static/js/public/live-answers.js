// <live-answers data-url>: while a reason is chosen and a message written, articles that may answer appear in #answers.
const PAUSE = 400; // milliseconds without a key
const MOST = 1000; // letters that are looked at

class LiveAnswers extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    this.addEventListener("input", (event) => /^(text|what|why_\d+)$/.test(event.target.name) && this.later(), {
      signal: this.controller.signal,
    });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked?.abort();
    this.asked = new AbortController();
    const { text, what } = this.querySelector("form").elements;
    const reason = this.querySelector(`[name="why_${what?.value}"]`)?.value ?? "";
    const body = new URLSearchParams({ text: text.value.slice(0, MOST), reason });
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, signal: this.asked.signal });
      if (answer.ok) document.getElementById("answers").innerHTML = await answer.text();
    } catch {
      // No connection, or a newer question: what stands there stays.
    }
  }
}

customElements.define("live-answers", LiveAnswers);
