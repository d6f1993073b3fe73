// <fit-frame>: makes its frame as high as the mail in it, up to two screens.
class FitFrame extends HTMLElement {
  connectedCallback() {
    this.querySelector("iframe").addEventListener("load", ({ target }) => {
      const height = target.contentDocument?.documentElement.scrollHeight;
      if (height) target.height = Math.min(height + 16, innerHeight * 2);
      target.classList.toggle("original--fitted", Boolean(height));
    });
  }
}

customElements.define("fit-frame", FitFrame);
