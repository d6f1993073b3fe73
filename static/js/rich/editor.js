// The formatted editor: Squire over a textarea, cleaned by DOMPurify. Loaded by <composer-rich> on first use.
import "../../vendor/purify.js";
import Squire from "../../vendor/squire.js";

const TAGS = ["a", "b", "strong", "i", "em", "u", "s", "p", "br", "div", "ul", "ol", "li", "blockquote", "code", "pre", "img"];
const FORMATTED = /<(?:a|b|strong|i|em|u|s|ul|ol|blockquote|code|pre|img)\b/i;
const FILLER = /(?<!<(?:div|p|li|blockquote)>)<br>(?=<\/(?:div|p|li|blockquote)>)/g; // holds a line open while it is edited
const MAKE = { bullets: ["UL", "makeUnorderedList"], numbers: ["OL", "makeOrderedList"] };

// What comes from Word and other pages keeps its structure and loses everything else.
function clean(html) {
  const kept = window.DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ["href", "src", "alt", "data-cid"],
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
    FORBID_CONTENTS: ["style", "script", "title", "head"],
  });
  for (const image of kept.querySelectorAll("img:not([data-cid])")) image.remove();
  return document.importNode(kept, true);
}

export class Editor {
  constructor(host, words, html, changed) {
    Object.assign(this, { host, words, html, changed });
    this.box = document.createElement("div");
    this.box.className = `${words.className} rich`;
    this.box.setAttribute("role", "textbox");
    this.box.setAttribute("aria-multiline", "true");
    this.box.setAttribute("aria-label", words.getAttribute("aria-label"));
    this.box.dataset.placeholder = words.placeholder;
    host.prepend(this.box);
    words.hidden = true;
    this.squire = new Squire(this.box, { blockTag: "DIV", sanitizeToDOMFragment: clean });
    this.load();
    this.squire.addEventListener("input", () => this.store());
    this.squire.addEventListener("pasteImage", ({ detail }) => this.paste(detail.clipboardData));
    this.squire.setKeyHandler("Tab", () => {}); // Tab leaves the editor, as everywhere
    words.focus = () => this.focus();
  }

  destroy() {
    this.squire.destroy();
  }

  load() {
    const rich = this.html.value ? this.withPictures(this.html.value) : "";
    this.squire.setHTML(rich || this.words.value.split("\n").map((line) => `<div>${escape(line) || "<br>"}</div>`).join(""));
    this.mark();
  }

  // Shows each picture from where the desk serves it; in the stored form it is named by its id.
  withPictures(html) {
    const files = this.host.closest("form").querySelectorAll("[data-cid]");
    const urls = new Map([...files].map((file) => [file.dataset.cid, file.dataset.url]));
    return html.replace(/src="cid:([^"]+)"/g, (_all, cid) => `src="${urls.get(cid) ?? ""}" data-cid="${cid}"`);
  }

  store() {
    this.words.value = this.text();
    const named = this.squire.getHTML().replace(/<img[^>]*data-cid="([^"]+)"[^>]*>/g, '<img src="cid:$1" alt="">');
    const html = named.replace(FILLER, "");
    this.html.value = FORMATTED.test(html) ? html : "";
    this.mark();
    this.changed();
  }

  text() {
    const lines = [...this.box.children].map((block) => block.innerText.replace(/\n$/, ""));
    return lines.join("\n").replace(/\u00a0/g, " ").replace(/\u200b/g, "");
  }

  mark() {
    this.box.classList.toggle("is-empty", !this.text() && !this.box.querySelector("img, li, blockquote"));
  }

  focus(place, end) {
    this.squire.focus();
    if (place === undefined || (end > place && this.select(this.words.value.slice(place, end)))) return;
    if (place >= this.words.value.length) this.squire.moveCursorToEnd();
  }

  format(name, ask) {
    const squire = this.squire;
    squire.focus();
    if (name === "bold") squire.hasFormat("B") ? squire.removeBold() : squire.bold();
    if (name === "italic") squire.hasFormat("I") ? squire.removeItalic() : squire.italic();
    if (name === "quote") squire.hasFormat("BLOCKQUOTE") ? squire.decreaseQuoteLevel() : squire.increaseQuoteLevel();
    if (name in MAKE) squire.hasFormat(MAKE[name][0]) ? squire.removeList() : squire[MAKE[name][1]]();
    if (name === "link") squire.hasFormat("A") ? squire.removeLink() : this.link(ask);
    this.store();
  }

  link(ask) {
    const given = prompt(ask, "https://")?.trim();
    if (given && given !== "https://") this.squire.makeLink(/^[a-z]+:/i.test(given) ? given : `https://${given}`);
  }

  // Puts `text` where the words `quote` stand; false when formatting divides them.
  replace(quote, text) {
    if (!this.select(quote)) return false;
    this.squire.insertPlainText(text, false);
    this.store();
    return true;
  }

  select(quote) {
    const walker = document.createTreeWalker(this.box, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.data.replace(/\u00a0/g, " ").indexOf(quote);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + quote.length);
      this.squire.focus();
      this.squire.setSelection(range);
      return true;
    }
    return false;
  }

  picture(cid, url) {
    this.squire.insertImage(url, { "data-cid": cid, alt: "" });
    this.store();
  }

  paste(data) {
    const files = [...(data?.items ?? [])].filter((item) => item.kind === "file").map((item) => item.getAsFile());
    this.box.dispatchEvent(new CustomEvent("file:pasted", { bubbles: true, detail: files.filter(Boolean) }));
  }
}

function escape(text) {
  return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
}
