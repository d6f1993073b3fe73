// The list of what was said. A message stands in it once, however often it is fetched.
export class Log {
  constructor(list) {
    this.list = list;
    this.last = 0;
  }

  get empty() {
    return !this.list.children.length;
  }

  // Whether somebody has answered.
  get answered() {
    return Boolean(this.list.querySelector(".bubble--them"));
  }

  // Show fetched messages; returns how many of them are news from the other side.
  show(messages) {
    let news = 0;
    for (const message of messages) {
      this.last = Math.max(this.last, message.id);
      if (message.key) this.list.querySelector(`[data-key="${CSS.escape(message.key)}"]`)?.remove();
      if (this.list.querySelector(`[data-id="${message.id}"]`)) continue;
      const item = document.createElement("div");
      item.dataset.id = message.id;
      item.innerHTML = message.html; // made and escaped by our own server
      this.list.insertBefore(item, this.list.querySelector(".is-pending"));
      if (!message.mine) news += 1;
    }
    return news;
  }

  // Show words that are still on their way.
  pend(key, text) {
    const bubble = document.createElement("p");
    bubble.className = "bubble bubble--me is-pending";
    bubble.dataset.key = key;
    bubble.textContent = text;
    this.list.append(bubble);
  }

  drop(key) {
    this.list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.remove();
  }
}
