// Sums of resources. Only scalars are summed; ports and sets are shown where they are held.

/** @typedef {Object<string, number>} Quantities by name; processors in cores, memory and disk in MiB. */

/** @param {any[]|undefined} resources as the API has them. @returns {Quantities} */
export function quantities(resources) {
  const sums = {};
  for (const resource of resources ?? []) {
    if (resource.type !== "SCALAR") continue;
    sums[resource.name] = (sums[resource.name] ?? 0) + (resource.scalar?.value ?? 0);
  }
  return sums;
}

/** Adds in place. @param {Quantities} sum @param {Quantities} other @param {number} sign 1 or -1. */
export function add(sum, other, sign = 1) {
  for (const name in other) {
    // Fixed point with three digits, as the master counts.
    sum[name] = Math.round(((sum[name] ?? 0) + sign * other[name]) * 1000) / 1000;
  }
  return sum;
}

/** The largest part of anything that is used, from 0 to 1. @param {Quantities} used @param {Quantities} total */
export function dominantShare(used, total) {
  let share = 0;
  for (const name in total)
    if (total[name] > 0) share = Math.max(share, (used[name] ?? 0) / total[name]);
  return share;
}

/** Those that hold resources, in the order in which people think of them. */
export function names(total) {
  const known = ["cpus", "mem", "disk", "gpus"];
  return [...known, ...Object.keys(total).filter((name) => !known.includes(name)).sort()].filter(
    (name) => total[name] > 0);
}
