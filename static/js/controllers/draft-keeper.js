// <draft-keeper src ticket user version composer>: saves what is written as it is written, also when the tab goes away; one
// draft for the reply and one for the note. Says when another tab has changed it, and takes over what was given back.
// Until the house has them the words stand in this browser: without a connection or a session they are back next time.
import htmx from "../../vendor/htmx.js";

const PAUSE = 1500;
const AT_LEAST = 5000; // while somebody writes on and on
const AGAIN = 5000; // after a failure
const FIELDS = ["text", "html", "cc", "bcc"];
const same = (one, other) => FIELDS.every((name) => one[name] === other[name]);

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.kept = JSON.parse(document.getElementById("drafts").textContent);
    this.kind = this.form.elements.kind.value;
    this.dirty = false;
    this.resume();
    if (this.left && same(this.left, this.kept[this.kind])) this.left = null;
    this.restore();
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.form.addEventListener("input", ({ target }) => FIELDS.includes(target.name) && this.later(), { signal });
    this.form.addEventListener("change", ({ target }) => target.name === "kind" && this.turn(), { signal });
    this.form.addEventListener("submit", () => this.stop(), { signal });
    this.form.addEventListener("htmx:after:request", (event) => this.said(event), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal });
    document.addEventListener("live:hint", ({ detail }) => this.hear(detail), { signal });
    addEventListener("pagehide", () => this.flush(), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
    clearTimeout(this.timer);
  }

  // Saves follow one another: the next one must know the version that the one before has made.
  resume() {
    this.saving = new AbortController();
    this.saved = Promise.resolve();
  }

  later(pause = PAUSE) {
    this.dirty = true;
    this.left = { ...this.written(), version: this.kept[this.kind].version };
    if (this.saving.signal.aborted) this.resume(); // what was sent has not left
    this.since ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(pause, this.since + AT_LEAST - Date.now())));
  }

  // Reply and note keep their own words.
  turn() {
    this.flush();
    this.kept[this.kind] = { ...this.kept[this.kind], ...this.written() };
    this.kind = this.form.elements.kind.value;
    this.show(this.kept[this.kind]);
    this.restore();
  }

  show(words) {
    for (const name of FIELDS) if (this.form.elements[name]) this.form.elements[name].value = words[name];
    this.form.dispatchEvent(new CustomEvent("draft:show", { detail: words }));
  }

  get place() {
    return `draft:${this.getAttribute("user")}:${this.getAttribute("ticket")}:${this.kind}`;
  }

  // The words that this browser holds because the house may not have them, with the version that they were written upon.
  get left() {
    try {
      return JSON.parse(localStorage.getItem(this.place) ?? "null");
    } catch {
      return null;
    }
  }

  set left(words) {
    try {
      if (words) localStorage.setItem(this.place, JSON.stringify(words));
      else localStorage.removeItem(this.place);
    } catch {
      // no room, or none is given: the house has them in a moment
    }
  }

  // What never arrived is shown again; where somebody has gone on elsewhere since, it is offered.
  restore() {
    const { left } = this;
    const { text, version } = this.kept[this.kind];
    if (!left || same(left, this.written())) return;
    if (text && version !== left.version) return this.clash(this.kind, { ...left, version });
    this.show(left);
    this.later();
  }

  // A reply that has left needs no draft; one that was refused, or met a login page, does.
  said({ target, detail }) {
    if (target === this.form && detail.ctx.response?.status < 300) this.left = null;
  }

  written() {
    return Object.fromEntries(FIELDS.map((name) => [name, this.form.elements[name]?.value ?? ""]));
  }

  flush() {
    if (this.dirty) this.save();
  }

  stop() {
    clearTimeout(this.timer);
    this.dirty = false;
    this.saving.abort();
  }

  save() {
    clearTimeout(this.timer);
    this.dirty = false;
    this.since = undefined;
    const [kind, words, { signal }] = [this.kind, this.written(), this.saving];
    this.saved = this.saved.then(() => signal.aborted || this.send(kind, words, signal));
  }

  async send(kind, words, signal) {
    const body = new URLSearchParams({ ...words, kind, version: this.kept[kind].version });
    for (const name of ["csrfmiddlewaretoken", "submission"]) body.set(name, this.form.elements[name].value);
    const call = { method: "POST", body, keepalive: body.toString().length < 60_000, redirect: "manual", signal };
    const answer = await fetch(this.getAttribute("src"), call).catch(() => null);
    if (signal.aborted) return;
    if (answer?.status === 409) return this.clash(kind, await answer.json());
    if (!answer?.ok) return this.failed(answer);
    const draft = await answer.json();
    this.kept[kind].version = draft.version;
    if (kind === this.kind && this.left && same(this.left, words)) this.left = null;
    this.say(draft.version ? "saved" : "");
  }

  // A redirect leads to the login page; with the session the token of the form is gone, too (403).
  failed(answer) {
    this.say(answer?.type === "opaqueredirect" || answer?.status === 403 ? "out" : "offline");
    if (!this.dirty) this.later(AGAIN);
  }

  say(what) {
    this.textContent = what ? this.getAttribute(`words-${what}`) : "";
  }

  clash(kind, draft) {
    this.say("elsewhere");
    this.kept[kind].version = draft.version; // going on here is the choice for these words
    const take = Object.assign(document.createElement("button"), { type: "button", className: "link" });
    take.textContent = this.getAttribute("words-take");
    take.onclick = () => {
      this.show(draft);
      this.later();
    };
    this.append(" ", take);
  }

  // A reply that was held back has become a draft again: an empty composer shows it.
  hear(hint) {
    if (hint.kind !== "draft" || hint.id !== Number(this.getAttribute("ticket"))) return;
    if (this.dirty || this.form.elements.text.value || document.activeElement?.closest("form") === this.form) return;
    htmx.ajax("GET", this.getAttribute("composer"), { target: "#composer", swap: "innerHTML" });
  }
}

customElements.define("draft-keeper", DraftKeeper);
