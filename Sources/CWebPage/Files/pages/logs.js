import {h} from "../view/dom.js";
import {LogView} from "../view/log.js";
import {buttonLink, choice, empty, head, link, path, problem, sandboxPath, search} from "../view/parts.js";
import {FollowedFile} from "../data/following.js";
import {Repeat} from "../data/repeat.js";

const PAUSE = 500;

/** What a container writes, as it is written. @returns {import("../main.js").Page} */
export default function logs(app, {agent: id}, query) {
  const place = query.get("path") ?? "";
  const log = new LogView();
  const streams = {stdout: new FollowedFile(`${place}/stdout`), stderr: new FollowedFile(`${place}/stderr`)};
  const agent = () => app.cluster.agents.get(id);
  let wraps = false;
  let text = "";
  const reading = new Repeat(PAUSE, async (signal) => {
    if (!agent()) return false;
    for (const kind of ["stdout", "stderr"]) log.add(await streams[kind].read(agent(), signal), kind);
  }, app.refresh);

  function filter(value) {
    text = value;
    log.filter(value);
    app.refresh();
  }

  function wrap(value) {
    wraps = value === "true";
    app.refresh();
  }

  function output() {
    return h("div", {
      key: "log",
      class: wraps ? "log wrapped" : "log",
      tabindex: 0,
      role: "log",
      "aria-label": "Output",
      mount: (node) => log.mount(node),
    });
  }

  return {
    title: "Logs",
    close: () => reading.end(),
    render() {
      const machine = link(path("machines", id), agent()?.hostname ?? id);
      const isCut = streams.stdout.isCut || streams.stderr.isCut;
      return [
        head("Logs", {
          crumbs: [link("#/machines", "Machines"), machine, place.split("/").at(-1)],
          actions: buttonLink(sandboxPath(id, "files", place), "Files"),
        }),
        h("div",
          {class: "tools", key: "tools"},
          search("Only lines with", text, filter),
          choice("Long lines", [["false", "Long lines cut"], ["true", "wrapped"]], String(wraps), wrap)),
        problem(reading.error),
        !agent() && app.cluster.isKnown ? empty("The machine is not connected.") : null,
        isCut ? h("p", {class: "quiet tools", key: "cut"}, "Earlier output is in the files.") : null,
        output(),
      ];
    },
  };
}
