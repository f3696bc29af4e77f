import {h} from "../view/dom.js";
import {number, percent} from "../view/format.js";
import {bar, card, empty, foldHandle, head, link, path, problem, resourcesLine, scrolled, tableCell, tableHead, tableRow,} from "../view/parts.js";
import {add, dominantShare} from "../data/resources.js";
import {ask} from "../data/master.js";
import {Repeat} from "../data/repeat.js";

/** The tree of roles. @returns {import("../main.js").Page} */
export default function roles(app) {
  const folded = new Set();
  let known = new Map();
  const reading = new Repeat(5000, async (signal) => {
    const answer = await ask({type: "GET_ROLES"}, signal);
    known = new Map((answer.get_roles?.roles ?? []).map((role) => [role.name, role]));
  }, app.refresh);

  function fold(name) {
    if (!folded.delete(name)) folded.add(name);
    app.refresh();
  }

  return {
    title: "Roles",
    close: () => reading.end(),
    render() {
      const tree = grow(app.cluster, known);
      const {total} = app.cluster.totals();
      const rows =
        tree.children.flatMap((role) => flatten(role, 0, folded)).map((row) => roleRow(row, total, folded, fold));
      return [
        head("Roles"),
        problem(reading.error),
        card("", null, rows.length ? treeTable(rows) : empty("No role has frameworks.")),
      ];
    },
  };
}

function treeTable(rows) {
  const titles = [["Role"], ["Weight", "number"], ["Share"], ["Holds"], ["Frameworks"]];
  return scrolled("Roles, as a tree", {class: "tree", role: "treegrid"}, tableHead(titles), rows);
}

/** Every role that a framework has or the master knows, below those above it. What is below counts for what is above. */
function grow(cluster, known) {
  const root = {name: "", children: [], byName: new Map(), used: {}, frameworks: []};
  const node = (name) => name.split("/").reduce((parent, part) => {
    const full = parent.name ? `${parent.name}/${part}` : part;
    if (!parent.byName.has(part)) {
      const child =
        {name: full, part, children: [], byName: new Map(), used: {}, frameworks: [], weight: known.get(full)?.weight};
      parent.byName.set(part, child);
      parent.children.push(child);
    }
    return parent.byName.get(part);
  }, root);
  for (const name of known.keys()) node(name);
  for (const framework of cluster.activeFrameworks) {
    for (const role of framework.roles) node(role).frameworks.push(framework);
    for (const role in framework.byRole) {
      node(role);
      let place = root;
      for (const part of role.split("/")) add((place = place.byName.get(part)).used, framework.byRole[role]);
    }
  }
  return root;
}

function flatten(role, level, folded) {
  role.children.sort((one, other) => one.name.localeCompare(other.name, "en", {numeric: true}));
  const below = folded.has(role.name) ? [] : role.children.flatMap((child) => flatten(child, level + 1, folded));
  return [{role, level}, ...below];
}

function roleRow({role, level}, total, folded, fold) {
  const share = dominantShare(role.used, total);
  const isOpen = !folded.has(role.name);
  const hasMore = role.children.length > 0;
  const handle = hasMore ? foldHandle(role.name, isOpen, () => fold(role.name)) : h("span", {class: "leaf"});
  return tableRow({
    key: role.name,
    "aria-level": level + 1,
    "aria-expanded": hasMore ? String(isOpen) : null,
    vars: {"--level": String(level)},
  },
    tableCell("", null, h("span", {class: "name"}, handle, role.part)),
    tableCell("Weight", {class: "number"}, role.weight === undefined ? "–" : number(role.weight, 2)),
    tableCell("Share", null, bar(share, `${role.name}: share ${percent(share, 1)}`), percent(share, 1)),
    tableCell("Holds", null, resourcesLine(role.used)),
    tableCell("Frameworks",
      null,
      role.frameworks.map(
        (framework, index) => [index ? ", " : "", link(path("frameworks", framework.id), framework.name)])));
}
