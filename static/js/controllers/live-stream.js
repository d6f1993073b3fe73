// <live-stream token renew worker>: hears hints and tells the document, as "live:hint" {topics, kind, id, version}.
// Without a stream it says "live:resync" every ten seconds: pages then poll.
const POLL = 10_000;
const RETRY = 5_000;

class LiveStream extends HTMLElement {
  connectedCallback() {
    this.poll = setInterval(() => this.state !== "open" && this.say("live:resync"), POLL);
    if (window.SharedWorker) {
      const worker = new SharedWorker(this.getAttribute("worker"));
      this.port = worker.port;
      this.port.onmessage = ({ data }) => this.hear(data);
      addEventListener("pagehide", () => this.port.postMessage({ type: "bye" }), { once: true });
      this.port.start();
      this.listen(false);
    } else {
      this.listen(false);
    }
  }

  disconnectedCallback() {
    clearInterval(this.poll);
    this.port?.postMessage({ type: "bye" });
    this.source?.close();
  }

  listen(fresh) {
    const token = this.getAttribute("token");
    if (this.port) this.port.postMessage({ type: "token", token, fresh });
    else this.open(token);
  }

  open(token) {
    this.source?.close();
    this.source = new EventSource(`/live/?token=${encodeURIComponent(token)}`);
    const on = (name, run) => this.source.addEventListener(name, run);
    on("hint", (event) => this.hear({ type: "hint", hint: JSON.parse(event.data) }));
    on("open", () => this.hear({ type: "state", state: "open" }));
    for (const name of ["waiting", "paused"]) on(name, () => this.hear({ type: "state", state: "paused" }));
    on("resync", () => this.hear({ type: "resync" }));
    for (const name of ["expired", "kick"]) on(name, () => this.renew());
    on("error", () => {
      this.hear({ type: "state", state: "closed" });
      if (this.source.readyState === EventSource.CLOSED) this.renew();
    });
  }

  hear(message) {
    if (message.type === "hint") this.say("live:hint", message.hint);
    if (message.type === "resync") this.say("live:resync");
    if (message.type === "renew") this.renew();
    if (message.type !== "state") return;
    this.state = message.state;
    clearTimeout(this.notice);
    this.notice = setTimeout(() => this.show(), message.state === "open" ? 0 : 3000);
  }

  show() {
    this.setAttribute("state", this.state);
    for (const notice of document.querySelectorAll("live-state")) notice.hidden = this.state === "open";
  }

  async renew() {
    if (this.renewing) return;
    this.renewing = true;
    await new Promise((done) => setTimeout(done, RETRY * (0.2 + Math.random())));
    try {
      const answer = await fetch(this.getAttribute("renew"), { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) {
        this.setAttribute("token", (await answer.json()).token);
        this.listen(true);
      }
    } catch {
      // the server is away: the polling goes on, and the next try comes with it
    } finally {
      this.renewing = false;
      if (this.state === "closed") setTimeout(() => this.state === "closed" && this.renew(), RETRY);
    }
  }

  say(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define("live-stream", LiveStream);
