// <chat-room url failed away refused sending>: a visitor's conversation. What is typed, what is on its way and who the
// visitor is survive a reload; a second tab shows the same; after a cut everything missing is fetched by number.
import { Line } from "./line.js";
import { Log } from "./log.js";
import { keep, recall } from "./memory.js";
import { Queue } from "./queue.js";

const BEAT = 20_000;
const MOST_WAIT = 30_000;

class ChatRoom extends HTMLElement {
  connectedCallback() {
    const given = new URLSearchParams(location.hash.slice(1));
    [this.host, this.page, this.pageTitle, this.identity] = ["o", "p", "t", "i"].map((name) => given.get(name) ?? "");
    this.form = this.part("form");
    this.words = this.form.elements.text;
    this.queue = new Queue();
    this.log = new Log(this.part("log"));
    this.line = new Line(this.getAttribute("url"), () => this.fetch());
    this.words.value = recall("draft") ?? "";
    this.listen();
    for (const item of this.queue.items) this.log.pend(item.key, item.text);
    this.begin();
    setInterval(() => this.fetch(), BEAT);
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.say(); });
    this.words.addEventListener("input", () => this.typed());
    this.words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.form.requestSubmit(); }
    });
    this.form.elements.image.addEventListener("change", () => this.showPicture());
    this.part("close").addEventListener("click", () => this.tellHost("close"));
    this.part("transcript").addEventListener("click", () => this.mailTranscript());
    addEventListener("keydown", (event) => event.key === "Escape" && this.tellHost("close"));
    addEventListener("online", () => { this.flush(); this.fetch(); });
    addEventListener("storage", (event) => event.key?.endsWith(":queue") || this.fetch());
    document.addEventListener("visibilitychange", () => document.hidden || this.fetch());
    addEventListener("message", (event) => {
      if (event.source === parent && event.origin === this.host && event.data?.comptoir === "shown") this.appear();
    });
  }

  async begin(wait = 1000) {
    try {
      this.take(await this.line.hello(this.identity));
      this.ready = true;
      this.flush();
      this.fetch();
    } catch {
      this.report(this.getAttribute("away"));
      setTimeout(() => this.begin(Math.min(wait * 2, MOST_WAIT)), wait);
    }
  }

  appear() {
    this.unread = 0;
    this.shown = true;
    this.words.focus();
    this.fetch();
  }

  tellHost(what) {
    if (what === "close") this.shown = false;
    if (parent !== window && this.host) parent.postMessage({ comptoir: what, n: this.unread ?? 0 }, this.host);
  }

  async fetch() {
    if (!this.ready || this.fetching) { this.again = this.fetching; return; }
    this.fetching = true;
    try {
      const visible = (this.shown || parent === window) && !document.hidden;
      const here = { after: String(this.log.last), shown: visible ? "1" : "", page: this.page, title: this.pageTitle };
      this.take(await this.line.post("news", here));
      this.report("");
    } catch (error) {
      if (error.status === 403) { this.ready = false; this.begin(); } else if (!error.status) this.report(this.getAttribute("away"));
    }
    this.fetching = false;
    if (this.again) { this.again = false; this.fetch(); }
  }

  take(news) {
    const body = this.part("body");
    const atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 80;
    const fresh = this.log.show(news.messages);
    for (const message of news.messages) if (message.key) this.queue.remove(message.key);
    const begun = this.log.last > 0 || this.queue.items.length > 0;
    for (const name of ["hello", "suggestions"]) if (this.part(name)) this.part(name).hidden = begun;
    this.part("seen").textContent = news.seen;
    this.part("seen").hidden = !news.seen;
    if (this.part("typing").textContent !== news.typing) this.part("typing").textContent = news.typing;
    this.part("typing").hidden = !news.typing;
    this.part("end").hidden = !news.done;
    this.part("rate").hidden = !news.rate;
    if (news.rate) this.part("rate").href = news.rate;
    this.part("transcript").hidden = !this.log.list.querySelector(".bubble--them");
    this.line.listen(news.live);
    if (fresh && !this.shown) { this.unread = (this.unread ?? 0) + fresh; this.tellHost("unread"); }
    if (news.messages.length && atEnd) body.scrollTop = body.scrollHeight;
  }

  say() {
    const text = this.words.value.trim();
    const picture = this.form.elements.image.files[0];
    if (!text && !picture) return;
    const { name, email } = this.form.elements;
    const item = { text, name: name?.value ?? "", email: email?.value ?? "" };
    const key = this.queue.add(item, picture);
    this.log.pend(key, text || picture.name);
    this.words.value = "";
    this.form.elements.image.value = "";
    this.showPicture();
    keep("draft", "");
    this.part("body").scrollTop = this.part("body").scrollHeight;
    this.flush();
  }

  async flush(wait = 1000) {
    if (this.flushing || !this.ready) return;
    this.flushing = true;
    let failed = false;
    while (!failed && this.queue.items.length) failed = !(await this.send(this.queue.items[0]));
    this.flushing = false;
    clearTimeout(this.retry);
    if (failed) this.retry = setTimeout(() => this.flush(Math.min(wait * 2, MOST_WAIT)), wait);
  }

  // True when the message is settled: arrived, or refused for good. The server counts a second arrival as the first.
  async send(item) {
    const image = this.queue.pictures.get(item.key);
    try {
      if (item.text || image) this.take(await this.line.post("say", { ...item, image, page: this.page, title: this.pageTitle, after: String(this.log.last) }));
      this.queue.remove(item.key);
      for (const field of this.querySelectorAll("[data-asked]")) field.hidden = true, field.firstElementChild.nextElementSibling.required = false;
      this.report("");
      return true;
    } catch (error) {
      if (error.status !== 422) { this.report(this.getAttribute("failed")); return false; }
      this.refuse(item, error.answer);
      return true;
    }
  }

  refuse(item, answer) {
    this.queue.remove(item.key);
    this.log.drop(item.key);
    this.words.value = this.words.value || item.text;
    this.report(Object.values(answer?.errors ?? {}).flat().join(" ") || this.getAttribute("refused"));
  }

  typed() {
    keep("draft", this.words.value);
    const now = Date.now();
    if (this.log.last && now - (this.toldTyping ?? 0) > 4000) {
      this.toldTyping = now;
      this.line.post("typing", { doing: "typing" }).catch(() => {});
    }
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.paused(), 400);
  }

  paused() {
    if (this.log.last) setTimeout(() => Date.now() - this.toldTyping > 4000 && this.line.post("typing", { doing: "looking" }).catch(() => {}), 4500);
    else this.suggest();
  }

  async suggest() {
    const query = new URLSearchParams({ q: this.words.value, lang: document.documentElement.lang });
    const response = await fetch(`${this.getAttribute("url")}suggest/?${query}`).catch(() => null);
    if (response?.ok) this.part("suggestions").innerHTML = await response.text(); // our own server's
  }

  async mailTranscript() {
    try {
      const email = this.form.elements.email?.value ?? "";
      this.report((await this.line.post("transcript", { email })).told);
    } catch (error) {
      this.report(Object.values(error.answer?.errors ?? {}).flat().join(" ") || this.getAttribute("refused"));
    }
  }

  showPicture() {
    const picture = this.form.elements.image.files[0];
    this.part("picture").textContent = picture?.name ?? "";
    this.part("picture").hidden = !picture;
  }

  report(text) {
    if (this.part("status").textContent !== text) this.part("status").textContent = text;
    this.part("status").hidden = !text;
  }
}

customElements.define("chat-room", ChatRoom);
