// A command in a container: what it writes comes as one stream, what it reads goes in calls of their own, one after the other.
//
// Over HTTP/1.1 no browser sends a body that is still being written, so each piece of input is a whole call.

import {askAgent, sendInput, streamFromAgent} from "./agent.js";
import {containerID} from "./reading.js";
import {fromBase64, toBase64} from "./recordio.js";

export class Session {
  #agent;
  #container;
  #abort = new AbortController();
  #waiting = [];
  #isOpen = false;
  #isSending = false;
  #failed;

  /** @param {any} agent @param {string[]} parent the container. @param {(error: Error) => void} failed called when input does not arrive. */
  constructor(agent, parent, failed) {
    this.#agent = agent;
    this.#container = containerID([...parent, `page-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`]);
    this.#failed = failed;
  }

  /** Runs the command with a terminal; returns how it ended, in words. @param {(bytes: Uint8Array) => void} output */
  async run(command, size, output) {
    const call = {
      type: "LAUNCH_NESTED_CONTAINER_SESSION",
      launch_nested_container_session: {
        container_id: this.#container,
        command: {shell: true, value: command, environment: {variables: [{name: "TERM", value: "xterm-256color"}]}},
        container: {type: "MESOS", tty_info: {window_size: size}},
      },
    };
    const stream = await streamFromAgent(this.#agent, call, this.#abort.signal);
    this.#isOpen = true;
    this.#sendWaiting();
    for await (const record of stream) {
      if (record.type === "DATA") output(fromBase64(record.data.data ?? ""));
    }
    this.#isOpen = false;
    return this.#forget();
  }

  /** Asks how it ended, and leaves nothing of it behind. */
  async #forget() {
    const container_id = this.#container;
    const answer = await askAgent(this.#agent, {type: "WAIT_CONTAINER", wait_container: {container_id}});
    await askAgent(this.#agent, {type: "REMOVE_CONTAINER", remove_container: {container_id}});
    const status = answer.wait_container?.exit_status ?? 0;
    // As wait(2) has it.
    return status & 127 ? `ended by signal ${status & 127}` : `ended with status ${status >> 8}`;
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    this.#queue({type: "DATA", data: {type: "STDIN", data: toBase64(bytes)}});
  }

  resize(columns, rows) {
    this.#queue({type: "CONTROL", control: {type: "TTY_INFO", tty_info: {window_size: {columns, rows}}}});
  }

  /** Ends the command, which its agent kills when nobody is there for it any more. */
  end() {
    this.#abort.abort();
    if (this.#isOpen) this.#forget().catch(() => {});
  }

  #queue(record) {
    this.#waiting.push(record);
    this.#sendWaiting();
  }

  /** What is typed before the command runs, or while a call is under way, goes with the next. */
  async #sendWaiting() {
    if (!this.#isOpen || this.#isSending) return;
    this.#isSending = true;
    try {
      while (this.#waiting.length)
        await sendInput(this.#agent, this.#container, this.#waiting.splice(0, 256), this.#abort.signal);
    } catch (error) {
      this.#waiting = [];
      if (!this.#abort.signal.aborted) this.#failed(error);
    } finally {
      this.#isSending = false;
    }
  }
}
