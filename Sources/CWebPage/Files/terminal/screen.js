// What a terminal shows: a field of cells, what was scrolled out of it, and a cursor. Knows no escape sequences and no document.

import {width} from "./width.js";

/** @typedef {{text: string, style: number, fg: number, bg: number, width: number}} Cell `fg` and `bg`: -1 as usual, up to 255 of the
 *  palette, above that 0x1000000 and a colour. */

const MOST_SCROLLBACK = 2000;
/** Letters that one cell is made of. */
const MOST_COMBINED = 16;
const MOST_SHARED = 1024;

export const BOLD = 1, FAINT = 2, ITALIC = 4, UNDERLINE = 8, INVERSE = 16, HIDDEN = 32, STRIKE = 64;

const plain = {
  style: 0,
  fg: -1,
  bg: -1,
};

export class Screen {
  columns = 80;
  rows = 24;
  row = 0;
  column = 0;
  /** What the next letter looks like. */
  pen = {...plain};
  isCursorShown = true;
  wraps = true;
  inserts = false;
  originIsTop = false;
  /** Lines that were scrolled out above. */
  scrollback = [];
  /** Rows that look different since `takeChanged`. */
  #changed = new Set();
  #lines = [];
  #top = 0;
  #bottom = 0;
  #wrapNext = false;
  #saved = null;
  #other = null;
  #tabs = new Set();
  #shared = {of: plain, cells: new Map()};

  constructor(columns, rows) {
    this.#lines = [];
    this.resize(columns, rows);
  }

  get isAlternate() {
    return this.#other !== null;
  }

  line(row) {
    return this.#lines[row];
  }

