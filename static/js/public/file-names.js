// <file-names data-most data-words>: says at once when the chosen files are larger together than we take.
class FileNames extends HTMLElement {
  connectedCallback() {
    this.controller = new AbortController();
    this.addEventListener("change", (event) => this.weigh(event.target), { signal: this.controller.signal });
  }

  disconnectedCallback() {
    this.controller.abort();
  }

  weigh(field) {
    const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
    const words = size > Number(this.dataset.most) ? this.dataset.words : "";
    field.setCustomValidity(words);
    field.form.noValidate = !words;
    if (words) field.reportValidity();
  }
}

customElements.define("file-names", FileNames);
