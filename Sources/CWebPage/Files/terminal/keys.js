// From keys to what terminals send for them.

const cursor = {
  ArrowUp: "A",
  ArrowDown: "B",
  ArrowRight: "C",
  ArrowLeft: "D",
  Home: "H",
  End: "F",
};
const numbered = {
  Insert: 2,
  Delete: 3,
  PageUp: 5,
  PageDown: 6,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};
const functions = {
  F1: "P",
  F2: "Q",
  F3: "R",
  F4: "S",
};
const simple = {
  Enter: "\r",
  Backspace: "\x7f",
  Escape: "\x1b",
};

/**
 * @param {{key: string, ctrlKey: boolean, altKey: boolean, shiftKey: boolean, metaKey: boolean}} event
 * @param {boolean} isApplication as the program wants arrow keys.
 * @returns {string?} null for keys that are the browser's, or that come as text.
 */
export function keyText(event, isApplication) {
  const {key, ctrlKey, altKey, shiftKey, metaKey} = event;
  if (metaKey) return null;
  const modifier = 1 + (shiftKey ? 1 : 0) + (altKey ? 2 : 0) + (ctrlKey ? 4 : 0);
  if (cursor[key])
    return modifier > 1 ? `\x1b[1;${modifier}${cursor[key]}` : `\x1b${isApplication ? "O" : "["}${cursor[key]}`;
  if (functions[key]) return modifier > 1 ? `\x1b[1;${modifier}${functions[key]}` : `\x1bO${functions[key]}`;
  if (numbered[key]) return modifier > 1 ? `\x1b[${numbered[key]};${modifier}~` : `\x1b[${numbered[key]}~`;
  if (key === "Tab") return shiftKey ? "\x1b[Z" : "\t";
  if (simple[key]) return (altKey ? "\x1b" : "") + simple[key];
  if (key.length !== 1) return null;
  if (ctrlKey && !altKey) return control(key, shiftKey);
  return altKey && !ctrlKey ? "\x1b" + key : null;
}

/** Ctrl with a letter. Those with Shift are the browser's: copy and paste. */
function control(key, shiftKey) {
  if (shiftKey && /[cv]/i.test(key)) return null;
  const code = key.toUpperCase().charCodeAt(0);
  if (key === " " || key === "2") return "\0";
  if (code >= 0x40 && code <= 0x5f) return String.fromCharCode(code & 0x1f);
  return key === "/" ? "\x1f" : null;
}