  /** The rows to draw anew. */
  takeChanged() {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  touchAll() {
    for (let row = 0; row < this.rows; row++) this.#changed.add(row);
  }

  resize(columns, rows) {
    this.columns = columns;
    const fit = (lines) => {
      // What is too much goes out above, as long as the cursor stays.
      while (lines.length > rows && this.row > 0 && lines === this.#lines && this.row >= rows) {
        const line = lines.shift();
        if (!this.isAlternate) this.#remember(line);
        this.row -= 1;
      }
      lines.length = Math.min(lines.length, rows);
      while (lines.length < rows) lines.push([]);
    };
    fit(this.#lines);
    if (this.#other) fit(this.#other.lines);
    this.rows = rows;
    [this.#top, this.#bottom] = [0, rows - 1];
    this.row = Math.min(this.row, rows - 1);
    this.column = Math.min(this.column, columns - 1);
    this.#wrapNext = false;
    this.touchAll();
  }

  reset() {
    this.pen = {...plain};
    [this.row, this.column, this.#top, this.#bottom] = [0, 0, 0, this.rows - 1];
    [this.isCursorShown, this.wraps, this.inserts, this.originIsTop, this.#wrapNext] =
      [true, true, false, false, false];
    this.#other = null;
    this.#lines = Array.from({length: this.rows}, () => []);
    this.#tabs.clear();
    this.touchAll();
  }

  /** Writes one letter where the cursor is. */
  put(text) {
    const wide = width(text);
    if (wide === 0) return this.#combine(text);
    if (this.#wrapNext || this.column + wide > this.columns) {
      if (this.wraps) {
        this.column = 0;
        this.lineFeed();
      } else this.column = this.columns - wide;
    }
    const line = this.#lines[this.row];
    while (line.length < this.column) line.push(this.#blank(plain));
    if (this.inserts) line.splice(this.column, 0, ...Array.from({length: wide}, () => this.#blank(this.pen)));
    this.#cutWide(line);
    line[this.column] = this.#cell(text, wide);
    if (wide === 2) line[this.column + 1] = this.#cell("", 0);
    if (line.length > this.columns) line.length = this.columns;
    this.#changed.add(this.row);
    this.column += wide;
    this.#wrapNext = this.column >= this.columns;
    if (this.#wrapNext) this.column = this.columns - 1;
  }

  /** Half of a wide letter is none. */
  #cutWide(line) {
    const here = line[this.column];
    if (here?.width === 0 && this.column > 0) line[this.column - 1] = this.#blank(line[this.column - 1]);
    if (here?.width === 2 && line[this.column + 1]) line[this.column + 1] = this.#blank(here);
  }

  #combine(text) {
    const line = this.#lines[this.row];
    const column = this.#wrapNext ? this.column : this.column - 1;
    const place = line[column]?.width === 0 ? column - 1 : column;
    const cell = line[place];
    if (!cell || cell.text.length > MOST_COMBINED) return;
    line[place] = {...cell, text: cell.text + text};
    this.#changed.add(this.row);
  }

  /** Cells that look alike are one: most of what programs write needs no new ones. They are never changed. */
  #cell(text, width) {
    const {style, fg, bg} = this.pen;
    const {of, cells} = this.#shared;
    if (of.style !== style || of.fg !== fg || of.bg !== bg || cells.size > MOST_SHARED) {
      this.#shared = {of: {style, fg, bg}, cells: new Map()};
    }
    const known = this.#shared.cells.get(text);
    if (known?.width === width) return known;
    const cell = {text, style, fg, bg, width};
    this.#shared.cells.set(text, cell);
    return cell;
  }

  #blank({bg}) {
    return {text: " ", style: 0, fg: -1, bg, width: 1};
  }

  lineFeed() {
    this.#wrapNext = false;
    if (this.row === this.#bottom) this.scrollUp(1);
    else if (this.row < this.rows - 1) this.moveTo(this.row + 1, this.column);
  }

  reverseLineFeed() {
    if (this.row === this.#top) this.scrollDown(1);
    else if (this.row > 0) this.moveTo(this.row - 1, this.column);
  }

  moveTo(row, column) {
    this.#changed.add(this.row);
    this.row = Math.min(this.rows - 1, Math.max(0, row));
    this.column = Math.min(this.columns - 1, Math.max(0, column));
    this.#wrapNext = false;
    this.#changed.add(this.row);
  }

  /** Up and down, not beyond the margins. */
  moveBy(rows, columns) {
    const [least, most] =
      [this.row >= this.#top ? this.#top : 0, this.row <= this.#bottom ? this.#bottom : this.rows - 1];
    this.moveTo(Math.min(most, Math.max(least, this.row + rows)), this.column + columns);
  }

  /** Where programs count from: the margin, if they wish. */
  place(row, column) {
    this.moveTo(this.originIsTop ? Math.min(this.#bottom, row + this.#top) : row, column);
  }

  tab(count = 1) {
    let column = this.column;
    for (let number = 0; number < count; number++) {
      do column += 1;
      while (column < this.columns - 1 && column % 8 !== 0 && !this.#tabs.has(column));
    }
    this.moveTo(this.row, column);
  }

  backTab(count = 1) {
    let column = this.column;
    for (let number = 0; number < count; number++) {
      do column -= 1;
      while (column > 0 && column % 8 !== 0 && !this.#tabs.has(column));
    }
    this.moveTo(this.row, column);
  }

  setTab() {
    this.#tabs.add(this.column);
  }

  setMargins(top, bottom) {
    if (top >= bottom || bottom >= this.rows) return;
    [this.#top, this.#bottom] = [top, bottom];
    this.place(0, 0);
  }

  scrollUp(count) {
    for (let number = 0; number < Math.min(count, this.rows); number++) {
      const [gone] = this.#lines.splice(this.#top, 1);
      if (this.#top === 0 && !this.isAlternate) this.#remember(gone);
      this.#lines.splice(this.#bottom, 0, this.#emptyLine());
    }
    this.#touchRegion();
  }

  scrollDown(count) {
    for (let number = 0; number < Math.min(count, this.rows); number++) {
      this.#lines.splice(this.#bottom, 1);
      this.#lines.splice(this.#top, 0, this.#emptyLine());
    }
    this.#touchRegion();
  }

  insertLines(count) {
    this.#inRegion(() => this.scrollDown(count));
  }

  deleteLines(count) {
    this.#inRegion(() => this.scrollUp(count));
  }

  /** From the cursor's row to the lower margin. */
  #inRegion(scroll) {
    if (this.row < this.#top || this.row > this.#bottom) return;
    const top = this.#top;
    this.#top = Math.max(this.row, 0);
    const kept = this.scrollback.length;
    scroll();
    // Deleted lines are not what was scrolled out.
    if (this.row === 0) this.scrollback.length = Math.min(kept, this.scrollback.length);
    this.#top = top;
    this.moveTo(this.row, 0);
  }

  #remember(line) {
    this.scrollback.push(line);
    if (this.scrollback.length > MOST_SCROLLBACK) this.scrollback.shift();
    this.scrolled = (this.scrolled ?? 0) + 1;
  }

  /** Lines that went into the scrollback since the last time. */
  takeScrolled() {
    const count = this.scrolled ?? 0;
    this.scrolled = 0;
    return count;
  }

  #emptyLine() {
    return this.pen.bg === -1 ? [] : Array.from({length: this.columns}, () => this.#blank(this.pen));
  }

  #touchRegion() {
    for (let row = this.#top; row <= this.#bottom; row++) this.#changed.add(row);
  }

  /** @param {number} how 0: after the cursor, 1: before it, 2: all, 3: what was scrolled out. */
  eraseScreen(how) {
    if (how === 3) {
      this.scrollback = [];
      this.isScrollbackCleared = true;
      return;
    }
    this.eraseLine(how);
    const [from, to] = how === 0 ? [this.row + 1, this.rows] : how === 1 ? [0, this.row] : [0, this.rows];
    for (let row = from; row < to; row++) {
      this.#lines[row] = this.#emptyLine();
      this.#changed.add(row);
    }
  }

  eraseLine(how) {
    const [from, to] = how === 0 ? [this.column, this.columns] : how === 1 ? [0, this.column + 1] : [0, this.columns];
    this.#fill(from, to);
  }

  eraseCells(count) {
    this.#fill(this.column, Math.min(this.columns, this.column + count));
  }

  #fill(from, to) {
    const line = this.#lines[this.row];
    this.#wrapNext = false;
    if (to >= this.columns && this.pen.bg === -1) line.length = Math.min(line.length, from);
    else {
      while (line.length < to) line.push(this.#blank(plain));
      for (let column = from; column < to; column++) line[column] = this.#blank(this.pen);
    }
    this.#changed.add(this.row);
  }

  insertCells(count) {
    const line = this.#lines[this.row];
    while (line.length < this.column) line.push(this.#blank(plain));
    line.splice(this.column, 0, ...Array.from({length: Math.min(count, this.columns)}, () => this.#blank(this.pen)));
    line.length = Math.min(line.length, this.columns);
    this.#changed.add(this.row);
  }

  deleteCells(count) {
    this.#lines[this.row].splice(this.column, count);
    this.#changed.add(this.row);
  }

  save() {
    this.#saved = {row: this.row, column: this.column, pen: {...this.pen}};
  }

  restore() {
    const saved = this.#saved ?? {row: 0, column: 0, pen: {...plain}};
    this.pen = {...saved.pen};
    this.moveTo(saved.row, saved.column);
  }

  /** The second screen of programs that fill it all, without scrollback. */
  useAlternate(isWanted) {
    if (isWanted === this.isAlternate) return;
    if (isWanted) {
      this.#other = {lines: this.#lines};
      this.#lines = Array.from({length: this.rows}, () => []);
    } else {
      this.#lines = this.#other.lines;
      this.#other = null;
    }
    [this.#top, this.#bottom] = [0, this.rows - 1];
    this.row = Math.min(this.row, this.rows - 1);
    this.touchAll();
  }
}
