import {h} from "../view/dom.js";
import {age, number} from "../view/format.js";
import {card, facts, head, labelList, link, meters, problem, unknown, when} from "../view/parts.js";
import {confirmed} from "../view/dialog.js";
import {tableState} from "../view/table.js";
import {ask} from "../data/master.js";
import {Repeat} from "../data/repeat.js";
import {whyNoOffers} from "../data/waiting.js";
import {frameworkState} from "./frameworks.js";
import {taskTable} from "./tasks.js";

/** One framework. @returns {import("../main.js").Page} */
export default function framework(app, {framework: id}) {
  const state = tableState("changed", true);
  let error = null;
  let wanted = "";
  let waiting = null;
  const reading = new Repeat(3000, async (signal) => {
    if (!app.cluster.frameworks.has(id) || app.cluster.frameworks.get(id).isCompleted) return false;
    waiting = await whyNoOffers(id, wanted, signal);
  }, app.refresh);

  async function end(framework) {
    const isSure = await confirmed(`End ${framework.name}?`,
      `All of its ${number(framework.running)} tasks are killed, and it is not let in again. This cannot be undone.`,
      "End it");
    if (!isSure) return;
    try {
      await ask({type: "TEARDOWN", teardown: {framework_id: {value: id}}});
      error = null;
    } catch (reason) {
      error = reason;
    }
    app.refresh();
  }

  function want(value) {
    wanted = value.trim();
    reading.now();
  }

  function why() {
    const field = h("input", {
      type: "text",
      placeholder: "cpus:4;mem:512",
      "aria-label": "What it needs of one machine",
      onchange: (event) => want(event.target.value),
    });
    const sentences = (waiting?.roles ?? []).map(({role, sentence}) => [role, sentence]);
    return card("Why it waits",
      "how machines stand to it now",
      h("div", {class: "tools"}, h("label", null, "For tasks that need ", field)),
      problem(reading.error),
      facts(sentences));
  }

  return {
    close: () => reading.end(),
    title: app.cluster.frameworks.get(id)?.name ?? "Framework",
    render() {
      const framework = app.cluster.frameworks.get(id);
      const crumbs = [link("#/frameworks", "Frameworks"), id];
      if (!framework) return [head("Framework", {crumbs}), unknown(app, "The master knows no framework of this id.")];
      this.title = framework.name;
      const tasks = app.cluster.tasksWhere((task) => task.framework === id);
      const button = framework.isCompleted
        ? null
        : h("button", {type: "button", class: "danger", onclick: () => end(framework)}, "End it …");
      return [
        head(framework.name, {crumbs, badges: frameworkState(framework), actions: button}),
        h("div",
          {class: "stack"},
          problem(error),
          h("div",
            {class: "halves"},
            card("What it is", null, about(framework), labelList(framework.labels)),
            framework.isCompleted ? null
                                  : card("What it holds",
                                      "of the whole cluster",
                                      meters(framework.used, app.cluster.totals().total, framework.offered))),
          framework.isCompleted ? null : why(),
          card("Tasks", number(tasks.length), taskTable(app, tasks, state, ["framework"]))),
      ];
    },
  };
}

function about(framework) {
  return facts([
    ["Id", h("code", null, framework.id)],
    ["User", framework.user],
    ["Principal", framework.principal],
    ["Roles", framework.roles.join(", ")],
    ["Since", when(framework.registered)],
    ["Came back", framework.reregistered > framework.registered ? when(framework.reregistered) : null],
    ["Ended", framework.ended ? when(framework.ended) : null],
    ["May be away for", framework.failover ? age(framework.failover) : null],
    ["Can deal with", framework.capabilities.map((name) => name.toLowerCase().replaceAll("_", " ")).join(", ")],
    // Only links that open a page: a framework may say anything.
    [
      "Own page",
      /^https?:\/\//.test(framework.page ?? "")
        ? h("a", {href: framework.page, rel: "noreferrer noopener", target: "_blank"}, framework.page)
        : null,
    ],
  ]);
}
