// The shop's page around the frame: what it says in the fragment, and the two words the two exchange. It is a stranger:
// only its window and the origin it named are listened to, and it is told nothing but "close" and a number.
export class Host {
  constructor(onShown) {
    const given = new URLSearchParams(location.hash.slice(1));
    [this.origin, this.page, this.title, this.identity] = ["o", "p", "t", "i"].map((name) => given.get(name) ?? "");
    this.alone = parent === window;
    this.shown = this.alone;
    this.unread = 0;
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== parent || origin !== this.origin || data?.comptoir !== "shown") return;
      this.shown = true;
      this.unread = 0;
      onShown();
    });
  }

  // Whether somebody can read what the frame shows.
  get reads() {
    return this.shown && !document.hidden;
  }

  close() {
    this.shown = this.alone;
    this.tell("close");
  }

  count(fresh) {
    if (!fresh || this.shown) return;
    this.unread += fresh;
    this.tell("unread");
  }

  tell(what) {
    if (!this.alone && this.origin) parent.postMessage({ comptoir: what, n: this.unread }, this.origin);
  }
}
