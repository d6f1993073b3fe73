// What the frame keeps in its own storage, which browsers keep apart for every site that shows it. Without storage it
// forgets when the page goes.
const PREFIX = `comptoir:${location.pathname}`;
const fallback = new Map();

export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(`${PREFIX}:${name}`)) ?? fallback.get(name);
  } catch {
    return fallback.get(name);
  }
}

export function keep(name, value) {
  fallback.set(name, value);
  try {
    localStorage.setItem(`${PREFIX}:${name}`, JSON.stringify(value));
  } catch {
    // storage is full or forbidden: this page remembers
  }
}
