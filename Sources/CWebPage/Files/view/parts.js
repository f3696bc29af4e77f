// What pages are made of.

import {h} from "./dom.js";
import {ago, bytes, cores, mebibytes, moment, number, percent, stateName} from "./format.js";
import {mood} from "../data/reading.js";
import {names} from "../data/resources.js";

/** @param {string} href @param {...any} content */
export const link = (href, ...content) => h("a", {href}, ...content);

/** The path of a page. @param {...string} parts are encoded. */
export const path = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");

/** The page of something in a sandbox: `logs` or `files`. @param {string} place as the agent's file calls name it. */
export const sandboxPath = (agent, page, place) =>
  `${path("machines", agent, page)}?${new URLSearchParams({path: place})}`;

/** A button that leads to a page. */
export const buttonLink = (href, text) => h("a", {class: "button", href, key: text}, text);

/** @param {string} text @param {() => void} press */
export const button = (text, press, style = null) =>
  h("button", {type: "button", key: text, class: style, onclick: press}, text);

/** The handle of a row that has others below it. */
export function foldHandle(name, isOpen, press) {
  const label = `${isOpen ? "Fold" : "Unfold"} ${name}`;
  return h("button", {
    type: "button",
    class: "plain fold",
    "aria-expanded": String(isOpen),
    "aria-label": label,
    onclick: press,
  });
}

/** The head of a table; an empty title stands for actions. @param {Array<[string, string?]>} titles with their classes. */
export function tableHead(titles) {
  const cells = titles.map(
    ([title, style]) => h("th",
      {role: "columnheader", scope: "col", class: style ?? null},
      title || h("span", {class: "hidden"}, "Actions")));
  return h("thead", {role: "rowgroup"}, h("tr", {role: "row"}, cells));
}

/** A table that stands as cards where it has no room. @param {string} label for those who do not see it. */
export const scrolled = (label, props, head, rows) => h("div",
  {class: "scroll"},
  h("table",
    {role: "table", ...props},
    h("caption", {class: "hidden"}, label),
    head,
    h("tbody", {role: "rowgroup"}, rows)));

/** Says its role, since a card looks like none. */
export const tableRow = (props, ...cells) => h("tr", {role: "row", ...props}, ...cells);

/** @param {string} title of its column, told in a card; none for what needs no word. */
export const tableCell = (title, props, ...content) =>
  h("td", {role: "cell", "data-title": title || null, ...props}, ...content);

/** The state of a task. @param {string} state */
export const stateBadge = (state) => h("span", {class: `badge ${mood(state)}`}, stateName(state));

/** @param {string} text @param {"good"|"busy"|"bad"|"done"} feeling */
export const badge = (text, feeling = "done") => h("span", {class: `badge ${feeling}`}, text);

/** A moment, told as how long ago. @param {number} seconds since 1970. */
export const when = (seconds) => (seconds ? h("time", {title: moment(seconds)}, ago(seconds)) : "–");

/** @param {string} title @param {any} aside @param {...any} content */
export function card(title, aside, ...content) {
  const heading =
    title ? h("header", null, h("h2", null, title), aside ? h("span", {class: "aside"}, aside) : null) : null;
  return h("section", {class: "card", "aria-label": title || null}, heading, ...content);
}

