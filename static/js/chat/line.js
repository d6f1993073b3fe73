// The line to the server: calls with the visitor's token, and a live stream that says "fetch again".
import { keep, recall } from "./memory.js";

export class Refusal extends Error {
  constructor(status, answer) {
    super(`refused: ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

// What the server says is wrong, in its words.
export function reasons(error) {
  return Object.values(error.answer?.errors ?? {}).flat().join(" ");
}

export class Line {
  constructor(base, onNews) {
    this.base = base;
    this.onNews = onNews;
    this.token = recall("token") ?? "";
  }

  // Begin or find the session. A forged or expired identity is no reason not to talk: then as a stranger.
  async hello(identity) {
    try {
      return this.known(await this.post("hello", { identity }));
    } catch (error) {
      if (error.status !== 403 || !identity) throw error;
      return this.known(await this.post("hello", {}));
    }
  }

  known(answer) {
    this.token = answer.token;
    keep("token", answer.token);
    return answer;
  }

  async post(call, fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) body.append(name, value);
    const lang = document.documentElement.lang;
    const response = await fetch(`${this.base}${call}/?lang=${lang}`, {
      method: "POST", body, headers: { "X-Chat": this.token }, signal: AbortSignal.timeout(20_000),
    });
    const answer = response.headers.get("content-type")?.includes("json") ? await response.json() : null;
    if (!response.ok) throw new Refusal(response.status, answer);
    return answer;
  }

  // Listen with a fresh token; the stream resumes by itself after short cuts.
  listen(live) {
    if (!live || this.stream?.readyState < 2) return;
    this.stream = new EventSource(`/live/?token=${encodeURIComponent(live)}`);
    for (const name of ["hint", "resync", "open"]) this.stream.addEventListener(name, () => this.onNews());
    this.stream.addEventListener("expired", () => this.hangUp());
    this.stream.addEventListener("error", () => this.stream?.readyState === 2 && this.hangUp());
  }

  hangUp() {
    this.stream?.close();
    this.stream = null;
    setTimeout(() => this.onNews(), 500 + Math.random() * 1500);
  }
}
