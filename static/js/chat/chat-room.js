// <chat-room url failed away refused>: a visitor's conversation. What is typed, what is on its way and who the visitor
// is survive a reload; a second tab shows the same; after a cut everything missing is fetched by number.
import "./chat-answers.js";
import "./chat-composer.js";
import "./chat-rating.js";
import { Host } from "./host.js";
import { Line, reasons } from "./line.js";
import { Log } from "./log.js";
import { Sender } from "./sender.js";

const BEAT = 20_000;
const MOST_WAIT = 30_000;
const NEAR_END = 80;

class ChatRoom extends HTMLElement {
  connectedCallback() {
    this.host = new Host(() => { this.composer.focus(); this.fetch(); });
    this.log = new Log(this.part("log"));
    this.part("close").hidden = this.host.alone;
    this.line = new Line(this.getAttribute("url"), () => this.fetch());
    this.sender = new Sender(this);
    this.listen();
    customElements.whenDefined("chat-composer").then(() => this.begin());
    setInterval(() => this.fetch(), BEAT);
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }

  get composer() {
    return this.querySelector("chat-composer");
  }

  get here() {
    return { page: this.host.page, title: this.host.title, after: String(this.log.last) };
  }

  listen() {
    this.addEventListener("chat:say", ({ detail }) => this.sender.say(detail));
    this.addEventListener("chat:typing", ({ detail }) => this.log.last && this.call("typing", detail));
    this.addEventListener("chat:solved", ({ detail }) => this.call("solved", { article: detail }));
    this.part("close").addEventListener("click", () => this.host.close());
    this.part("transcript").addEventListener("click", () => this.mail());
    addEventListener("keydown", (event) => event.key === "Escape" && this.host.close());
    addEventListener("online", () => { this.sender.flush(); this.fetch(); });
    document.addEventListener("visibilitychange", () => document.hidden || this.fetch());
  }

  async begin(wait = 1000) {
    try {
      this.take(await this.line.hello(this.host.identity));
      this.ready = true;
      this.write("status", "");
      this.sender.flush();
      this.fetch();
    } catch {
      this.write("status", this.getAttribute("away"));
      setTimeout(() => this.begin(Math.min(wait * 2, MOST_WAIT)), wait);
    }
  }

  async fetch() {
    if (this.fetching) this.again = true;
    if (this.fetching || !this.ready) return;
    this.fetching = true;
    try {
      this.take(await this.line.post("news", { ...this.here, shown: this.host.reads ? "1" : "" }));
      if (!this.sender.waits) this.write("status", "");
    } catch (error) {
      this.lost(error);
    }
    this.fetching = false;
    if (this.again) { this.again = false; this.fetch(); }
  }

  lost(error) {
    if (error.status === 403) { this.ready = false; this.begin(); }
    if (!error.status) this.write("status", this.getAttribute("away"));
  }

  // Show an answer of the server: messages that are missing, and how the conversation stands.
  take(news) {
    const body = this.part("body");
    const atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < NEAR_END;
    const fresh = this.log.show(news.messages);
    this.sender.arrived(news.messages);
    this.composer.open = Boolean(this.log.last);
    for (const name of ["hello", "suggestions"]) if (this.part(name)) this.part(name).hidden = !this.log.empty;
    for (const name of ["seen", "typing"]) this.write(name, news[name]);
    this.part("end").hidden = !news.done;
    this.querySelector("chat-rating").url = news.rate;
    this.part("transcript").hidden = !this.log.answered;
    this.line.listen(news.live);
    this.host.count(fresh);
    if (news.messages.length && atEnd) body.scrollTop = body.scrollHeight;
  }

  call(name, fields) {
    this.line.post(name, fields).catch(() => {}); // worth no second try
  }

  async mail() {
    try {
      this.write("status", (await this.line.post("transcript", { email: this.composer.email })).told);
    } catch (error) {
      this.write("status", reasons(error) || this.getAttribute("refused"));
    }
  }

  write(name, text) {
    const place = this.part(name);
    if (place.textContent !== text) place.textContent = text;
    place.hidden = !text;
  }
}

customElements.define("chat-room", ChatRoom);
