// <presence-here url ticket>: tells the desk that this page is looked at or typed in, and shows who else is; while the page
// is in view, what stands on it counts as read.
const BEAT = 15_000;
const TYPING = 6_000;

class PresenceHere extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    const mine = ({ kind, id }) => id === Number(this.getAttribute("ticket")) && kind;
    document.addEventListener("input", ({ target }) => target.closest?.("#composer") && this.type(), { signal });
    document.addEventListener("visibilitychange", () => this.tell(true), { signal });
    document.addEventListener("live:hint", ({ detail }) => ["presence", "draft"].includes(mine(detail)) && this.tell(), { signal });
    document.addEventListener("live:refreshed", () => this.tell(true), { signal });
    document.addEventListener("submit", (event) => this.unread(event), { signal });
    addEventListener("pagehide", () => this.say("gone"), { signal });
    this.timer = setInterval(() => this.tell(), BEAT);
    this.tell(true);
  }

  disconnectedCallback() {
    this.controller.abort();
    clearInterval(this.timer);
    clearTimeout(this.quiet);
    this.say("gone");
  }

  type() {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.change(false), TYPING);
    this.change(true);
  }

  change(typing) {
    if (this.typing === typing) return;
    this.typing = typing;
    this.tell();
  }

  async tell(read = false) {
    if (document.hidden) return this.say("gone");
    const said = this.say(this.typing ? "typing" : "looking", read);
    if (read) this.reading = said;
    const answer = await said;
    if (!answer?.ok || !this.isConnected) return;
    const html = await answer.text();
    if (html !== this.shown && !this.querySelector(":popover-open")) this.innerHTML = this.shown = html;
  }

  async unread(event) {
    if (!event.target.matches("[data-unread]")) return;
    event.preventDefault();
    this.controller.abort();
    await this.reading;
    event.target.submit();
  }

  say(doing, read) {
    const body = new URLSearchParams({ doing, ...(read && { read: "1" }) });
    const token = document.querySelector("#composer [name=csrfmiddlewaretoken], [name=csrfmiddlewaretoken]")?.value;
    if (!token) return null;
    const call = { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token } };
    return fetch(this.getAttribute("url"), call).catch(() => null);
  }
}

customElements.define("presence-here", PresenceHere);
