import {h} from "../view/dom.js";
import {count, number, percent} from "../view/format.js";
import {legend, MachineMap} from "../view/map.js";
import {badge, bar, card, choice, empty, head, link, path, resourceName, resourceText, search, when} from "../view/parts.js";
import {table, tableState} from "../view/table.js";
import {dominantShare, names} from "../data/resources.js";

/** `node9` before `node10`. */
const order = new Intl.Collator("en", {numeric: true});

/** All machines: as a map, or as a list. @returns {import("../main.js").Page} */
export default function machines(app, parameters, query) {
  const state = tableState("hostname");
  let form = query.get("form") ?? "map";
  let colour = "most";
  let text = query.get("text") ?? "";
  let tip = null;

  const map = new MachineMap(
    (agent, place) => {
      tip = agent && {agent, place};
      app.refresh();
    },
    (agent) => app.go(path("machines", agent.id)),
  );

  /** Sorted once for each change of who is there: the map keeps its order while numbers change. */
  let sorted = {of: null, size: -1, text: null, agents: []};
  function shown() {
    const {agents} = app.cluster;
    if (sorted.of !== agents || sorted.size !== agents.size || sorted.text !== text) {
      const list = [...agents.values()].filter((agent) => matches(agent, text));
      list.sort((one, other) => order.compare(one.hostname, other.hostname) || one.port - other.port);
      sorted = {of: agents, size: agents.size, text, ids: list.map(({id}) => id)};
    }
    return sorted.ids.map((id) => agents.get(id)).filter(Boolean);
  }

  function part({used, total}) {
    return colour === "most" ? dominantShare(used, total) : (used[colour] ?? 0) / (total[colour] || Infinity);
  }

  function view(agents) {
    if (form === "list") return list(app, agents, state);
    map.agents = agents;
    map.part = part;
    map.draw();
    // As it is now: what is known of it changes while somebody points at it.
    const pointed = tip && app.cluster.agents.get(tip.agent.id);
    const summary =
      `Map of ${count(agents.length, "machine")}, coloured by use. Arrow keys choose one, Enter opens it.`;
    return [
      h("div",
        {class: "map", key: "map"},
        h("canvas", {
          key: "canvas",
          tabindex: 0,
          role: "application",
          "aria-roledescription": "map",
          "aria-label": summary,
          mount: (canvas) => map.mount(canvas),
        }),
        pointed ? tipView(pointed, tip.place) : null,
        h("p", {class: "hidden", role: "status", key: "said"}, pointed ? sentence(pointed) : "")),
      legendView(),
    ];
  }

  function colourChoice(totals) {
    const choices = [["most", "the most used"], ...totals.map((name) => [name, resourceName(name)])];
    const options = choices.map(([value, title]) => h("option", {value, key: value}, title));
    const choose = (event) => set(() => (colour = event.target.value));
    return h("label", null, "Colour by ", h("select", {onchange: choose}, options));
  }

  const nothing = () => (app.cluster.agents.size ? "No machine matches." : "No machine is connected.");

  return {
    title: "Machines",
    render() {
      const agents = shown();
      const totals = names(app.cluster.totals().total);
      return [
        head("Machines", {badges: h("span", {class: "quiet"}, summary(app.cluster))}),
        h("div",
          {class: "tools", key: "tools"},
          choice("Form", [["map", "Map"], ["list", "List"]], form, (value) => set(() => (form = value))),
          search("Name, address, attribute or id", text, (value) => set(() => (text = value))),
          form === "map" ? colourChoice(totals) : null),
        card("", null, agents.length ? view(agents) : empty(nothing())),
        missing(app.cluster),
      ];
    },
  };

  function set(change) {
    change();
    app.refresh();
  }
}

function summary(cluster) {
  const away = [...cluster.agents.values()].filter((agent) => agent.isAway).length;
  return `${count(cluster.agents.size, "machine")}${away ? `, ${number(away)} not connected` : ""}`;
}

