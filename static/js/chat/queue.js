// Messages that have not arrived yet, oldest first. Each has a number of its own: sent twice, it is said once.
// Words survive a reload; a picture is kept only as long as the page.
import { keep, recall } from "./memory.js";

export class Queue {
  constructor() {
    this.pictures = new Map();
  }

  get items() {
    return recall("queue") ?? [];
  }

  add(item, picture) {
    const key = crypto.randomUUID?.() ?? fallbackKey();
    if (picture) this.pictures.set(key, picture);
    keep("queue", [...this.items, { ...item, key }]);
    return key;
  }

  remove(key) {
    this.pictures.delete(key);
    keep("queue", this.items.filter((item) => item.key !== key));
  }
}

// randomUUID exists on secure pages only.
function fallbackKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
