import {h} from "../view/dom.js";
import {number} from "../view/format.js";
import {badge, card, head, link, path, resourcesLine, search, stateBadge, when} from "../view/parts.js";
import {table, tableState} from "../view/table.js";
import {isEnded, mood} from "../data/reading.js";

const groups = [
  ["all", "All", () => true],
  ["TASK_RUNNING", "Running", ({state}) => state === "TASK_RUNNING"],
  ["starting", "Starting", ({state}) => mood(state) === "busy"],
  ["TASK_FINISHED", "Finished", ({state}) => state === "TASK_FINISHED"],
  ["failed", "Failed", ({state}) => mood(state) === "bad"],
  ["TASK_KILLED", "Killed", ({state}) => state === "TASK_KILLED"],
];

/** All tasks, with search. @returns {import("../main.js").Page} */
export default function tasks(app, parameters, query) {
  const state = tableState("changed", true);
  let text = query.get("text") ?? "";
  let group = query.get("state") ?? "all";

  const set = (change) => {
    change();
    app.refresh();
  };
  return {
    title: "Tasks",
    render() {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const found = [...app.cluster.tasks.values()].filter((task) => matches(app.cluster, task, words));
      const choices = groups.map(([name, title, is]) => [name, title, found.filter(is).length]);
      const rows = found.filter(groups.find(([name]) => name === group)?.[2] ?? (() => true));
      return [
        head("Tasks"),
        h("div",
          {class: "tools", key: "tools"},
          search("Name, id, framework, machine, role, label or message", text, (value) => set(() => (text = value))),
          h("div",
            {class: "group many", role: "group", "aria-label": "State"},
            choices.map(([name, title, amount]) => h("button",
                          {
                            type: "button",
                            key: name,
                            "aria-pressed": String(name === group),
                            onclick: () => set(() => (group = name)),
                          },
                          title,
                          h("span", {class: "quiet"}, number(amount)))))),
        card("",
          null,
          taskTable(app, rows, state, [], app.cluster.tasks.size ? "No task matches." : "There are no tasks.")),
      ];
    },
  };
}

function matches(cluster, task, words) {
  if (!words.length) return true;
  const all = [
    task.name,
    task.id,
    cluster.frameworks.get(task.framework)?.name,
    task.framework,
    cluster.agents.get(task.agent)?.hostname,
    task.agent,
    task.role,
    task.text,
    task.reason,
    task.state,
    ...task.labels.flat(),
  ].join("\n").toLowerCase();
  return words.every((word) => all.includes(word));
}

/** A table of tasks. @param {string[]} without names of columns that say nothing here. */
export function taskTable(app, rows, state, without = [], empty = "There are no tasks.") {
  const framework = (task) => app.cluster.frameworks.get(task.framework)?.name ?? task.framework;
  const agent = (task) => app.cluster.agents.get(task.agent)?.hostname ?? task.agent;
  const columns = [
    {
      name: "name",
      title: "Name",
      value: ({name}) => name,
      cell: (task) => link(path("tasks", task.framework, task.id), task.name),
    },
    {
      name: "state",
      title: "State",
      value: (task) => task.state,
      cell: (task) => [stateBadge(task.state), task.isHealthy === false ? [" ", badge("unhealthy", "bad")] : null],
    },
    {
      name: "framework",
      title: "Framework",
      value: framework,
      cell: (task) => link(path("frameworks", task.framework), framework(task)),
    },
    {
      name: "agent",
      title: "Machine",
      value: agent,
      cell: (task) => (task.agent ? link(path("machines", task.agent), agent(task)) : "–"),
    },
    {name: "role", title: "Role", value: ({role}) => role, cell: ({role}) => role},
    {name: "holds", title: "Resources", cell: ({resources}) => resourcesLine(resources)},
    {name: "changed", title: "Changed", value: ({changed}) => changed, cell: ({changed}) => when(changed)},
    {name: "text", title: "Message", value: ({text}) => text, cell: (task) => (isEnded(task.state) ? task.text : "")},
  ];
  return table({
    label: "Tasks",
    rows,
    key: (task) => task.key,
    state,
    changed: app.refresh,
    empty,
    columns: columns.filter(({name}) => !without.includes(name)),
  });
}
