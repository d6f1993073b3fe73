// <reply-coach src="/tickets/1042/coach/">: sends the answer while it is written and shows one remark at a time.
// A rewrite is offered to the editor as a cancelable "rewrite" event {quote, start, end, text}; a plain textarea takes it here.
class ReplyCoach extends HTMLElement {
  #ignored = new Set();
  #timer;
  #asked = "";

  connectedCallback() {
    this.form = this.closest("form");
    this.words = this.form.elements.text;
    this.form.addEventListener("input", this.later);
    this.addEventListener("click", (event) => this.press(event));
    if (this.words.value) this.later();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.form.removeEventListener("input", this.later);
  }

  later = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.ask(), 350);
  };

  async ask() {
    const text = this.words.value;
    const note = this.form.querySelector("#kind-note")?.checked;
    if (text === this.#asked || note || !text.trim()) return this.show(note || !text.trim() ? "" : null);
    this.#asked = text;
    const body = new FormData();
    body.set("text", text);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(this.getAttribute("src"), { method: "POST", body }).catch(() => null);
    if (answer?.ok && this.words.value === text) this.show(await answer.text());
  }

  show(html) {
    if (html === null) return;
    if (!html) this.#asked = "";
    this.innerHTML = html;
    for (const hint of this.children) if (this.#ignored.has(hint.textContent)) hint.remove();
    this.next();
  }

  next() {
    [...this.children].forEach((hint, place) => (hint.hidden = place > 0));
  }

  press(event) {
    const hint = event.target.closest(".coach");
    if (event.target.closest("[data-ignore]")) {
      this.#ignored.add(hint.textContent);
      hint.remove();
      this.next();
    }
    const button = event.target.closest("[data-rewrite]");
    if (button) this.rewrite(Number(hint.dataset.start), Number(hint.dataset.end), button.dataset.rewrite);
  }

  rewrite(start, end, text) {
    const quote = this.words.value.slice(start, end);
    const offer = new CustomEvent("rewrite", { bubbles: true, cancelable: true, detail: { quote, start, end, text } });
    if (this.dispatchEvent(offer)) {
      this.words.setRangeText(text, start, end, "end");
      this.words.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.words.focus();
  }
}

customElements.define("reply-coach", ReplyCoach);
