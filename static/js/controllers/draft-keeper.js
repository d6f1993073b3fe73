// <draft-keeper src ticket version composer>: saves what is written as it is written, also when the tab goes away; one
// draft for the reply and one for the note. Says when another tab has changed it, and takes over what was given back.
import htmx from "../../vendor/htmx.js";

const PAUSE = 1500;
const FIELDS = ["text", "html", "cc", "bcc"];

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.kept = JSON.parse(document.getElementById("drafts").textContent);
    this.kind = this.form.elements.kind.value;
    this.dirty = false;
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.form.addEventListener("input", ({ target }) => FIELDS.includes(target.name) && this.later(), { signal });
    this.form.addEventListener("change", ({ target }) => target.name === "kind" && this.turn(), { signal });
    this.form.addEventListener("submit", () => this.stop(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(), { signal });
    document.addEventListener("live:hint", ({ detail }) => this.hear(detail), { signal });
    addEventListener("pagehide", () => this.flush(), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
    clearTimeout(this.timer);
  }

  later() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // Reply and note keep their own words.
  turn() {
    this.flush();
    this.kept[this.kind] = { ...this.kept[this.kind], ...this.written() };
    this.kind = this.form.elements.kind.value;
    const words = this.kept[this.kind];
    for (const name of FIELDS) if (this.form.elements[name]) this.form.elements[name].value = words[name];
    this.form.dispatchEvent(new CustomEvent("draft:show", { detail: words }));
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
    this.saving?.abort();
  }

  async save() {
    clearTimeout(this.timer);
    this.dirty = false;
    const kind = this.kind;
    const body = new URLSearchParams({ ...this.written(), kind, version: this.kept[kind].version });
    for (const name of ["csrfmiddlewaretoken", "submission"]) body.set(name, this.form.elements[name].value);
    this.saving = new AbortController();
    const call = { method: "POST", body, keepalive: body.toString().length < 60_000, signal: this.saving.signal };
    const answer = await fetch(this.getAttribute("src"), call).catch(() => null);
    if (!answer) return this.say("offline");
    const draft = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (answer.status === 409) return this.clash(kind, draft);
    if (!answer.ok) return this.say("offline");
    this.kept[kind].version = draft.version;
    this.say(draft.version ? "saved" : "");
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
      this.form.dispatchEvent(new CustomEvent("draft:show", { detail: draft }));
      this.say("saved");
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
