// The frame around every page: where one can go, whether what is shown is true, and in which colours.

import {h} from "./dom.js";
import {clock, number} from "./format.js";
import {path} from "./parts.js";

const icons = {
  overview: "M2 9.5V14h3V9.5zm4.5-4V14h3V5.5zM11 2v12h3V2z",
  machines: "M2 2h5v5H2zm7 0h5v5H9zM2 9h5v5H2zm7 0h5v5H9z",
  frameworks:
    "M8 1.5 14.5 5 8 8.5 1.500 5zM2.600 7.500 8 10.400l5.400-2.900 1.100.6L8 11.600 1.500 8.100zm0 3L8 13.400l5.400-2.900 1.100.6L8 14.600l-6.500-3.500z",
  roles: "M6 1.500h4v4H9V7h4v3.500h1.500v4h-4v-4H12V8.500H4v2h1.500v4h-4v-4H3V7h4V5.500H6z",
  tasks: "M2 3h2v2H2zm4 .300h8v1.400H6zM2 7h2v2H2zm4 .300h8v1.400H6zM2 11h2v2H2zm4 .300h8v1.400H6z",
  maintenance:
    "M14.300 4.200 12 6.500 9.500 6.500V4l2.300-2.300A4 4 0 0 0 6.700 7L1.700 12 4 14.300l5-5a4 4 0 0 0 5.300-5.100z",
};

const icon = (name) =>
  h("svg", {viewBox: "0 0 16 16", fill: "currentColor", "aria-hidden": "true"}, h("path", {d: icons[name]}));

/** @param {any} app @param {string} section where one is. @param {any[]} content */
export function frame(app, section, content) {
  const {cluster} = app;
  const places = [
    ["overview", "Overview", path(), null],
    ["machines", "Machines", path("machines"), cluster.agents.size],
    ["frameworks", "Frameworks", path("frameworks"), cluster.activeFrameworks.length],
    ["roles", "Roles", path("roles"), null],
    ["tasks", "Tasks", path("tasks"), [...cluster.frameworks.values()].reduce((sum, {running}) => sum + running, 0)],
    ["maintenance", "Maintenance", path("maintenance"), null],
  ];
  const items = places.map(
    ([name, title, href, amount]) => h("li",
      {key: name},
      h("a",
        {href, "aria-current": name === section ? "page" : null},
        icon(name),
        h("span", null, title),
        cluster.isKnown && amount !== null ? h("span", {class: "number", "aria-hidden": "true"}, number(amount))
                                           : null)));
  return [
    h("nav",
      {class: "nav", "aria-label": "Pages", key: "nav"},
      h("a", {class: "brand", href: "#/"}, logo(), "Agora"),
      h("ul", null, items)),
    h("div",
      {class: "about", role: "group", "aria-label": "This page", key: "about"},
      h("span", {role: "status", class: `link ${app.connection.kind}`}, connectionText(app.connection)),
      schemeButton(app)),
    h("main", {id: "content", tabindex: -1, key: "main"}, banner(app), content),
  ];
}

const logo = () => h("svg",
  {viewBox: "0 0 16 16", "aria-hidden": "true"},
  h("rect", {width: 16, height: 16, rx: 4, fill: "#3d5af1"}),
  h("path", {
    d: "M4 12 8 4l4 8M5.600 9.400h4.800",
    fill: "none",
    stroke: "#fff",
    "stroke-width": 1.6,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  }));

function connectionText({kind, since, reason}) {
  if (kind === "live") return "Live";
  if (kind === "polling") return "Read anew every 2 seconds";
  if (kind === "connecting") return "Connecting to the master";
  return `Not connected since ${clock(since)}${reason ? `: ${reason}` : ""}`;
}

/** Said aloud over the page: what is below it is old. */
function banner(app) {
  const {kind, since, reason} = app.connection;
  if (kind !== "lost") return null;
  const shown = app.cluster.isKnown ? `What is shown is from ${clock(since)}` : "There is nothing to show yet";
  return h("div",
    {class: "banner", role: "alert", key: "banner"},
    `The master cannot be reached: ${reason}. ${shown}; this page tries again by itself.`);
}

const schemes = {
  auto: ["Colours: as the system", "light"],
  light: ["Colours: light", "dark"],
  dark: ["Colours: dark", "auto"],
};

function schemeButton(app) {
  const [text, next] = schemes[app.scheme];
  return h("button", {type: "button", class: "plain", onclick: () => app.setScheme(next)}, text);
}
