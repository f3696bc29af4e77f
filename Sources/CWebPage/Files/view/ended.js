import {h} from "./dom.js";
import {age, bytes, number} from "./format.js";
import {facts} from "./parts.js";

/** How a task ended, what it had used by then, and what it wrote last. @param {any} end as its agent tells it. */
export function ending(end) {
  const use = end.use ?? {};
  const time = (use.cpu_user_secs ?? NaN) + (use.cpu_system_secs ?? NaN);
  return [
    facts([
      ["Exit status", end.exit_status === undefined ? null : String(end.exit_status)],
      ["Signal", end.signal === undefined ? null : `${end.signal} (${end.words})`],
      ["Ran for", end.started ? age(end.ended - end.started) : null],
      ["Memory at most", use.memory_peak_bytes === undefined ? null : memory(use)],
      ["Processor time", Number.isFinite(time) ? `${number(time, 3)} s${shared(use)}` : null],
    ]),
    Object.entries(end.last_output ?? {}).filter(([, output]) => output.text).map(([name, output]) => h("section",
      {key: name, "aria-label": name},
      h("h3", null, output.size > new Blob([output.text]).size ? `Last lines of ${name}` : name),
      h("pre", {class: "file", tabindex: 0}, output.text))),
  ];
}

const memory = (use) =>
  bytes(use.memory_peak_bytes) + (use.memory_limit_bytes ? ` of ${bytes(use.memory_limit_bytes)}` : "") + shared(use);

const shared = (use) => (use.shared ? ", with its whole pod" : "");
