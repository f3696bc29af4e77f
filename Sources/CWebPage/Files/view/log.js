// Lines as they come: the newest in sight as long as one looks at the end.

const MOST_LINES = 10_000;
/** A line that is longer is broken. */
const LONGEST = 20_000;
/** Bytes that move the cursor or colour the text. */
const ESCAPES = /\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;

export class LogView {
  /** Whether the end stays in sight. */
  follows = true;
  #node = null;
  #lines = [];
  #open = new Map();
  #filter = "";

  /** Takes over an element. @returns {() => void} */
  mount(node) {
    this.#node = node;
    node.addEventListener("scroll", () => {
      this.follows = node.scrollHeight - node.scrollTop - node.clientHeight < 24;
    });
    this.#drawAll();
    return () => (this.#node = null);
  }

  /** Shows only lines that have this in them. @param {string} text */
  filter(text) {
    this.#filter = text.toLowerCase();
    this.#drawAll();
  }

  /** Adds what was written; the last line may still grow. @param {string} text @param {"stdout"|"stderr"} kind */
  add(text, kind) {
    if (!text) return;
    const parts = ((this.#open.get(kind) ?? "") + text.replaceAll(ESCAPES, "")).split("\n");
    this.#open.set(kind, parts.pop());
    const last = this.#open.get(kind);
    if (last.length > LONGEST) {
      parts.push(last);
      this.#open.set(kind, "");
    }
    this.#append(parts.map((part) => ({text: carried(part), kind})));
  }

  #append(lines) {
    this.#lines.push(...lines);
    if (this.#lines.length > MOST_LINES) this.#lines.splice(0, this.#lines.length - MOST_LINES);
    if (!this.#node) return;
    for (const node of this.#node.querySelectorAll(".open")) node.remove();
    this.#node.append(...this.#shown(lines), ...this.#unfinished());
    while (this.#node.childElementCount > MOST_LINES) this.#node.firstElementChild.remove();
    this.#toEnd();
  }

  #drawAll() {
    if (!this.#node) return;
    this.#node.replaceChildren(...this.#shown(this.#lines), ...this.#unfinished());
    this.#toEnd();
  }

  #shown(lines) {
    return lines.filter((line) => this.#fits(line)).map(element);
  }

  /** Lines that may still grow. */
  #unfinished() {
    const nodes =
      this.#shown([...this.#open].filter(([, text]) => text).map(([kind, text]) => ({text: carried(text), kind})));
    for (const node of nodes) node.classList.add("open");
    return nodes;
  }

  #toEnd() {
    if (this.follows) this.#node.scrollTop = this.#node.scrollHeight;
  }

  #fits = (line) => !this.#filter || line.text.toLowerCase().includes(this.#filter);
}

/** After a carriage return a line is written over: what counts is the last. */
const carried = (text) => text.replace(/\r$/, "").split("\r").at(-1).slice(0, LONGEST);

function element({text, kind}) {
  const node = document.createElement("div");
  node.className = kind;
  node.textContent = text;
  return node;
}
