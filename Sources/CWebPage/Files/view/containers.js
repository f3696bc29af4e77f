// Containers as a tree: each inside the one that it is part of, to any depth.

import {h} from "./dom.js";
import {bytes, cores, number} from "./format.js";
import {empty, foldHandle, link, memoryCell, path, sandboxPath, scrolled, tableCell, tableHead, tableRow} from "./parts.js";

/**
 * @param {string} agent its id.
 * @param {import("../data/containers.js").Container[]} roots
 * @param {{folded: Set<string>, changed: () => void, names?: Map<string, string>}} look `names` are what containers are better known by.
 */
export function containerTree(agent, roots, look) {
  const rows =
    roots.flatMap((container) => flatten(container, look.folded)).map((container) => row(agent, container, look));
  if (!rows.length) return empty("No container runs.");
  const titles = [
    ["Container"],
    ["CPU", "number"],
    ["Memory"],
    ["Processes", "number"],
    ["Disk", "number"],
    ["Process id", "number spare"],
    [""],
  ];
  const label = "Containers, each below the one around it";
  return scrolled(label, {class: "tree containers", role: "treegrid"}, tableHead(titles), rows);
}

function flatten(container, folded) {
  const below =
    folded.has(container.path.join(".")) ? [] : container.children.flatMap((child) => flatten(child, folded));
  return [container, ...below];
}

function row(agent, container, {folded, changed, names}) {
  const key = container.path.join(".");
  const level = container.path.length;
  const isOpen = !folded.has(key);
  const fold = () => {
    if (!folded.delete(key)) folded.add(key);
    changed();
  };
  const hasMore = container.children.length > 0;
  const name = names?.get(key) ?? ownName(container);
  const handle = hasMore ? foldHandle(name, isOpen, fold) : h("span", {class: "leaf"});
  const used = container.statistics ?? {};
  return tableRow({
    key,
    "aria-level": level,
    "aria-expanded": hasMore ? String(isOpen) : null,
    vars: {"--level": String(level - 1)},
  },
    tableCell("",
      {title: key},
      h("span",
        {class: "name"},
        handle,
        h("span", {class: "level", title: `Level ${level}`}, level),
        h("span", {class: "known"}, name),
        name === container.name ? null : [" ", h("code", {class: "id"}, container.name)])),
    tableCell("CPU", {class: "number"}, container.cpus === undefined ? "–" : cores(container.cpus)),
    tableCell("Memory", null, memoryCell(used.mem_total_bytes, used.mem_limit_bytes)),
    tableCell("Processes", {class: "number"}, used.processes === undefined ? "–" : number(used.processes)),
    tableCell("Disk", {class: "number"}, used.disk_used_bytes === undefined ? "–" : bytes(used.disk_used_bytes)),
    tableCell("Process id", {class: "number spare"}, container.pid || "–"),
    tableCell("",
      {class: "actions"},
      container.sandbox ? link(sandboxPath(agent, "logs", container.sandbox), "Logs") : null,
      container.sandbox ? link(sandboxPath(agent, "files", container.sandbox), "Files") : null,
      link(path("machines", agent, "terminal", key), "Terminal")));
}

/** What the agent calls a container: a pod by its executor's name. Executors of single commands have a sentence there. */
const ownName = ({title, executor, name}) => (title.startsWith("Command Executor") ? executor : title || executor || name);