/** Pairs of a name and what it is; those without a value are left out. @param {Array<[string, any]>} pairs */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return h("dl", {class: "facts"}, shown.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

/** @param {Array<[string, string]>} labels */
export function labelList(labels) {
  if (!labels.length) return null;
  return h(
    "ul", {class: "labels"}, labels.map(([key, value]) => h("li", null, value === "" ? key : `${key} = ${value}`)));
}

const words = {
  cpus: "CPU",
  mem: "Memory",
  disk: "Disk",
  gpus: "GPUs",
};

/** @param {string} name of a resource. */
export const resourceName = (name) => words[name] ?? name;

/** @param {string} name @param {number} value */
export function resourceText(name, value) {
  if (name === "mem" || name === "disk") return mebibytes(value);
  return name === "cpus" ? cores(value) : number(value, 2);
}

/** Resources in one line: `0.5 CPU, 64 MiB`. @param {Object<string, number>} resources */
export function resourcesLine(resources) {
  const parts = names(resources).map((name) => {
    const text = resourceText(name, resources[name]);
    return name === "mem" ? text : `${text} ${name === "cpus" ? "CPU" : resourceName(name).toLowerCase()}`;
  });
  return parts.join(", ") || "–";
}

/** A bar alone. @param {number} part from 0 to 1. @param {string} label @param {number} more drawn paler behind it. */
export function bar(part, label, more = 0) {
  const width = (value) => `${Math.round(Math.min(1, Math.max(0, value || 0)) * 1000) / 10}%`;
  return h("span", {
    class: part > 0.9 ? "bar full" : "bar",
    role: "img",
    "aria-label": label,
    vars: {"--part": width(part), "--more": width(part + more)},
  });
}

/** What of a resource is used. */
export function meter(name, used, total, offered = 0) {
  const text = `${resourceText(name, used)} of ${resourceText(name, total)}`;
  return h(
    "div",
    {class: "meter", key: name},
    h("div",
      {class: "words"},
      h("span", {class: "name"}, resourceName(name)),
      h("span", {class: "value"}, text),
      h("span", {class: "quiet"}, percent(used, total))),
    bar(total > 0 ? used / total : 0, `${resourceName(name)}: ${text} used`, total > 0 ? offered / total : 0),
  );
}

/** @param {Object<string, number>} used @param {Object<string, number>} total @param {Object<string, number>} offered */
export const meters = (used, total, offered = {}) => h(
  "div", {class: "shares"}, names(total).map((name) => meter(name, used[name] ?? 0, total[name], offered[name] ?? 0)));

/** Memory in bytes of what is allowed. */
export function memoryCell(used, limit) {
  if (used === undefined) return "–";
  if (!limit || limit > 2 ** 60) return bytes(used);
  return [bar(used / limit, `${bytes(used)} of ${bytes(limit)}`), `${bytes(used)} / ${bytes(limit)}`];
}

/** @param {string} text */
export const empty = (text) => h("p", {class: "empty"}, text);

/** What is said where something should be. @param {string} text if the cluster is known. */
export const unknown = (app, text) => empty(app.cluster.isKnown ? text : "Waiting for the master.");

/** @param {string|Error|null} error */
export const problem = (error) =>
  error ? h("p", {class: "problem", role: "alert", key: "problem"}, capital(error.message ?? String(error))) : null;

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The head of a page. @param {string} title @param {{crumbs?: any[], badges?: any, actions?: any}} more */
export function head(title, {crumbs, badges, actions} = {}) {
  return h("div",
    {class: "head", key: "head"},
    crumbs ? h("nav",
               {"aria-label": "Path", class: "crumbs"},
               h("ol", {class: "crumbs"}, crumbs.map((crumb) => h("li", null, crumb))))
           : null,
    h("h1", {tabindex: -1}, title),
    badges,
    actions ? h("div", {class: "actions"}, actions) : null);
}

/** Buttons of which one is pressed. @param {string} label @param {Array<[string, string]>} choices value and text. */
export function choice(label, choices, chosen, choose) {
  return h("div",
    {class: "group", role: "group", "aria-label": label},
    choices.map(([value, text]) => h("button",
                  {type: "button", key: value, "aria-pressed": String(value === chosen), onclick: () => choose(value)},
                  text)));
}

/** A field to search in. */
export const search = (label, value, changed) => h("input", {
  type: "search",
  "aria-label": label,
  placeholder: label,
  value,
  autocomplete: "off",
  spellcheck: "false",
  oninput: (event) => changed(event.target.value),
});
