import {h} from "../view/dom.js";
import {chart} from "../view/chart.js";
import {clock, count, number, percent} from "../view/format.js";
import {bar, card, empty, head, link, meter, path, resourceName, resourceText, stateBadge, when} from "../view/parts.js";
import {dominantShare, names} from "../data/resources.js";
import {isEnded} from "../data/reading.js";

const MOST_CHANGES = 25;
const MOST_SHARES = 8;

/** Capacity, use, shares, and what changed last. @returns {import("../main.js").Page} */
export default (app) => ({
  title: "Overview",
  render: () => [head("Overview"), app.cluster.isKnown ? body(app) : empty("Waiting for the master.")],
});

function body(app) {
  const totals = app.cluster.totals();
  return h("div",
    {class: "stack"},
    app.cluster.agents.size
      ? null
      : card("No machines yet",
          null,
          h("p", null, "Start one with ", h("code", null, `agora agent --master ${location.host}`), ".")),
    h("div", {class: "columns"}, names(totals.total).map((name) => capacity(app, name, totals))),
    tally(app),
    h("div", {class: "halves"}, frameworkShares(app, totals), roleShares(app, totals)),
    changes(app));
}

function capacity(app, name, {total, used, offered}) {
  const now = Date.now() / 1000;
  const points = app.history.points((sample) => sample.used[name] ?? 0);
  const amount = resourceText(name, used[name] ?? 0);
  return h("section",
    {class: "card capacity", key: name, "aria-label": resourceName(name)},
    h("h2", null, resourceName(name)),
    h("p",
      {class: "figure"},
      amount,
      h("small", null, ` of ${resourceText(name, total[name])} · ${percent(used[name] ?? 0, total[name])}`)),
    bar((used[name] ?? 0) / total[name],
      `${percent(used[name] ?? 0, total[name])} used`,
      (offered[name] ?? 0) / total[name]),
    points.length > 1 ? chart({
      label: `${resourceName(name)} used in the last hour, now ${amount}`,
      points,
      top: total[name],
      from: now - app.history.length,
      to: now,
    })
                      : h("p", {class: "quiet"}, "The chart of the last hour begins now."));
}

function tally(app) {
  const agents = [...app.cluster.agents.values()];
  const away = agents.filter((agent) => agent.isAway).length + app.cluster.recovered.length;
  const states = {};
  for (const task of app.cluster.tasks.values()) states[task.state] = (states[task.state] ?? 0) + 1;
  const failed = (states.TASK_FAILED ?? 0) + (states.TASK_ERROR ?? 0) + (states.TASK_LOST ?? 0);
  const waiting = (states.TASK_STAGING ?? 0) + (states.TASK_STARTING ?? 0);
  const frameworks = app.cluster.activeFrameworks;
  const one = (href, value, text) => h("a", {href, key: text}, h("span", {class: "figure"}, number(value)), text);
  return card("",
    null,
    h("div",
      {class: "tally"},
      one("#/machines", agents.length, agents.length === 1 ? "machine" : "machines"),
      away ? one("#/machines", away, "not connected") : null,
      one("#/frameworks", frameworks.length, frameworks.length === 1 ? "framework" : "frameworks"),
      one("#/tasks?state=TASK_RUNNING", states.TASK_RUNNING ?? 0, "running"),
      waiting ? one("#/tasks?state=starting", waiting, "starting") : null,
      one("#/tasks?state=TASK_FINISHED", states.TASK_FINISHED ?? 0, "finished"),
      failed ? one("#/tasks?state=failed", failed, "failed") : null));
}

function frameworkShares(app, {total}) {
  const rows = app.cluster.activeFrameworks.map((framework) => [framework, dominantShare(framework.used, total)]);
  return shares("Shares of frameworks", "No framework is subscribed.", rows.map(([framework, share]) => ({
    key: framework.id,
    href: path("frameworks", framework.id),
    name: framework.name,
    share,
    used: framework.used,
  })));
}

function roleShares(app, {total}) {
  const sums = new Map();
  for (const framework of app.cluster.activeFrameworks) {
    for (const role of framework.roles) sums.set(role, sums.get(role) ?? {});
    for (const role in framework.byRole) {
      const sum = sums.get(role) ?? {};
      for (const name in framework.byRole[role]) sum[name] = (sum[name] ?? 0) + framework.byRole[role][name];
      sums.set(role, sum);
    }
  }
  return shares("Shares of roles", "No role has frameworks.", [...sums].map(([role, used]) => ({
    key: role,
    href: "#/roles",
    name: role,
    share: dominantShare(used, total),
    used,
  })));
}

function shares(title, nothing, rows) {
  if (!rows.length) return card(title, null, empty(nothing));
  rows.sort((one, other) => other.share - one.share);
  const rest = rows.length - MOST_SHARES;
  return card(title,
    "of the most used resource",
    h("div",
      {class: "shares"},
      rows.slice(0, MOST_SHARES)
        .map(({key, href, name, share, used}) => h("div",
               {class: "meter", key},
               h("div",
                 {class: "words"},
                 link(href, name),
                 h("span",
                   {class: "value"},
                   `${percent(share, 1)} · ${resourceText("cpus", used.cpus ?? 0)} CPU · ${
                     resourceText("mem", used.mem ?? 0)}`)),
               bar(share, `${name}: ${percent(share, 1)}`))),
      rest > 0 ? h("p", {class: "quiet"}, `and ${number(rest)} more`) : null));
}

function changes(app) {
  const events = recent(app);
  return card(
    "What changed last", null, events.length ? h("ul", {class: "changes"}, events.map(change)) : empty("Nothing yet."));
}

/** The newest of what tasks and machines tell. */
function recent({cluster}) {
  const found = cluster.notes.map(({time, text}, index) => ({time, key: `n${index}${time}`, text}));
  for (const task of newest(cluster.tasks.values(), (one) => one.changed))
    found.push({time: task.changed, key: `t${task.key}`, task});
  for (const agent of newest(cluster.agents.values(), (one) => Math.max(one.registered, one.reregistered))) {
    const isBack = agent.reregistered > agent.registered;
    found.push({
      time: isBack ? agent.reregistered : agent.registered,
      key: `a${agent.id}`,
      agent,
      text: isBack ? "came back" : "joined",
    });
  }
  return found.sort((one, other) => other.time - one.time).slice(0, MOST_CHANGES);
}

/** The last to change, without sorting all: there may be very many. */
function newest(all, time) {
  const found = [];
  for (const one of all) {
    const moment = time(one);
    if (!moment || (found.length === MOST_CHANGES && moment <= found.at(-1).moment)) continue;
    const place = found.findIndex((other) => other.moment < moment);
    found.splice(place < 0 ? found.length : place, 0, {moment, one});
    if (found.length > MOST_CHANGES) found.pop();
  }
  return found.map(({one}) => one);
}

function change({time, key, text, task, agent}) {
  return h("li",
    {key},
    h("time", {title: clock(time)}, clock(time)),
    h("span",
      {class: "what"},
      task      ? taskText(task)
        : agent ? machineText(agent, text)
                : text),
    task ? stateBadge(task.state) : when(time));
}

const machineText = (agent, text) => ["Machine ", link(path("machines", agent.id), agent.hostname), ` ${text}`];

function taskText(task) {
  const name = link(path("tasks", task.framework, task.id), task.name);
  return isEnded(task.state) && task.text ? [name, h("span", {class: "quiet"}, ` ${task.text}`)] : name;
}
