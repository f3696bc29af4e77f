// Asking again and again while somebody looks.

/** As long as there is nobody to ask, in milliseconds. */
const SOON = 100;

export class Repeat {
  /** Why the last time failed; null if it did not. @type {Error?} */
  error = null;
  /** Whether there was an answer yet. */
  hasAnswer = false;
  #pause;
  #ask;
  #changed;
  #abort = new AbortController();
  #timer;
  #awake = () => document.hidden || this.#run();

  /**
   * @param {number} pause between an answer and the next question, in milliseconds.
   * @param {(signal: AbortSignal) => Promise<any>} ask false: there was nobody to ask yet. @param {() => void} changed called after each time.
   */
  constructor(pause, ask, changed) {
    this.#pause = pause;
    this.#ask = ask;
    this.#changed = changed;
    document.addEventListener("visibilitychange", this.#awake);
    this.#run();
  }

  /** Asks at once. */
  now() {
    this.#run();
  }

  end() {
    document.removeEventListener("visibilitychange", this.#awake);
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #run() {
    clearTimeout(this.#timer);
    let pause = this.#pause;
    try {
      if ((await this.#ask(this.#abort.signal)) === false) pause = Math.min(pause, SOON);
      else this.hasAnswer = true;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    if (this.#abort.signal.aborted) return;
    this.#changed();
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.#run(), pause);
  }
}
