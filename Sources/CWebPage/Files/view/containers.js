// Containers as a tree: each inside the one that it is part of, to any depth.

import {h} from "./dom.js";
import {bytes, cores, number} from "./format.js";
import {empty, foldHandle, link, memoryCell, path, sandboxPath, tableHead} from "./parts.js";

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
  return h("div",
    {class: "scroll"},
    h("table",
      {class: "tree", role: "treegrid"},
      h("caption", {class: "hidden"}, "Containers, each below the one around it"),
      tableHead(titles),
      h("tbody", null, rows)));
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
  const handle = hasMore ? foldHandle(container.name, isOpen, fold) : h("span", {class: "leaf"});
  const used = container.statistics ?? {};
  const name =
    names?.get(key) ?? (container.title.startsWith("Command Executor") ? container.executor : container.name);
  return h("tr",
    {key, "aria-level": level, "aria-expanded": hasMore ? String(isOpen) : null},
    h("td",
      {title: key},
      h("span",
        {class: "name", vars: {"--level": String(level - 1)}},
        handle,
        h("span", {class: "level", title: `Level ${level}`}, level),
        name)),
    h("td", {class: "number"}, container.cpus === undefined ? "–" : cores(container.cpus)),
    h("td", null, memoryCell(used.mem_total_bytes, used.mem_limit_bytes)),
    h("td", {class: "number"}, used.processes === undefined ? "–" : number(used.processes)),
    h("td", {class: "number"}, used.disk_used_bytes === undefined ? "–" : bytes(used.disk_used_bytes)),
    h("td", {class: "number spare"}, container.pid || "–"),
    h("td",
      {class: "actions"},
      container.sandbox ? link(sandboxPath(agent, "logs", container.sandbox), "Logs") : null,
      container.sandbox ? link(sandboxPath(agent, "files", container.sandbox), "Files") : null,
      link(path("machines", agent, "terminal", key), "Terminal")));
}
