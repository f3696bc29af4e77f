import {h} from "../view/dom.js";
import {moment} from "../view/format.js";
import {containerTree} from "../view/containers.js";
import {ending} from "../view/ended.js";
import {badge, buttonLink, card, empty, facts, head, labelList, link, path, problem, resourcesLine, sandboxPath, stateBadge, unknown, when,} from "../view/parts.js";
import {Containers, taskSandbox} from "../data/containers.js";
import {howItEnded} from "../data/ended.js";
import {containerPath, isEnded} from "../data/reading.js";
import {Repeat} from "../data/repeat.js";

/** One task: what became of it, where it runs, and the tree of its containers. @returns {import("../main.js").Page} */
export default function task(app, {framework, task: id}) {
  const look = {folded: new Set(), changed: app.refresh, names: new Map()};
  const task = () => app.cluster.tasks.get(`${framework}/${id}`);
  const agent = () => app.cluster.agents.get(task()?.agent);
  const containers = new Containers(agent);
  let end;
  const reading = new Repeat(2000, async (signal) => {
    if (!agent()) return false;
    if (!isEnded(task().state)) await containers.read(signal);
    else if (end === undefined) end = await howItEnded(agent(), task(), signal);
  }, app.refresh);

  return {
    title: "Task",
    close: () => reading.end(),
    render() {
      const found = task();
      const owner = app.cluster.frameworks.get(framework);
      const crumbs = [link("#/tasks", "Tasks"), link(path("frameworks", framework), owner?.name ?? framework)];
      if (!found)
        return [
          head(id, {crumbs}),
          unknown(app, "The master knows no such task. Ended tasks are kept for a while only."),
        ];
      this.title = found.name;
      return [
        head(found.name, {crumbs, badges: [stateBadge(found.state), health(found)], actions: actions(found, agent())}),
        h("div",
          {class: "stack"},
          h("div",
            {class: "halves"},
            card("What it is", null, about(found, agent(), owner), labelList(found.labels)),
            card("What happened", null, steps(found))),
          isEnded(found.state) ? death() : pod(found)),
      ];
    },
  };

  function pod(found) {
    const root = containers.find(containerPath(found.container).slice(0, 1));
    look.names = new Map(app.cluster.tasksWhere((other) => other.agent === found.agent)
        .map((other) => [containerPath(other.container).join("."), other.name]));
    return card("Containers", "what they use now, every 2 seconds", problem(reading.error), tree(found, root));
  }

  function death() {
    if (!agent() || !(end || reading.error)) return null;
    return card("How it ended", `kept by ${agent().hostname}`, end ? ending(end) : problem(reading.error));
  }

  function tree(found, root) {
    if (!agent()) return empty("Its machine is not connected.");
    if (root) return containerTree(found.agent, [root], look);
    return reading.error ? null : empty("Its container is not running yet, or not any more.");
  }
}

function health(task) {
  if (task.isHealthy === undefined || isEnded(task.state)) return null;
  return task.isHealthy ? badge("healthy", "good") : badge("unhealthy", "bad");
}

function actions(task, agent) {
  const sandbox = taskSandbox(task);
  if (!sandbox || !agent) return null;
  return [
    buttonLink(sandboxPath(task.agent, "logs", sandbox), "Logs"),
    buttonLink(sandboxPath(task.agent, "files", sandbox), "Files"),
    task.state === "TASK_RUNNING"
      ? buttonLink(path("machines", task.agent, "terminal", containerPath(task.container).join(".")), "Terminal")
      : null,
  ];
}

function about(task, agent, framework) {
  const limits = Object.entries(task.limits)
                   .map(([name, {value}]) => `${name} ${value === "Infinity" ? "no limit" : value}`)
                   .join(", ");
  return facts([
    ["Id", h("code", null, task.id)],
    ["Framework", link(path("frameworks", task.framework), framework?.name ?? task.framework)],
    ["Machine", link(path("machines", task.agent), agent?.hostname ?? task.agent)],
    ["Role", task.role],
    ["Holds", resourcesLine(task.resources)],
    ["Ports", task.ports],
    ["Limits", limits],
    ["Addresses", [...new Set(task.addresses)].join(", ")],
    ["Executor", task.executor],
    ["Container", task.container ? h("code", null, containerPath(task.container).join(".")) : null],
    ["Runs since", task.started && !isEnded(task.state) ? when(task.started) : null],
  ]);
}

/** Every state that it was in, with what was said of it. */
function steps(task) {
  if (!task.statuses.length) return empty("It is on its way to its machine.");
  return h("ol",
    {class: "steps"},
    task.statuses.map((status, index) => h("li",
                        {key: index},
                        h("time", {class: "quiet"}, moment(status.timestamp)),
                        h("span", null, stateBadge(status.state)),
                        h("span", {class: "text"}, words(status)))));
}

function words(status) {
  const source = (status.source ?? "").replace(/^SOURCE_/, "").toLowerCase();
  const reason = (status.reason ?? "").replace(/^REASON_/, "").replaceAll("_", " ").toLowerCase();
  return [status.message, reason && `(${reason})`, !status.message && source && `told by the ${source}`]
    .filter(Boolean)
    .join(" ");
}
