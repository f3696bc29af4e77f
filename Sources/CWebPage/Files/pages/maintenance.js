import {h} from "../view/dom.js";
import {age, count, moment} from "../view/format.js";
import {badge, button, card, empty, head, link, path, problem, scrolled, tableCell, tableHead, tableRow} from "../view/parts.js";
import {confirmed} from "../view/dialog.js";
import {ask} from "../data/master.js";
import {Repeat} from "../data/repeat.js";

/** When machines are taken away for a while, and how far that is. @returns {import("../main.js").Page} */
export default function maintenance(app) {
  let status = {};
  let windows = [];
  let error = null;
  const reading = new Repeat(3000, async (signal) => {
    const [first, second] =
      await Promise.all(["GET_MAINTENANCE_STATUS", "GET_MAINTENANCE_SCHEDULE"].map((type) => ask({type}, signal)));
    status = first.get_maintenance_status?.status ?? {};
    windows = second.get_maintenance_schedule?.schedule?.windows ?? [];
  }, app.refresh);

  /** Whether it was done. */
  async function run(call, question) {
    if (question && !(await confirmed(...question))) return false;
    try {
      await ask(call);
      error = null;
      reading.now();
    } catch (reason) {
      error = reason;
    }
    app.refresh();
    return !error;
  }

  return {
    title: "Maintenance",
    close: () => reading.end(),
    render: () => [head("Maintenance"),
      h("div",
        {class: "stack"},
        problem(error ?? reading.error),
        planned(app, windows, run),
        unavailable(app, status, run),
        stopped(app)),
  ],
  };
}

const name = ({hostname, ip}) => hostname || ip || "(no name)";
const change = (schedule) => ({type: "UPDATE_MAINTENANCE_SCHEDULE", update_maintenance_schedule: {schedule}});

function planned(app, windows, run) {
  const add = async (event) => {
    event.preventDefault();
    const {target} = event;
    const form = new FormData(target);
    const typed = String(form.get("machines")).toLowerCase().split(/[\s,]+/).filter(Boolean);
    const machines = [...new Set([...new Set(typed)].map((text) => machineID(app.cluster, windows, text)))];
    const start = new Date(String(form.get("start"))).getTime() * 1e6;
    if (!machines.length || !Number.isFinite(start)) return;
    const hours = Number(form.get("hours"));
    const unavailability = {
      start: {nanoseconds: start},
      ...(hours > 0 ? {duration: {nanoseconds: hours * 3600e9}} : {}),
    };
    const added = {machine_ids: machines, unavailability};
    if (await run(change({windows: [...without(windows, machines), added]}))) target.reset();
  };
  const drop = (index) => run(change({windows: windows.filter((_, other) => other !== index)}),
    ["Take the window out of the schedule?", "Its machines are offered as before.", "Take it out"]);
  return card("Schedule",
    count(windows.length, "window"),
    windows.length ? h("ul", {class: "stack"}, windows.map((window, index) => windowRow(window, () => drop(index))))
                   : empty("No maintenance is planned."),
    h("form",
      {class: "tools", onsubmit: add},
      h("label",
        null,
        "Machines ",
        h("input",
          {type: "text", name: "machines", required: true, placeholder: "name or address, …", list: "machines"})),
      h("datalist",
        {id: "machines"},
        [...new Set([...app.cluster.agents.values()].map(({hostname}) => hostname))].slice(0, 500).map(
          (value) => h("option", {value, key: value}))),
      h("label", null, "from ", h("input", {type: "datetime-local", name: "start", required: true})),
      h("label",
        null,
        "for ",
        h("select",
          {name: "hours"},
          [["1", "1 hour"], ["4", "4 hours"], ["24", "a day"], ["0", "as long as it takes"]].map(
            ([value, title]) => h("option", {value, key: value}, title)))),
      h("button", {type: "submit"}, "Plan it")));
}

/** A machine as the schedule has it already; otherwise its name, or its address where no agent has that for a name. */
function machineID(cluster, windows, text) {
  const isMeant = ({hostname, ip}) => hostname?.toLowerCase() === text || ip?.toLowerCase() === text;
  const known = windows.flatMap(({machine_ids: machines}) => machines ?? []).find(isMeant);
  return known ?? (isAddress(text) && ![...cluster.agents.values()].some(isMeant) ? {ip: text} : {hostname: text});
}

/** What the master takes for an address; everything else is a name. */
const isAddress = (text) => /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || (text.includes(":") && /^[\da-f:.]+$/.test(text));

/** A machine has one window: the others without the machines that get a new one. */
function without(windows, machines) {
  const stays = (machine) => !machines.includes(machine);
  return windows.map((window) => ({...window, machine_ids: window.machine_ids?.filter(stays) ?? []}))
    .filter(({machine_ids: rest}) => rest.length);
}

function windowRow({machine_ids: machines, unavailability}, drop) {
  const start = (unavailability?.start?.nanoseconds ?? 0) / 1e9;
  const length = unavailability?.duration ? age(unavailability.duration.nanoseconds / 1e9) : "as long as it takes";
  return h("li",
    {key: `${start}${machines?.map(name)}`},
    h("strong", null, (machines ?? []).map(name).join(", ")),
    ` from ${moment(start)}, ${length} `,
    h("button", {type: "button", onclick: drop}, "Take out …"));
}

function unavailable(app, status, run) {
  const rows = [
    ...(status.draining_machines ?? []).map(({id, statuses}) => ({id, is: "draining", answers: statuses ?? []})),
    ...(status.down_machines ?? []).map((id) => ({id, is: "down", answers: []})),
  ];
  const start = (id) => run({type: "START_MAINTENANCE", start_maintenance: {machines: [id]}}, [
    `Take ${name(id)} down?`,
    "What still runs there is lost, and its agent is not let in until maintenance ends.",
    "Take it down",
  ]);
  const stop = (id) => run({type: "STOP_MAINTENANCE", stop_maintenance: {machines: [id]}});
  const row = ({id, is, answers}) => tableRow({key: JSON.stringify(id)},
    tableCell("", null, name(id)),
    tableCell("", null, badge(is, is === "down" ? "bad" : "busy")),
    tableCell("Frameworks that agreed", null, agreed(answers)),
    tableCell("",
      {class: "actions"},
      is === "down" ? button("Back to work", () => stop(id)) : button("Take down …", () => start(id), "danger")));
  if (!rows.length) return card("Machines", null, empty("No machine is draining or down."));
  const titles = [["Machine"], ["State"], ["Frameworks that agreed"], [""]];
  return card("Machines", null, scrolled("Machines under maintenance", null, tableHead(titles), rows.map(row)));
}

function agreed(answers) {
  if (!answers.length) return "–";
  return `${answers.filter(({status}) => status === "ACCEPT").length} of ${answers.length}`;
}

/** Machines that an operator drained or stopped by hand. */
function stopped(app) {
  const agents = [...app.cluster.agents.values()].filter((agent) => agent.isDeactivated || agent.drain);
  if (!agents.length) return null;
  return card("Drained or without offers",
    count(agents.length, "machine"),
    h("ul",
      null,
      agents.map((agent) => h("li",
                   {key: agent.id},
                   link(path("machines", agent.id), agent.hostname),
                   " ",
                   badge(agent.drain ? (agent.drain.state ?? "draining").toLowerCase() : "gets no offers", "busy"),
                   ` ${count(agent.running, "task")}`))));
}