function matches(agent, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return true;
  const all = [
    agent.hostname,
    `${agent.hostname}:${agent.port}`,
    agent.id,
    agent.region,
    agent.zone,
    ...agent.attributes.map(([name, value]) => `${name}:${value}`),
  ].join(" ").toLowerCase();
  return words.every((word) => all.includes(word));
}

const sentence = (agent) => `${agent.hostname}: ${
  names(agent.total)
    .map((name) => `${resourceName(name)} ${percent(agent.used[name] ?? 0, agent.total[name])}`)
    .join(", ")}, ${count(agent.running, "task")}`;

function tipView(agent, place) {
  return h("div",
    {
      class: "tip",
      key: "tip",
      vars: {left: `min(${Math.round(place.x)}px, calc(100% - 240px))`, top: `${Math.round(place.y) + 8}px`},
    },
    h("strong", null, agent.hostname),
    state(agent),
    names(agent.total)
      .map((name) => h("div",
             {key: name},
             `${resourceName(name)} ${resourceText(name, agent.used[name] ?? 0)} of ${
               resourceText(name, agent.total[name])}`)),
    h("div", null, count(agent.running, "task")));
}

/** What of a machine is not as it should be. */
export function state(agent) {
  if (agent.isAway) return badge("not connected", "bad");
  if (agent.drain) return badge((agent.drain.state ?? "DRAINING").toLowerCase(), "busy");
  return agent.isDeactivated ? badge("gets no offers", "busy") : null;
}

function legendView() {
  const {ramp, away, paused} = legend();
  const swatch = (shade, text) => h("span", {key: text}, h("i", {class: "swatch", vars: {"--shade": shade}}), text);
  return h("div",
    {class: "legend", key: "legend"},
    h("span", null, "0%"),
    h("span", {class: "ramp"}, ramp.map((shade) => h("i", {vars: {"--shade": shade}}))),
    h("span", null, "100% used"),
    swatch(away, "not connected"),
    swatch(paused, "gets no offers"));
}

function list(app, agents, tableStateOfPage) {
  const usage = (name) => ({
    name,
    title: resourceName(name),
    value: (agent) => (agent.used[name] ?? 0) / (agent.total[name] || Infinity),
    cell: (agent) => usageCell(name, agent.used[name] ?? 0, agent.total[name] ?? 0),
  });
  return table({
    label: "Machines",
    rows: agents,
    key: (agent) => agent.id,
    state: tableStateOfPage,
    changed: app.refresh,
    empty: "No machine matches.",
    columns: [
      {
        name: "hostname",
        title: "Name",
        value: (agent) => agent.hostname,
        cell: (agent) => link(path("machines", agent.id), agent.hostname),
      },
      {
        name: "state",
        title: "State",
        value: (agent) => 2 * Number(agent.isAway) + Number(agent.isDeactivated),
        cell: (agent) => state(agent) ?? badge("connected", "good"),
      },
      ...names(app.cluster.totals().total).map(usage),
      {
        name: "running",
        title: "Tasks",
        numeric: true,
        value: (agent) => agent.running,
        cell: (agent) => number(agent.running),
      },
      {
        name: "registered",
        title: "Joined",
        value: (agent) => agent.registered,
        cell: (agent) => when(agent.registered),
      },
    ],
  });
}

function usageCell(name, used, total) {
  if (!total) return "–";
  return [
    bar(used / total, `${percent(used, total)} used`),
    `${resourceText(name, used)} / ${resourceText(name, total)}`,
  ];
}

/** Those that the master waits for since it was started again. */
function missing(cluster) {
  if (!cluster.recovered.length) return null;
  return card("Not back since the master's restart",
    count(cluster.recovered.length, "machine"),
    h("ul",
      null,
      cluster.recovered.slice(0, 200).map((info) => h("li",
                                            {key: info.id?.value},
                                            `${info.hostname}:${info.port} `,
                                            h("span", {class: "quiet"}, info.id?.value)))));
}
