// <notification-bell src><a>…<span data-count hidden></span></a>: how many notifications are unread, now and whenever a
// hint of kind "notification" comes.
class NotificationBell extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    document.addEventListener("live:hint", ({ detail }) => detail.kind === "notification" && this.count(), { signal });
    document.addEventListener("live:resync", () => this.count(), { signal });
    this.count();
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  async count() {
    const answer = await fetch(this.getAttribute("src")).catch(() => null);
    if (!answer?.ok) return;
    const { unread } = await answer.json();
    const shown = this.querySelector("[data-count]");
    shown.textContent = unread > 99 ? "99+" : unread;
    shown.hidden = !unread;
  }
}

customElements.define("notification-bell", NotificationBell);
