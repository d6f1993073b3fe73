// A page that the browser renders ahead does nothing until somebody looks at it: its elements start then, so until then
// nobody is said to be there and nothing counts as read. It is shown first, and starts after that.
if (document.prerendering) {
  const waiting = [];
  customElements.define = (...element) => waiting.push(element);
  const start = () => {
    delete customElements.define;
    for (const element of waiting) customElements.define(...element);
  };
  document.addEventListener("prerenderingchange", () => requestAnimationFrame(() => setTimeout(start)), { once: true });
}
