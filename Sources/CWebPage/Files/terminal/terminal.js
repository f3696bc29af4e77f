// A terminal in the page: shows what a program writes, and sends it what is typed.

import {drawRow} from "./drawing.js";
import {keyText} from "./keys.js";
import {Parser} from "./parser.js";
import {Screen} from "./screen.js";

const encoder = new TextEncoder();

export class Terminal {
  screen = new Screen(80, 24);
  #parser;
  #send;
  #resized;
  #node = null;
  #rows = null;
  #input = null;
  #said = null;
  #request = 0;
  #drawn = [];
  #old = [];

  /**
   * @param {(bytes: Uint8Array) => void} send what is typed. @param {(columns: number, rows: number) => void} resized
   */
  constructor(send, resized) {
    this.#send = (text) => send(encoder.encode(text));
    this.#resized = resized;
    this.#parser = new Parser(this.screen, this.#send);
  }

  /** @param {Uint8Array} bytes that the program wrote. */
  write(bytes) {
    this.#parser.write(bytes);
    this.#draw();
  }

  /** Types a key that a keyboard on glass has not. */
  press(key, modifiers = {}) {
    const event = {key, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...modifiers};
    this.#send(keyText(event, this.#parser.hasApplicationCursor) ?? key);
    this.focus();
  }

  focus() {
    this.#input?.focus({preventScroll: true});
  }

  /** What is to be seen, as text. */
  get text() {
    return Array
      .from({length: this.screen.rows}, (_, row) => this.screen.line(row).map((cell) => cell.text).join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** Takes over an element. @param {HTMLElement} node @param {string} label @returns {() => void} the end of it. */
  mount(node, label) {
    this.#node = node;
    this.#rows = make("div", "rows");
    this.#rows.setAttribute("aria-hidden", "true");
    this.#said = make("div", "hidden");
    this.#said.setAttribute("role", "log");
    this.#input = make("textarea", "");
    for (const [name, value] of [["aria-label", label],
           ["autocapitalize", "off"],
           ["autocomplete", "off"],
           ["autocorrect", "off"],
           ["spellcheck", "false"],
           ["rows", "1"]])
      this.#input.setAttribute(name, value);
    node.replaceChildren(this.#rows, this.#input, this.#said);
    this.#listen();
    const watch = new ResizeObserver(() => this.#fit());
    watch.observe(node);
    this.#fit();
    return () => {
      watch.disconnect();
      cancelAnimationFrame(this.#request);
      this.#node = null;
    };
  }

  #listen() {
    this.#node.addEventListener("mouseup", () => {
      // Text that is marked is to be copied.
      if (getSelection().isCollapsed) this.focus();
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("input", (event) => {
      if (event.isComposing) return;
      if (this.#input.value) this.#send(this.#input.value);
      this.#input.value = "";
    });
    this.#input.addEventListener("compositionend", () => {
      this.#send(this.#input.value);
      this.#input.value = "";
    });
    this.#input.addEventListener("paste", (event) => {
      event.preventDefault();
      const text = event.clipboardData.getData("text").replaceAll(/\r?\n/g, "\r");
      // Programs that ask for it are told what was pasted; an end of it within it is not believed.
      this.#send(this.#parser.hasBracketedPaste ? `\x1b[200~${text.replaceAll("\x1b[201~", "")}\x1b[201~` : text);
    });
  }

  #key(event) {
    // The way out for those who have only keys.
    if (event.isComposing || (event.key === "Tab" && event.ctrlKey) || (event.key === "F6" && !event.ctrlKey)) return;
    const text = keyText(event, this.#parser.hasApplicationCursor);
    if (text === null) return;
    event.preventDefault();
    this.#rows.scrollTop = this.#rows.scrollHeight;
    this.#send(text);
  }

  /** As many cells as there is room for. */
  #fit() {
    const probe = make("span", "probe");
    probe.textContent = "0".repeat(50);
    this.#node.append(probe);
    const {width, height} = probe.getBoundingClientRect();
    probe.remove();
    if (!width || !height) return;
    const style = getComputedStyle(this.#rows);
    const line = Number.parseFloat(style.lineHeight) || height;
    const columns = Math.max(10, Math.min(500, Math.floor((this.#rows.clientWidth - 2) / (width / 50))));
    const rows = Math.max(3, Math.min(200, Math.floor(this.#rows.clientHeight / line)));
    if (columns === this.screen.columns && rows === this.screen.rows && this.#drawn.length) return;
    this.screen.resize(columns, rows);
    this.#resized(columns, rows);
    this.#draw();
  }

  #draw() {
    this.#request ||= requestAnimationFrame(() => {
      this.#request = 0;
      if (this.#node) this.#paint();
    });
  }

  #paint() {
    const {screen} = this;
    const wasAtEnd = this.#rows.scrollHeight - this.#rows.scrollTop - this.#rows.clientHeight < 30;
    this.#paintScrollback();
    this.#rows.classList.toggle("alternate", screen.isAlternate);
    while (this.#drawn.length < screen.rows) {
      const row = make("div", "row");
      this.#drawn.push(row);
      this.#rows.append(row);
    }
    while (this.#drawn.length > screen.rows) this.#drawn.pop().remove();
    const changed = screen.takeChanged();
    for (const row of changed) {
      if (row < screen.rows)
        drawRow(this.#drawn[row], screen.line(row), screen.isCursorShown && row === screen.row ? screen.column : -1);
    }
    if (wasAtEnd) this.#rows.scrollTop = this.#rows.scrollHeight;
    const cursor = this.#drawn[screen.row];
    if (cursor)
      this.#input.style.top = `${Math.min(cursor.offsetTop - this.#rows.scrollTop, this.#rows.clientHeight)}px`;
    this.#say();
  }

  #paintScrollback() {
    const {screen} = this;
    if (screen.isScrollbackCleared) {
      for (const row of this.#old) row.remove();
      this.#old = [];
      screen.isScrollbackCleared = false;
    }
    const count = Math.min(screen.takeScrolled(), screen.scrollback.length);
    for (const line of count ? screen.scrollback.slice(-count) : []) {
      const row = make("div", "row past");
      drawRow(row, line, -1);
      this.#rows.insertBefore(row, this.#drawn[0] ?? null);
      this.#old.push(row);
    }
    while (this.#old.length > screen.scrollback.length) this.#old.shift().remove();
  }

  /** The line of the cursor, for those who hear the page. */
  #say() {
    const line = this.screen.line(this.screen.row).map((cell) => cell.text).join("").trimEnd();
    if (this.#said.textContent !== line) this.#said.textContent = line;
  }
}

function make(tag, style) {
  const node = document.createElement(tag);
  if (style) node.className = style;
  return node;
}
