// Lines of the last hour.

import {h} from "./dom.js";
import {clock} from "./format.js";

const WIDTH = 600;
const HEIGHT = 100;

/**
 * @param {object} options
 * @param {string} options.label what it shows, in words with numbers.
 * @param {Array<[number, number]>} options.points time in seconds and value, in order of time.
 * @param {number} options.top the value at the upper edge.
 * @param {number} options.from @param {number} options.to the times at the sides.
 * @param {boolean} [options.small] without the times below.
 */
export function chart({label, points, top, from, to, small}) {
  const x = (time) => round(((time - from) / (to - from)) * WIDTH);
  const y = (value) => round(HEIGHT - (top > 0 ? Math.min(1, value / top) : 0) * HEIGHT);
  const shown = points.filter(([time]) => time >= from && time <= to);
  const line = shown.map(([time, value], index) => `${index ? "L" : "M"}${x(time)} ${y(value)}`).join("");
  const area = shown.length > 1 ? `${line}L${x(shown.at(-1)[0])} ${HEIGHT}L${x(shown[0][0])} ${HEIGHT}Z` : "";
  return h("figure",
    null,
    h("svg",
      {
        class: small ? "chart small" : "chart",
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": label,
      },
      h("path", {class: "floor", d: `M0 ${HEIGHT}H${WIDTH}`}),
      h("path", {class: "top", d: `M0 0H${WIDTH}`}),
      h("path", {class: "area", d: area}),
      h("path", {class: "line", d: line})),
    small ? null
          : h("div",
              {class: "axis", "aria-hidden": "true"},
              h("span", null, clock(from).slice(0, 5)),
              h("span", null, "now")));
}

const round = (value) => Math.round(value * 10) / 10;
