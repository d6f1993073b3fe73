// <composer-files src words-failed>: files that are chosen, dropped or pasted go up at once, with their progress, and wait
// with the draft of the reply or of the note; pictures pasted or dropped into the text stand in it. A reply waits for what is still on its way up.
// Without it they go up with the form.
const PICTURE = /^image\/(?:png|jpeg|gif|webp)$/;

class ComposerFiles extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.form.addEventListener("change", (event) => this.choose(event), { signal });
    this.form.addEventListener("dragover", (event) => this.over(event), { signal });
    this.form.addEventListener("dragleave", () => this.form.classList.remove("is-target"), { signal });
    this.form.addEventListener("drop", (event) => this.drop(event), { signal });
    this.form.addEventListener("submit", (event) => this.wait(event), { signal, capture: true });
    addEventListener("beforeunload", (event) => this.busy && event.preventDefault(), { signal });
    this.form.addEventListener("file:pasted", ({ detail }) => detail.forEach((file) => this.send(file, true)), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  get busy() {
    return Boolean(this.querySelector("progress"));
  }

  wait(event) {
    if (!this.busy) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.held = event.submitter;
  }

  arrived() {
    if (this.busy || !this.held) return;
    this.form.requestSubmit(this.held);
    this.held = null;
  }

  choose({ target }) {
    if (target.name !== "uploads") return;
    [...target.files].forEach((file) => this.send(file, false));
    target.value = "";
  }

  over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.form.classList.add("is-target");
  }

  drop(event) {
    this.form.classList.remove("is-target");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const inside = Boolean(event.target.closest("composer-rich"));
    [...event.dataTransfer.files].forEach((file) => this.send(file, inside));
  }

  send(file, inside) {
    const cid = inside && PICTURE.test(file.type) ? `${crypto.randomUUID()}@draft` : "";
    const line = document.createElement("li");
    line.className = `attached only-${this.form.elements.kind.value}`;
    line.append(file.name, Object.assign(document.createElement("progress"), { max: 1, value: 0 }));
    this.querySelector("ul").append(line);
    const request = new XMLHttpRequest(); // fetch tells no progress of an upload
    request.upload.onprogress = ({ loaded, total }) => (line.querySelector("progress").value = loaded / total);
    request.onload = () => (request.status === 200 ? this.sent(line, request.responseText, cid) : this.failed(line, file, request));
    request.onerror = () => this.failed(line, file, request);
    request.open("POST", this.getAttribute("src"));
    request.send(this.body(file, cid));
  }

  body(file, cid) {
    const body = new FormData();
    const { csrfmiddlewaretoken, kind } = this.form.elements;
    body.set("csrfmiddlewaretoken", csrfmiddlewaretoken.value);
    body.set("kind", kind.value);
    body.set("content_id", cid);
    body.set("upload", file);
    return body;
  }

  sent(line, html, cid) {
    const shown = document.createRange().createContextualFragment(html).firstElementChild;
    line.replaceWith(shown);
    window.htmx?.process(shown);
    if (cid && shown.dataset.cid) {
      this.dispatchEvent(new CustomEvent("file:inline", { bubbles: true, detail: { cid, url: shown.dataset.url } }));
    }
    this.arrived();
  }

  failed(line, file, request) {
    this.held = null; // not without its file
    line.classList.add("attached--bad");
    line.textContent = request.status === 422 && request.responseText ? request.responseText : `${file.name}: ${this.getAttribute("words-failed")}`;
  }
}

customElements.define("composer-files", ComposerFiles);
