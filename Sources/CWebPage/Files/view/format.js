// Numbers and moments in words. All numbers have the same form everywhere, so that they can be compared at a glance.

const decimals = new Map();

/** @param {number} value @param {number} digits at most so many after the point. */
export function number(value, digits = 0) {
  if (!decimals.has(digits)) decimals.set(digits, new Intl.NumberFormat("en", {maximumFractionDigits: digits}));
  return Number.isFinite(value) ? decimals.get(digits).format(value) : "–";
}

/** Processors. @param {number} value */
export const cores = (value) => number(value, value < 10 ? 2 : value < 1000 ? 1 : 0);

/** @param {number} value */
export function bytes(value) {
  if (!Number.isFinite(value)) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${number(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** @param {number} value in MiB, as resources have it. */
export const mebibytes = (value) => bytes(value * 1024 * 1024);

/** @param {number} part @param {number} whole */
export const percent = (part, whole) =>
  (whole > 0 ? `${number((part / whole) * 100, part / whole < 0.1 ? 1 : 0)}%` : "–");

/** How long ago. @param {number} seconds since 1970. */
export function ago(seconds, now = Date.now() / 1000) {
  if (!seconds) return "–";
  return age(Math.max(0, now - seconds)) + " ago";
}

/** @param {number} seconds */
export function age(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

const clocks = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit", second: "2-digit"});
const dates = new Intl.DateTimeFormat("en-GB", {dateStyle: "medium", timeStyle: "medium"});

/** The time of day. @param {number} seconds since 1970. */
export const clock = (seconds) => (seconds ? clocks.format(new Date(seconds * 1000)) : "–");

/** Day and time. @param {number} seconds since 1970. */
export const moment = (seconds) => (seconds ? dates.format(new Date(seconds * 1000)) : "–");

/** `TASK_RUNNING` as `running`. @param {string} state */
export const stateName = (state) => (state ?? "").replace(/^TASK_/, "").replaceAll("_", " ").toLowerCase();

/** A word in its number: `1 task`, `2 tasks`. */
export const count = (value, word, plural = word + "s") => `${number(value)} ${value === 1 ? word : plural}`;
