// The chat on a shop's page: one custom element in a closed shadow root, no style or markup of the page is touched.
// It waits for a click before it loads anything else. Identity never touches the page: it goes to the frame in the
// fragment, which no server sees. The page keeps two flags for the session: open or not, invited or not.
(() => {
const C = __CONFIG__, s = document.currentScript, D = s.dataset, doc = document;
if (!C || self.comptoir) return;
const base = new URL(s.src).origin, path = location.pathname;
const like = (list) => list.some((p) => new RegExp(`^${p.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`).test(path));
const out = (C.h && like(C.h)) || (C.s && !like(C.s)) || (C.g && !C.g.includes(D.segment));
if (out) return;
const memo = (k, v) => { try { return v ? sessionStorage.setItem("comptoir-" + k, v) : sessionStorage.getItem("comptoir-" + k); } catch { return null; } };
const lang = (D.lang || doc.documentElement.lang).slice(0, 2), at = C.w[lang] ? lang : Object.keys(C.w)[0], [label, small] = C.w[at];
const make = (tag, to, set) => { const e = doc.createElement(tag); to.append(Object.assign(e, set)); return e; };
const host = doc.createElement("comptoir-chat"), root = host.attachShadow({ mode: "closed" }), css = new CSSStyleSheet();
css.replaceSync(`:host{all:initial;position:fixed;inset:auto 20px 20px auto;z-index:2147483000;font:15px/1.3 system-ui,sans-serif}
button{all:unset;box-sizing:border-box;cursor:pointer;min-height:56px;padding:8px 22px;border-radius:28px;background:${C.c};color:#fff;box-shadow:0 6px 24px #0003}
button:focus-visible{outline:3px solid ${C.c};outline-offset:3px}
b{font-weight:600}small{display:block;font-size:13px}
p{margin:0 0 12px auto;padding:12px 16px;max-width:250px;border-radius:14px;background:#fff;color:#1c1f1e;box-shadow:0 6px 24px #0003;cursor:pointer}
iframe{border:0;width:376px;height:min(704px,100vh - 40px);border-radius:18px;box-shadow:0 12px 48px #0004;color-scheme:normal}
[hidden]{display:none}
@media(max-width:480px){:host(.on){inset:0}iframe{width:100%;height:100%;border-radius:0}}`);
root.adoptedStyleSheets = [css];
const tip = make("p", root, { hidden: true }), button = make("button", root, { type: "button", lang: at });
tip.setAttribute("role", "status");
const name = make("b", button, { textContent: label });
make("small", button, { textContent: small });
let frame;
const tell = () => frame.contentWindow.postMessage({ comptoir: "shown" }, base);
const open = () => {
if (!frame) {
const hash = new URLSearchParams({ o: location.origin, p: location.href.slice(0, 900), t: doc.title.slice(0, 200), i: D.identity || "" });
frame = make("iframe", root, { title: label, src: `${base}${C.u}?lang=${at}#${hash}`, onload: tell });
} else tell();
frame.hidden = false; tip.hidden = button.hidden = true; host.className = "on"; memo("state", "open"); frame.focus();
};
const close = (n) => {
frame.hidden = true; button.hidden = false; host.className = ""; memo("state", "shut"); name.textContent = n ? `${label} (${n})` : label; button.focus();
};
button.onclick = tip.onclick = open;
addEventListener("message", (e) => {
if (!frame || e.source !== frame.contentWindow || e.origin !== base) return;
if (e.data.comptoir === "close") close(0);
if (e.data.comptoir === "unread" && frame.hidden) name.textContent = `${label} (${Number(e.data.n)})`;
});
const bought = D.orderAt ? (Date.now() - Date.parse(D.orderAt)) / 1e3 : NaN;
if (bought >= 0 || Number(D.orders)) memo("buyer", "1");
const invite = () => { if (!frame && !memo("asked")) { memo("asked", "1"); tip.textContent = `${label} ${small}`; tip.hidden = false; } };
if (C.j && bought <= C.j) invite();
else if (C.b) setTimeout(() => memo("buyer") || invite(), C.b * 1e3);
self.comptoir = { open };
const start = () => { doc.body.append(host); if (memo("state") === "open") open(); };
doc.body ? start() : addEventListener("DOMContentLoaded", start);
})();
