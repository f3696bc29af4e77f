import {h} from "../view/dom.js";
import {count, number, percent} from "../view/format.js";
import {badge, bar, card, head, link, path, resourcesLine, search, when} from "../view/parts.js";
import {table, tableState} from "../view/table.js";
import {dominantShare} from "../data/resources.js";

/** How a framework is. */
export function frameworkState(framework) {
  if (framework.isCompleted) return badge("ended");
  if (framework.isRecovered) return badge("not back yet", "busy");
  if (!framework.isConnected) return badge("not connected", "busy");
  return framework.isActive ? badge("active", "good") : badge("inactive", "busy");
}

/** All frameworks. @returns {import("../main.js").Page} */
export default function frameworks(app) {
  const state = tableState("share", true);
  const endedState = tableState("ended", true);
  let text = "";
  const matches = (framework) =>
    `${framework.name} ${framework.id} ${framework.roles.join(" ")} ${framework.user}`.toLowerCase().includes(
      text.toLowerCase());

  return {
    title: "Frameworks",
    render() {
      const all = [...app.cluster.frameworks.values()].filter(matches);
      const {total} = app.cluster.totals();
      return [
        head("Frameworks"),
        h("div",
          {class: "tools", key: "tools"},
          search("Name, role, user or id",
            text,
            (value) => {
              text = value;
              app.refresh();
            })),
        h("div",
          {class: "stack"},
          card("Subscribed", null, active(all.filter((framework) => !framework.isCompleted), total, state, app)),
          card("Ended", null, ended(all.filter((framework) => framework.isCompleted), endedState, app))),
      ];
    },
  };
}

const nameColumn = {
  name: "name",
  title: "Name",
  value: ({name}) => name,
  cell: ({id, name}) => link(path("frameworks", id), name),
};

function active(rows, total, state, app) {
  return table({
    label: "Frameworks that are subscribed",
    rows,
    key: ({id}) => id,
    state,
    changed: app.refresh,
    empty: "No framework is subscribed.",
    columns: [
      nameColumn,
      {
        name: "state",
        title: "State",
        value: (framework) => Number(framework.isActive) + Number(framework.isConnected),
        cell: frameworkState,
      },
      {name: "roles", title: "Roles", value: ({roles}) => roles.join(", "), cell: ({roles}) => roles.join(", ")},
      {
        name: "share",
        title: "Share",
        value: ({used}) => dominantShare(used, total),
        cell: (
          {name, used}) => [bar(dominantShare(used, total), `${name}: share ${percent(dominantShare(used, total), 1)}`),
          percent(dominantShare(used, total), 1)],
      },
      {name: "held", title: "Holds", cell: ({used}) => resourcesLine(used)},
      {name: "offered", title: "Is offered", cell: ({offered}) => resourcesLine(offered)},
      {
        name: "running",
        title: "Tasks",
        numeric: true,
        value: ({running}) => running,
        cell: ({running}) => number(running),
      },
      {
        name: "registered",
        title: "Since",
        value: ({registered}) => registered,
        cell: ({registered}) => when(registered),
      },
    ],
  });
}

function ended(rows, state, app) {
  return table({
    label: "Frameworks that ended",
    rows,
    key: ({id}) => id,
    state,
    changed: app.refresh,
    empty: "No framework has ended.",
    columns: [
      nameColumn,
      {name: "roles", title: "Roles", value: ({roles}) => roles.join(", "), cell: ({roles}) => roles.join(", ")},
      {name: "user", title: "User", value: ({user}) => user, cell: ({user}) => user},
      {
        name: "registered",
        title: "Began",
        value: ({registered}) => registered,
        cell: ({registered}) => when(registered),
      },
      {
        name: "ended",
        title: "Ended",
        value: (framework) => framework.ended,
        cell: (framework) => when(framework.ended),
      },
    ],
  });
}
