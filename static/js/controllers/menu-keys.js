// <menu-keys>: a menu that opens takes the focus, to what is chosen in it or its first entry; up and down go through it,
// Escape leaves it as the browser does: back to where the focus was.
const OWN_ARROWS = "select, textarea, [type|=date], [type|=datetime], [type=time], [type=number], [type=radio]";

class MenuKeys extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    const { signal } = this.controller;
    document.addEventListener("toggle", (event) => this.enter(event), { signal, capture: true });
    document.addEventListener("keydown", (event) => this.press(event), { signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  enter({ target, newState }) {
    if (newState !== "open" || !target.matches(".menu[popover]") || target.contains(document.activeElement)) return;
    (target.querySelector(".menu__item[aria-current]") ?? this.items(target)[0])?.focus();
  }

  press(event) {
    const menu = event.target.closest?.(".menu:popover-open");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.defaultPrevented || !menu || !step || event.target.matches(OWN_ARROWS)) return;
    const items = this.items(menu);
    const place = items.indexOf(event.target) + step;
    items[place < 0 ? items.length - 1 : place % items.length]?.focus();
    event.preventDefault();
  }

  items(menu) {
    return [...menu.querySelectorAll(".menu__item, input, button")].filter((one) => !one.disabled && one.checkVisibility());
  }
}

customElements.define("menu-keys", MenuKeys);
