// Follows a file that grows, and that becomes another when it is full: stdout, then stdout.1.

import {readIfThere} from "./files.js";

const PIECE = 1 << 16;
/** So much of what was written before is shown. */
const FROM_THE_END = 1 << 18;

export class FollowedFile {
  /** Whether earlier output is left out. */
  isCut = false;
  #path;
  #offset = -1;
  #decoder = new TextDecoder();

  /** @param {string} path as the agent's file calls name it. */
  constructor(path) {
    this.#path = path;
  }

  /** What is new since the last time. @returns {Promise<string>} "" if nothing is. */
  async read(agent, signal) {
    let text = "";
    if (this.#offset < 0) {
      const start = await readIfThere(agent, this.#path, 0, 0, signal);
      if (!start) return "";
      this.#offset = Math.max(0, start.size - FROM_THE_END);
      this.isCut = this.#offset > 0;
    }
    for (;;) {
      const piece = await readIfThere(agent, this.#path, this.#offset, PIECE, signal);
      if (!piece) return text;
      if (piece.size < this.#offset) {
        // It was full: its rest is in the file that it was renamed to.
        text += await this.#rest(agent, signal);
        this.#offset = 0;
        continue;
      }
      this.#offset += piece.bytes.length;
      text += this.#decoder.decode(piece.bytes, {stream: true});
      if (!piece.bytes.length || this.#offset >= piece.size) return text;
    }
  }

  async #rest(agent, signal) {
    let text = "";
    for (;;) {
      const piece = await readIfThere(agent, `${this.#path}.1`, this.#offset, PIECE, signal);
      if (!piece?.bytes.length) return text;
      this.#offset += piece.bytes.length;
      text += this.#decoder.decode(piece.bytes, {stream: true});
    }
  }
}
