import {h} from "../view/dom.js";
import {number} from "../view/format.js";
import {containerTree} from "../view/containers.js";
import {badge, card, empty, facts, head, labelList, link, meters, problem, unknown, when} from "../view/parts.js";
import {tableState} from "../view/table.js";
import {address} from "../data/agent.js";
import {Containers} from "../data/containers.js";
import {containerPath, isEnded, rangesText} from "../data/reading.js";
import {Repeat} from "../data/repeat.js";
import {agentActions} from "./actions.js";
import {state} from "./machines.js";
import {taskTable} from "./tasks.js";

/** One machine: what it has, what it runs, and what that uses now. @returns {import("../main.js").Page} */
export default function machine(app, {agent: id}) {
  const tasks = tableState("changed", true);
  const look = {folded: new Set(), changed: app.refresh, names: new Map()};
  const agent = () => app.cluster.agents.get(id);
  const containers = new Containers(agent);
  const reading = new Repeat(2000, async (signal) => {
    if (!agent()) return false;
    await containers.read(signal);
  }, app.refresh);
  const actions = agentActions(app, id);

  function tree() {
    if (reading.hasAnswer) return containerTree(id, containers.roots, look);
    return reading.error ? null : empty("Asking the agent.");
  }

  return {
    title: "Machine",
    close: () => reading.end(),
    render() {
      const found = agent();
      const crumbs = [link("#/machines", "Machines"), id];
      if (!found)
        return [
          head("Machine", {crumbs}),
          unknown(app, "The master knows no machine of this id, or it is not connected."),
        ];
      this.title = found.hostname;
      const running = app.cluster.tasksWhere((task) => task.agent === id);
      look.names = new Map(running.filter((task) => !isEnded(task.state))
          .map((task) => [containerPath(task.container).join("."), task.name]));
      return [
        head(found.hostname,
          {crumbs, badges: state(found) ?? badge("connected", "good"), actions: actions.buttons(found)}),
        h("div",
          {class: "stack"},
          actions.said(),
          h("div",
            {class: "halves"},
            card("What is used", "held by tasks, of what it has", meters(found.used, found.total, found.offered)),
            card("What it is", null, about(found))),
          card("Containers", "what they use now, every 2 seconds", problem(reading.error), tree()),
          card("Tasks", number(running.length), taskTable(app, running, tasks, ["agent"]))),
      ];
    },
  };
}

function about(agent) {
  const ports = (agent.message.total_resources ?? [])
                  .filter(({name}) => name === "ports")
                  .map(({ranges}) => rangesText(ranges))
                  .join(", ");
  return [
    facts([
      ["Id", h("code", null, agent.id)],
      ["Address", h("a", {href: `${address(agent)}/state`, rel: "noreferrer", target: "_blank"}, address(agent))],
      ["Joined", when(agent.registered)],
      ["Came back", agent.reregistered ? when(agent.reregistered) : null],
      ["Version", agent.version],
      ["Region", agent.region],
      ["Zone", agent.zone],
      ["Ports", ports],
    ]),
    labelList(agent.attributes),
  ];
}
