// The last hour, as the master remembers it.

const PAUSE = 10_000;

export class UsageHistory {
  /** @type {Array<{time: number, agents: number, frameworks: number, tasks: number, total: Object<string, number>, used: Object<string, number>}>} */
  samples = [];
  /** How long samples are kept, in seconds. */
  length = 3600;
  #changed;
  #timer;

  /** @param {() => void} changed called when there is more. */
  constructor(changed) {
    this.#changed = changed;
    this.#read();
    document.addEventListener("visibilitychange", () => document.hidden || this.#read());
  }

  /** The points of a chart. @param {(sample: any) => number} value @returns {Array<[number, number]>} */
  points(value) {
    return this.samples.map((sample) => [sample.time, value(sample)]);
  }

  #take({length_secs: length, samples}) {
    if (!samples.length) return;
    this.length = length;
    const oldest = samples.at(-1).time - length;
    this.samples = [...this.samples, ...samples].filter(({time}) => time >= oldest);
    this.#changed();
  }

  async #read() {
    clearTimeout(this.#timer);
    try {
      const response = await fetch(`/history?since=${this.samples.at(-1)?.time ?? 0}`);
      if (response.ok) this.#take(await response.json());
    } catch {
      // The connection tells that the master is away.
    }
    if (!document.hidden) this.#timer = setTimeout(() => this.#read(), PAUSE);
  }
}
