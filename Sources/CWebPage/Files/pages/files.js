import {h} from "../view/dom.js";
import {bytes, moment} from "../view/format.js";
import {card, empty, head, link, path, problem, unknown} from "../view/parts.js";
import {table, tableState} from "../view/table.js";
import {address} from "../data/agent.js";
import {isFolder, isLink, listFiles, modeText, readFile} from "../data/files.js";

/** So much of a file is shown; all of it can be fetched. */
const SHOWN = 1 << 20;
const PIECE = 1 << 16;

/** A folder or a file of a sandbox. @returns {import("../main.js").Page} */
export default function files(app, {agent: id}, query) {
  const place = query.get("path") ?? "";
  const state = tableState("name");
  const abort = new AbortController();
  let entries = null;
  let file = null;
  let error = null;
  let hasBegun = false;

  async function read(agent) {
    hasBegun = true;
    try {
      if (query.has("file")) file = await beginning(agent, place, abort.signal);
      else entries = await listFiles(agent, place, abort.signal);
      error = null;
    } catch (reason) {
      error = reason;
    }
    if (!abort.signal.aborted) app.refresh();
  }

  return {
    title: "Files",
    close: () => abort.abort(),
    render() {
      const agent = app.cluster.agents.get(id);
      if (agent && !hasBegun) read(agent);
      const again = () => {
        hasBegun = false;
        app.refresh();
      };
      const actions = [
        file && agent ? h("a",
                          {
                            class: "button",
                            key: "get",
                            href: `${address(agent)}/files/download?${new URLSearchParams({path: place})}`,
                            download: "",
                          },
                          "Download")
                      : null,
        h("button", {type: "button", key: "again", onclick: again}, "Read again"),
      ];
      return [
        head(place.split("/").at(-1) || "Files", {crumbs: crumbs(id, agent, place), actions}),
        problem(error),
        !agent ? unknown(app, "The machine is not connected.") : null,
        entries ? card("", null, folder(app, id, entries, state)) : null,
        file ? fileView(file) : null,
      ];
    },
  };
}

const at = (id, place, isFile) =>
  `${path("machines", id, "files")}?${new URLSearchParams(isFile ? {path: place, file: ""} : {path: place})}`;

/** The folders above, up to the sandbox: above it nothing is shown to anybody. */
function crumbs(id, agent, place) {
  const parts = place.split("/").filter(Boolean);
  const top = parts[0] === "containers" ? 2 : 6;
  const above =
    parts.slice(top, -1).map((name, index) => link(at(id, "/" + parts.slice(0, top + index + 1).join("/")), name));
  const sandbox = parts.length > top ? [link(at(id, "/" + parts.slice(0, top).join("/")), "sandbox")] : [];
  return [link("#/machines", "Machines"), link(path("machines", id), agent?.hostname ?? id), ...sandbox, ...above];
}

function folder(app, id, entries, state) {
  return table({
    label: "Files",
    rows: entries,
    key: (entry) => entry.path,
    state,
    changed: app.refresh,
    empty: "The folder is empty.",
    columns: [
      {
        name: "name",
        title: "Name",
        value: ({name}) => name,
        cell: (entry) => isLink(entry)
          ? entry.name
          : link(at(id, entry.path, !isFolder(entry)), entry.name, isFolder(entry) ? "/" : ""),
      },
      {
        name: "size",
        title: "Size",
        numeric: true,
        value: ({size}) => size,
        cell: (entry) => (isFolder(entry) ? "–" : bytes(entry.size)),
      },
      {name: "time", title: "Changed", value: ({time}) => time, cell: ({time}) => moment(time)},
      {name: "owner", title: "Owner", value: ({owner}) => owner, cell: ({owner}) => owner},
      {name: "mode", title: "Mode", cell: ({mode}) => h("code", null, modeText(mode))},
    ],
  });
}

async function beginning(agent, place, signal) {
  const pieces = [];
  let offset = 0;
  for (;;) {
    const {size, bytes} = await readFile(agent, place, offset, PIECE, signal);
    pieces.push(bytes);
    offset += bytes.length;
    if (bytes.length && offset < Math.min(size, SHOWN)) continue;
    return {size, shown: offset, text: new TextDecoder().decode(await new Blob(pieces).arrayBuffer())};
  }
}

/** Bytes that no text has. */
const isBinary = (text) => text.slice(0, 4096).includes("\0");

function fileView({size, shown, text}) {
  const note = shown < size ? `The first ${bytes(shown)} of ${bytes(size)}` : bytes(size);
  return [
    h("p", {class: "tools quiet", key: "note"}, note),
    isBinary(text) ? empty("This is no text: download it.") : h("pre", {class: "file", tabindex: 0, key: "file"}, text),
  ];
}
