// <chat-composer suggest peeked>: where the visitor types. Keeps the draft; fires chat:say and chat:typing, with the words
// where the shop peeks; asks for articles that may answer before the first message has left.
import { keep, recall } from "./memory.js";

const TOLD_EVERY = 4000;
const PEEKED_EVERY = 1500;
const PAUSE = 400;

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.words = this.form.elements.text;
    this.words.value ||= recall("draft") ?? ""; // somebody may have typed before this script was there
    this.toldAt = 0;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.say(); });
    this.words.addEventListener("input", () => this.typed());
    this.words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.form.elements.image.addEventListener("change", () => this.showPicture());
  }

  focus() {
    this.words.focus();
  }

  get email() {
    return this.form.elements.email?.value ?? "";
  }

  // Once the conversation is open nobody is asked for name and address again.
  set open(value) {
    this.isOpen = value;
    for (const field of this.querySelectorAll("[data-asked]")) {
      field.hidden = value;
      field.querySelector("input").required = !value && field.querySelector("input").type === "email";
    }
  }

  say() {
    const text = this.words.value.trim();
    const picture = this.form.elements.image.files[0];
    if (!text && !picture) return;
    const said = { text, picture, name: this.form.elements.name?.value ?? "", email: this.email };
    this.dispatchEvent(new CustomEvent("chat:say", { bubbles: true, detail: said }));
    this.words.value = this.form.elements.image.value = "";
    this.showPicture();
    keep("draft", "");
    this.tell("looking");
  }

  get peeked() {
    return this.hasAttribute("peeked");
  }

  giveBack(text) {
    this.words.value ||= text;
  }

  typed() {
    keep("draft", this.words.value);
    clearTimeout(this.silence);
    clearTimeout(this.pause);
    if (Date.now() - this.toldAt > (this.peeked ? PEEKED_EVERY : TOLD_EVERY)) this.tell("typing");
    this.silence = setTimeout(() => this.tell("looking"), TOLD_EVERY);
    if (!this.isOpen) this.pause = setTimeout(() => this.suggest(), PAUSE);
  }

  tell(doing) {
    clearTimeout(this.silence);
    this.toldAt = doing === "typing" ? Date.now() : 0;
    const detail = { doing, words: this.peeked ? this.words.value : "" };
    this.dispatchEvent(new CustomEvent("chat:typing", { bubbles: true, detail }));
  }

  async suggest() {
    const query = new URLSearchParams({ q: this.words.value, lang: document.documentElement.lang });
    const response = await fetch(`${this.getAttribute("suggest")}?${query}`).catch(() => null);
    if (response?.ok) document.querySelector("[data-suggestions]").innerHTML = await response.text(); // our own server's
  }

  showPicture() {
    const picture = this.form.elements.image.files[0];
    this.querySelector("[data-picture]").textContent = picture?.name ?? "";
    this.querySelector("[data-picture]").hidden = !picture;
  }
}

customElements.define("chat-composer", ChatComposer);
