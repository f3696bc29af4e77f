// From what programs write to what the screen does (ECMA-48, and what xterm adds to it, as far as programs use it).

import * as styles from "./screen.js";

/** A sequence that is longer is none. */
const LONGEST = 4096;

/** Lines and corners of the second letter set of the VT100. */
const graphics = Object.fromEntries(
  [..."`afgjklmnopqrstuvwxyz{|}~"].map((letter, index) => [letter, "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"[index]]));

export class Parser {
  /** Whether arrow keys are sent as applications want them. */
  hasApplicationCursor = false;
  hasBracketedPaste = false;
  #screen;
  #reply;
  #decoder = new TextDecoder();
  #state = "text";
  #held = "";
  #isGraphic = [false, false];
  #set = 0;
  #last = "";

  /** @param {styles.Screen} screen @param {(text: string) => void} reply sends an answer to the program. */
  constructor(screen, reply) {
    this.#screen = screen;
    this.#reply = reply;
  }

  /** @param {Uint8Array} bytes as they come: a letter may be in two pieces. */
  write(bytes) {
    for (const letter of this.#decoder.decode(bytes, {stream: true})) this.#take(letter);
  }

  #take(letter) {
    const code = letter.codePointAt(0);
    if (this.#state === "string") return this.#inString(letter);
    if (code === 0x1b) return this.#enter("escape");
    if (code < 0x20 || code === 0x7f) return this.#control(code);
    switch (this.#state) {
      case "text": {
        this.#last = this.#isGraphic[this.#set] ? graphics[letter] ?? letter : letter;
        return this.#screen.put(this.#last);
      }
      case "escape":
        return this.#escape(letter);
      case "charset": {
        if (this.#held === "(" || this.#held === ")") this.#isGraphic[this.#held === "(" ? 0 : 1] = letter === "0";
        if (this.#held === "#" && letter === "8") this.#fill();
        return this.#enter("text");
      }
      default:
        return this.#sequence(letter, code);
    }
  }

  #enter(state) {
    this.#state = state;
    this.#held = "";
  }

  /** Titles and the like: they are for nobody here. */
  #inString(letter) {
    if (letter === "\x07" || letter === "\x9c" || letter === "\x18" || (letter === "\\" && this.#held === "\x1b"))
      return this.#enter("text");
    this.#held = letter === "\x1b" ? letter : "";
  }

  #control(code) {
    const screen = this.#screen;
    switch (code) {
      case 0x08:
        return screen.moveTo(screen.row, screen.column - 1);
      case 0x09:
        return screen.tab();
      case 0x0a:
      case 0x0b:
      case 0x0c:
        return screen.lineFeed();
      case 0x0d:
        return screen.moveTo(screen.row, 0);
      case 0x0e:
        this.#set = 1;
        return;
      case 0x0f:
        this.#set = 0;
        return;
      case 0x18:
      case 0x1a:
        return this.#enter("text");
    }
  }

  #escape(letter) {
    const screen = this.#screen;
    this.#enter("text");
    switch (letter) {
      case "[":
        return this.#enter("sequence");
      case "]":
      case "P":
      case "X":
      case "^":
      case "_":
        return this.#enter("string");
      case "(":
      case ")":
      case "*":
      case "+":
      case "#":
      case "%":
      case " ":
        this.#state = "charset";
        this.#held = letter;
        return;
      case "7":
        return screen.save();
      case "8":
        return screen.restore();
      case "D":
        return screen.lineFeed();
      case "E":
        screen.lineFeed();
        return screen.moveTo(screen.row, 0);
      case "H":
        return screen.setTab();
      case "M":
        return screen.reverseLineFeed();
      case "c":
        this.#isGraphic = [false, false];
        this.#set = 0;
        return screen.reset();
    }
  }

  #sequence(letter, code) {
    if (code >= 0x40 && code <= 0x7e) {
      const held = this.#held;
      this.#enter("text");
      return this.#run(letter, held);
    }
    if (this.#held.length < LONGEST) this.#held += letter;
  }

  #run(final, held) {
    const [, mark, text, between] = /^([<=>?]?)([0-9;:]*)([ -/]*)/.exec(held);
    const numbers = text === "" ? [] : text.split(";").map((part) => Math.min(Number.parseInt(part, 10) || 0, 9999));
    if (between) return between === "!" && final === "p" ? this.#screen.reset() : undefined;
    if (mark === "?" && (final === "h" || final === "l"))
      return numbers.forEach((number) => this.#mode(number, final === "h"));
    if (mark === ">" && final === "c") return this.#reply("\x1b[>0;0;0c");
    if (mark) return;
    if (final === "m") return this.#look(text);
    this.#command(final, numbers);
  }

  #command(final, numbers) {
    const screen = this.#screen;
    const count = numbers[0] || 1;
    const how = numbers[0] ?? 0;
    switch (final) {
      case "A":
        return screen.moveBy(-count, 0);
      case "B":
      case "e":
        return screen.moveBy(count, 0);
      case "C":
      case "a":
        return screen.moveBy(0, count);
      case "D":
        return screen.moveBy(0, -count);
      case "E":
        return screen.moveBy(count, -screen.columns);
      case "F":
        return screen.moveBy(-count, -screen.columns);
      case "G":
      case "`":
        return screen.moveTo(screen.row, count - 1);
      case "H":
      case "f":
        return screen.place(count - 1, (numbers[1] || 1) - 1);
      case "I":
        return screen.tab(Math.min(count, screen.columns));
      case "J":
        return screen.eraseScreen(how);
      case "K":
        return screen.eraseLine(how);
      case "L":
        return screen.insertLines(count);
      case "M":
        return screen.deleteLines(count);
      case "P":
        return screen.deleteCells(count);
      case "S":
        return screen.scrollUp(count);
      case "T":
        return screen.scrollDown(count);
      case "X":
        return screen.eraseCells(count);
      case "Z":
        return screen.backTab(Math.min(count, screen.columns));
      case "@":
        return screen.insertCells(count);
      case "b":
        for (let index = 0; index < Math.min(count, 2000) && this.#last; index++) screen.put(this.#last);
        return;
      case "c":
        return this.#reply("\x1b[?1;2c");
      case "d":
        return screen.place(count - 1, screen.column);
      case "h":
      case "l":
        if (how === 4) screen.inserts = final === "h";
        return;
      case "n":
        return this.#report(how);
      case "r":
        return screen.setMargins(count - 1, (numbers[1] || screen.rows) - 1);
      case "s":
        return screen.save();
      case "u":
        return screen.restore();
    }
  }

  #report(what) {
    if (what === 5) this.#reply("\x1b[0n");
    if (what === 6) this.#reply(`\x1b[${this.#screen.row + 1};${this.#screen.column + 1}R`);
  }

