// How many cells a letter takes: 0, 1 or 2 (Unicode Standard Annex 11).

const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}])/u;
const none = /^[\p{Mn}\p{Me}\u200b-\u200f\u2060\ufe00-\ufe0f]/u;

/** @param {string} letter one code point. */
export function width(letter) {
  if (letter < "\u0300") return 1;
  if (none.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}
