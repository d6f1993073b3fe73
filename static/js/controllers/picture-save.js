// <picture-save>: beside the link to an SVG, a button that saves the same picture as PNG, twice as fine.
const FINE = 2;

class PictureSave extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.save());
  }

  async save() {
    const answer = await fetch(this.link.href);
    if (!answer.ok) {
      return;
    }
    const name = /filename="([^"]+)\.svg"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "figure";
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await answer.text())}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * FINE;
    canvas.height = image.height * FINE;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => this.download(blob, `${name}.png`), "image/png");
  }

  download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

customElements.define("picture-save", PictureSave);