  #mode(number, isOn) {
    const screen = this.#screen;
    switch (number) {
      case 1:
        this.hasApplicationCursor = isOn;
        return;
      case 6:
        screen.originIsTop = isOn;
        return screen.place(0, 0);
      case 7:
        screen.wraps = isOn;
        return;
      case 25:
        screen.isCursorShown = isOn;
        return screen.moveBy(0, 0);
      case 47:
      case 1047:
        return screen.useAlternate(isOn);
      case 1048:
        return isOn ? screen.save() : screen.restore();
      case 1049:
        if (isOn) screen.save();
        screen.useAlternate(isOn);
        return isOn ? screen.eraseScreen(2) : screen.restore();
      case 2004:
        this.hasBracketedPaste = isOn;
        return;
    }
  }

  /** What letters look like from now on. */
  #look(text) {
    const pen = this.#screen.pen;
    const numbers = text.split(/[;:]/).map((part) => Number.parseInt(part, 10) || 0);
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index];
      if (number === 38 || number === 48) {
        const [colour, used] = extendedColour(numbers.slice(index + 1));
        if (colour !== null) pen[number === 38 ? "fg" : "bg"] = colour;
        index += used;
      } else this.#attribute(pen, number);
    }
  }

  #attribute(pen, number) {
    const {BOLD, FAINT, ITALIC, UNDERLINE, INVERSE, HIDDEN, STRIKE} = styles;
    const on = {1: BOLD, 2: FAINT, 3: ITALIC, 4: UNDERLINE, 7: INVERSE, 8: HIDDEN, 9: STRIKE, 21: UNDERLINE}[number];
    const off = {22: BOLD | FAINT, 23: ITALIC, 24: UNDERLINE, 27: INVERSE, 28: HIDDEN, 29: STRIKE}[number];
    if (number === 0) Object.assign(pen, {style: 0, fg: -1, bg: -1});
    else if (on) pen.style |= on;
    else if (off) pen.style &= ~off;
    else if (number >= 30 && number <= 37) pen.fg = number - 30;
    else if (number === 39) pen.fg = -1;
    else if (number >= 40 && number <= 47) pen.bg = number - 40;
    else if (number === 49) pen.bg = -1;
    else if (number >= 90 && number <= 97) pen.fg = number - 82;
    else if (number >= 100 && number <= 107) pen.bg = number - 92;
  }

  /** A screen full of E, by which programs test terminals. */
  #fill() {
    for (let row = 0; row < this.#screen.rows; row++) {
      this.#screen.moveTo(row, 0);
      for (let column = 0; column < this.#screen.columns; column++) this.#screen.put("E");
    }
    this.#screen.moveTo(0, 0);
  }
}

/** @returns {[number?, number]} the colour, and how many numbers tell it. */
function extendedColour(numbers) {
  if (numbers[0] === 5) return [Math.min(255, numbers[1] ?? 0), 2];
  if (numbers[0] === 2) {
    const [red, green, blue] = numbers.slice(1, 4).map((number) => Math.min(255, number));
    return [0x1000000 | ((red ?? 0) << 16) | ((green ?? 0) << 8) | (blue ?? 0), 4];
  }
  return [null, 0];
}
