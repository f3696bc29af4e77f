// Tables that are sorted by their heads and show only so many rows as somebody reads.

import {h} from "./dom.js";
import {number} from "./format.js";
import {scrolled, tableCell, tableRow} from "./parts.js";

const STEP = 100;

/**
 * How a table is looked at; a page keeps one for each of its tables.
 * @param {string} sort the name of a column. @param {boolean} descending
 */
export const tableState = (sort, descending = false) => ({sort, descending, limit: STEP});

/**
 * @param {object} options
 * @param {string} options.label what the table shows, for those who do not see it.
 * @param {Array<{name: string, title: string, numeric?: boolean, value?: (row: any) => any, cell: (row: any) => any, wrap?: boolean}>} options.columns
 *   `value` is what is sorted by; without it a column is not sorted.
 * @param {any[]} options.rows
 * @param {(row: any) => string} options.key
 * @param {{sort: string, descending: boolean, limit: number}} options.state
 * @param {() => void} options.changed
 * @param {string} options.empty what is said when there is nothing.
 */
export function table({label, columns, rows, key, state, changed, empty}) {
  if (!rows.length) return h("p", {class: "empty"}, empty);
  const sorted = sort(rows, columns.find(({name}) => name === state.sort), state.descending);
  const shown = sorted.slice(0, state.limit);
  const head = h("thead",
    {role: "rowgroup"},
    h("tr", {role: "row"}, columns.map((column) => headCell(column, state, changed))));
  const body = shown.map(
    (row) => tableRow({key: key(row)},
      columns.map((column) => tableCell(column.title,
                    {class: cellClass(column), title: hint(column, row)},
                    column.cell(row)))));
  return h("div",
    null,
    scrolled(label, {class: "sorted"}, head, body),
    shown.length < rows.length ? more(shown.length, rows.length, state, changed) : null);
}

const cellClass =
  (column) => [column.numeric && "number", column.wrap && "wrap", column.name === "actions" && "actions"]
                .filter(Boolean)
                .join(" ") ||
  null;

/** What may not fit is told in full. */
function hint(column, row) {
  const value = column.value?.(row);
  return typeof value === "string" && value.length > 24 ? value.slice(0, 1000) : null;
}

function headCell(column, state, changed) {
  if (!column.value)
    return h("th",
      {role: "columnheader", scope: "col", class: column.numeric ? "number" : null},
      column.title || h("span", {class: "hidden"}, "Actions"));
  const isSorted = state.sort === column.name;
  const press = () => {
    state.descending = isSorted ? !state.descending : Boolean(column.numeric);
    state.sort = column.name;
    changed();
  };
  return h("th",
    {
      role: "columnheader",
      scope: "col",
      class: column.numeric ? "number" : null,
      "aria-sort": isSorted ? (state.descending ? "descending" : "ascending") : null,
    },
    h("button", {type: "button", class: "plain", onclick: press}, column.title));
}

function sort(rows, column, descending) {
  if (!column?.value) return rows;
  const sign = descending ? -1 : 1;
  return rows.map((row) => [column.value(row), row])
    .sort(([one], [other]) =>
            sign * (typeof one === "string" ? one.localeCompare(other, "en", {numeric: true}) : one - other))
    .map(([, row]) => row);
}

function more(shown, all, state, changed) {
  const press = () => {
    state.limit += STEP * 5;
    changed();
  };
  return h("div",
    {class: "more"},
    h("span", null, `${number(shown)} of ${number(all)}`),
    h("button", {type: "button", onclick: press}, "Show more"));
}
