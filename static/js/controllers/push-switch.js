// <push-switch key worker subscribe stop>: asks the browser for push notifications, only when its button is pressed.
// Hidden where the browser has none (or without https).
class PushSwitch extends HTMLElement {
  async connectedCallback() {
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) return;
    this.hidden = false;
    this.querySelector("[data-on]").addEventListener("click", () => this.start());
    this.querySelector("[data-off]").addEventListener("click", () => this.end());
    const worker = await navigator.serviceWorker.getRegistration(this.getAttribute("worker"));
    this.show(await worker?.pushManager.getSubscription());
  }

  show(subscription) {
    const denied = Notification.permission === "denied";
    this.querySelector("[data-on]").hidden = denied || Boolean(subscription);
    this.querySelector("[data-off]").hidden = denied || !subscription;
    this.querySelector("[data-denied]").hidden = !denied;
    this.subscription = subscription;
  }

  async start() {
    if ((await Notification.requestPermission()) !== "granted") return this.show(null);
    await navigator.serviceWorker.register(this.getAttribute("worker"));
    const worker = await this.active();
    const key = this.getAttribute("key");
    const subscription = await worker.pushManager
      .subscribe({ userVisibleOnly: true, applicationServerKey: key })
      .catch(() => null); // the browser's push service is out of reach, or knows us by an older key
    if (!subscription) return this.show(null);
    const { endpoint, keys } = subscription.toJSON();
    const answer = await this.post("subscribe", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
    if (!answer.ok) await subscription.unsubscribe();
    this.show(answer.ok ? subscription : null);
  }

  async end() {
    await this.post("stop", { endpoint: this.subscription.endpoint });
    await this.subscription.unsubscribe();
    this.show(null);
  }

  // Its scope is its own folder, so `navigator.serviceWorker.ready`, which waits for one of this page, never comes.
  async active() {
    const worker = await navigator.serviceWorker.getRegistration(this.getAttribute("worker"));
    const fresh = worker.installing ?? worker.waiting;
    if (fresh) await new Promise((done) => fresh.addEventListener("statechange", () => fresh.state === "activated" && done()));
    return worker;
  }

  post(action, fields) {
    const csrfmiddlewaretoken = this.closest("form").elements.csrfmiddlewaretoken.value;
    return fetch(this.getAttribute(action), { method: "POST", body: new URLSearchParams({ ...fields, csrfmiddlewaretoken }) });
  }
}

customElements.define("push-switch", PushSwitch);
