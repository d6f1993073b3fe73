// Sends what was said, oldest first, until it has arrived. The server counts a second arrival as the first.
import { reasons } from "./line.js";
import { Queue } from "./queue.js";

const MOST_WAIT = 30_000;

export class Sender {
  constructor(room) {
    this.room = room;
    this.queue = new Queue();
    for (const item of this.queue.items) room.log.pend(item.key, item.text);
  }

  get waits() {
    return this.queue.items.length > 0;
  }

  say({ picture, ...item }) {
    const key = this.queue.add(item, picture);
    this.room.log.pend(key, item.text || picture.name);
    this.room.part("body").scrollTop = this.room.part("body").scrollHeight;
    this.flush();
  }

  arrived(messages) {
    for (const { key } of messages) if (key) this.queue.remove(key);
  }

  async flush(wait = 1000) {
    if (this.flushing || !this.room.ready) return;
    this.flushing = true;
    clearTimeout(this.retry);
    let settled = true;
    while (settled && this.waits) settled = await this.send(this.queue.items[0]);
    this.flushing = false;
    if (!settled) this.retry = setTimeout(() => this.flush(Math.min(wait * 2, MOST_WAIT)), wait);
  }

  // True when the message is settled: arrived, or refused for good.
  async send(item) {
    const image = this.queue.pictures.get(item.key);
    try {
      if (item.text || image) this.room.take(await this.room.line.post("say", { ...item, image, ...this.room.here }));
      this.queue.remove(item.key);
      this.room.write("status", "");
      return true;
    } catch (error) {
      if (error.status !== 422) {
        this.room.write("status", this.room.getAttribute("failed"));
        if (error.status === 403) this.room.lost(error);
        return false;
      }
      this.queue.remove(item.key);
      this.room.log.drop(item.key);
      this.room.composer.giveBack(item.text);
      this.room.write("status", reasons(error) || this.room.getAttribute("refused"));
      return true;
    }
  }
}
