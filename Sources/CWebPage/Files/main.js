// The page: what is known, where one is, and what is seen of it.

import {Cluster} from "./data/cluster.js";
import {keepUpToDate} from "./data/connection.js";
import {UsageHistory} from "./data/history.js";
import {patch} from "./view/dom.js";
import {frame} from "./view/frame.js";
import {find, loadAll} from "./routes.js";
import unloaded from "./pages/unloaded.js";

/** Between two looks at a cluster that changes all the time, in milliseconds. */
const PAUSE = 200;

/**
 * What pages are given.
 * @typedef {{cluster: Cluster, connection: import("./data/connection.js").Connection, history: UsageHistory, refresh: () => void,
 *   go: (place: string) => void, scheme: string, setScheme: (scheme: string) => void}} App
 * @typedef {{title: string, render: () => any, close?: () => void}} Page
 */

/** @type {App} */
const app = {
  cluster: new Cluster(),
  connection: {kind: "connecting", since: Date.now() / 1000},
  history: new UsageHistory(() => later()),
  refresh: soon,
  go: (place) => (location.hash = place),
  scheme: "auto",
  setScheme,
};

/** @type {Page?} */
let page = null;
let section = "overview";
let opened = 0;
let drawn = 0;
let timer = 0;
let frameRequest = 0;

function draw() {
  frameRequest = 0;
  clearTimeout(timer);
  timer = 0;
  drawn = performance.now();
  if (page) document.title = `${page.title} · Agora`;
  patch(document.getElementById("app"), frame(app, section, page ? page.render() : []));
}

/** At the next frame: for what somebody did. */
function soon() {
  frameRequest ||= requestAnimationFrame(draw);
}

/** When the last time is long enough ago: for what comes by itself. */
function later() {
  if (timer || frameRequest) return;
  timer = setTimeout(soon, Math.max(0, drawn + PAUSE - performance.now()));
}

/** Tries again for a moment: a connection that breaks off is no reason to show nothing. */
async function load(route) {
  for (const pause of [200, 1000]) {
    try {
      return (await route.load()).default;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return route.load().then((module) => module.default, () => unloaded);
}

async function open() {
  const number = ++opened;
  const place = location.hash.replace(/^#/, "") || "/";
  const route = find(place);
  const make = await load(route);
  if (number !== opened) return;
  page?.close?.();
  page = make(app, route.parameters, route.query);
  section = route.section;
  draw();
  const main = document.getElementById("content");
  main.scrollTop = 0;
  if (number > 1) main.querySelector("h1")?.focus();
}

function setScheme(scheme) {
  app.scheme = scheme;
  localStorage.setItem("scheme", scheme);
  if (scheme === "auto") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme;
  dispatchEvent(new Event("schemechange"));
  soon();
}

setScheme(localStorage.getItem("scheme") ?? "auto");
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("schemechange")));
app.cluster.listen(later);
addEventListener("hashchange", open);
// What is told as "3 s ago" grows older by itself.
setInterval(later, 1000);
open();
keepUpToDate(app.cluster, (connection) => {
  app.connection = connection;
  // While the master is there: so one can go everywhere when it is not.
  if (connection.kind === "live" || connection.kind === "polling") loadAll();
  soon();
});
