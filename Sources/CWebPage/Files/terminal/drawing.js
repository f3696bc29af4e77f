// From rows of cells to elements. Text only ever becomes text.

import {BOLD, FAINT, HIDDEN, INVERSE, ITALIC, STRIKE, UNDERLINE} from "./screen.js";

const basic = [
  "#3b3f46",
  "#f2777a",
  "#8fd18b",
  "#e8c46c",
  "#7fa7f5",
  "#cf9bea",
  "#74cfd0",
  "#d8d8d5",
  "#6d727b",
  "#ff9b95",
  "#aae6a4",
  "#ffdd8f",
  "#a3c1ff",
  "#e3b9f7",
  "#97e5e4",
  "#ffffff",
];
const ground = "#0c0d10";
const ink = "#e4e4e1";

/** @param {number} colour of the palette or of its own. */
function css(colour, usual) {
  if (colour < 0) return usual;
  if (colour < 16) return basic[colour];
  if (colour >= 0x1000000) return `#${(colour & 0xffffff).toString(16).padStart(6, "0")}`;
  if (colour >= 232) return `rgb(${8 + (colour - 232) * 10} ${8 + (colour - 232) * 10} ${8 + (colour - 232) * 10})`;
  const part = (value) => (value ? 55 + value * 40 : 0);
  const cube = colour - 16;
  return `rgb(${part(Math.floor(cube / 36))} ${part(Math.floor(cube / 6) % 6)} ${part(cube % 6)})`;
}

/**
 * Draws a row: cells that look alike are one element.
 * @param {Element} node @param {import("./screen.js").Cell[]} line @param {number} cursor the cursor's column; -1: it is elsewhere.
 */
export function drawRow(node, line, cursor) {
  const parts = [];
  for (let column = 0; column < line.length; column++) {
    const cell = line[column];
    if (!cell || cell.width === 0) continue;
    const last = parts.at(-1);
    const isCursor = column === cursor || (cell.width === 2 && column + 1 === cursor);
    if (last && !isCursor && !last.isCursor && cell.width === 1 && last.wide === 1 && last.cell.style === cell.style &&
      last.cell.fg === cell.fg && last.cell.bg === cell.bg) {
      last.text += cell.text;
    } else parts.push({cell, text: cell.text, isCursor, wide: cell.width});
  }
  if (cursor >= line.length) {
    if (cursor > line.length)
      parts.push({cell: {style: 0, fg: -1, bg: -1}, text: " ".repeat(cursor - line.length), wide: 1});
    parts.push({cell: {style: 0, fg: -1, bg: -1}, text: " ", isCursor: true, wide: 1});
  }
  node.replaceChildren(...parts.map(element));
}

function element({cell, text, isCursor, wide}) {
  if (!cell.style && cell.fg < 0 && cell.bg < 0 && !isCursor && wide === 1) return document.createTextNode(text);
  const node = document.createElement("span");
  node.textContent = cell.style & HIDDEN ? " ".repeat(text.length) : text;
  if (isCursor) node.className = "cursor";
  if (wide === 2) {
    node.classList.add("wide");
    node.style.width = "2ch";
  }
  look(node.style, cell);
  return node;
}

function look(style, {style: bits, fg, bg}) {
  let [front, back] = [css(bits & BOLD && fg >= 0 && fg < 8 ? fg + 8 : fg, ink), css(bg, ground)];
  if (bits & INVERSE) [front, back] = [back, front];
  if (front !== ink) style.color = front;
  if (back !== ground) style.background = back;
  if (bits & BOLD) style.fontWeight = "700";
  if (bits & FAINT) style.opacity = "0.65";
  if (bits & ITALIC) style.fontStyle = "italic";
  const lines = [bits & UNDERLINE && "underline", bits & STRIKE && "line-through"].filter(Boolean);
  if (lines.length) style.textDecoration = lines.join(" ");
}
