// From the API's messages to what the pages work with.

import {quantities} from "./resources.js";

/**
 * @typedef {{id: string, hostname: string, port: number, isAway: boolean, isDeactivated: boolean, total: Object<string, number>,
 *   used: Object<string, number>, offered: Object<string, number>, running: number, registered: number, reregistered: number,
 *   version: string, attributes: Array<[string, string]>, message: any}} Agent `used` and `running` are counted from tasks and executors.
 * @typedef {{id: string, name: string, user: string, roles: string[], isActive: boolean, isConnected: boolean, isCompleted: boolean,
 *   isRecovered: boolean, registered: number, ended: number, offered: Object<string, number>, used: Object<string, number>,
 *   running: number, byRole: Object<string, Object<string, number>>, message: any}} Framework
 * @typedef {{key: string, id: string, name: string, framework: string, agent: string, executor: string, state: string, role: string,
 *   resources: Object<string, number>, statuses: any[], labels: Array<[string, string]>, container: any, changed: number, started: number,
 *   reason: string, text: string, isHealthy: (boolean|undefined), message: any}} Task
 */

/** States after which nothing comes. */
const ENDED = new Set([
  "TASK_FINISHED",
  "TASK_FAILED",
  "TASK_KILLED",
  "TASK_ERROR",
  "TASK_LOST",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
]);

/** Whether a state is a task's last. @param {string} state */
export const isEnded = (state) => ENDED.has(state);

/** How a state is to be felt: `good`, `busy`, `done`, `bad`. @param {string} state */
export function mood(state) {
  if (state === "TASK_RUNNING") return "good";
  if (state === "TASK_FINISHED" || state === "TASK_KILLED") return "done";
  return isEnded(state) || state === "TASK_UNREACHABLE" || state === "TASK_UNKNOWN" ? "bad" : "busy";
}

const seconds = (time) => (time?.nanoseconds ?? 0) / 1e9;
const pairs = (labels) => (labels?.labels ?? []).map(({key, value}) => [key, value ?? ""]);

/** @returns {Agent} */
export function readAgent(message) {
  const info = message.agent_info;
  return {
    id: info.id?.value ?? "",
    hostname: info.hostname,
    port: info.port ?? 5051,
    // One that gets no offers is not active either, whether it is connected or not.
    isAway: !message.active && !message.deactivated,
    isDeactivated: message.deactivated ?? false,
    drain: message.drain_info,
    total: quantities(message.total_resources),
    offered: quantities(message.offered_resources),
    used: {},
    running: 0,
    registered: seconds(message.registered_time),
    reregistered: seconds(message.reregistered_time),
    version: message.version ?? "",
    attributes: (info.attributes ?? []).map((attribute) => [attribute.name, attributeText(attribute)]),
    region: info.domain?.fault_domain?.region?.name,
    zone: info.domain?.fault_domain?.zone?.name,
    message,
  };
}

function attributeText(attribute) {
  if (attribute.text) return attribute.text.value;
  if (attribute.scalar) return String(attribute.scalar.value);
  if (attribute.ranges) return rangesText(attribute.ranges);
  return (attribute.set?.item ?? []).join(", ");
}

/** Ranges and sets as text. @param {any} ranges */
export const rangesText = (ranges) =>
  (ranges?.range ?? []).map(({begin, end}) => (begin === end ? `${begin}` : `${begin}–${end}`)).join(", ");

/** @returns {Framework} */
export function readFramework(message, isCompleted) {
  const info = message.framework_info;
  return {
    id: info.id?.value ?? "",
    name: info.name || "(no name)",
    user: info.user ?? "",
    principal: info.principal,
    roles: info.roles?.length ? info.roles : [info.role ?? "*"],
    isActive: message.active ?? false,
    isConnected: message.connected ?? false,
    isRecovered: message.recovered ?? false,
    isCompleted,
    registered: seconds(message.registered_time),
    reregistered: seconds(message.reregistered_time),
    ended: seconds(message.unregistered_time),
    offered: quantities(message.offered_resources),
    capabilities: (info.capabilities ?? []).map(({type}) => type),
    labels: pairs(info.labels),
    failover: info.failover_timeout ?? 0,
    page: info.webui_url,
    used: {},
    running: 0,
    byRole: {},
    message,
  };
}

/** @returns {Task} */
export function readTask(message) {
  const framework = message.framework_id?.value ?? "";
  const id = message.task_id?.value ?? "";
  const statuses = message.statuses ?? [];
  const last = statuses.at(-1);
  const withContainer = statuses.findLast((status) => status.container_status?.container_id);
  return {
    key: `${framework}/${id}`,
    id,
    name: message.name || id,
    framework,
    agent: message.agent_id?.value ?? "",
    executor: message.executor_id?.value ?? last?.executor_id?.value ?? "",
    state: message.state ?? "TASK_STAGING",
    role: (message.resources ?? []).find((resource) => resource.allocation_info)?.allocation_info.role ?? "*",
    resources: quantities(message.resources),
    limits: message.limits ?? {},
    ports:
      (message.resources ?? []).filter(({name}) => name === "ports").map(({ranges}) => rangesText(ranges)).join(", "),
    statuses,
    labels: pairs(message.labels),
    container: withContainer?.container_status.container_id,
    addresses: (withContainer?.container_status.network_infos ?? [])
      .flatMap((info) => (info.ip_addresses ?? []).map((ip) => ip.ip_address)),
    started: statuses.find(({state}) => state === "TASK_RUNNING")?.timestamp ?? 0,
    changed: last?.timestamp ?? 0,
    reason: last?.reason ?? "",
    text: last?.message ?? "",
    isHealthy: last?.healthy,
    message,
  };
}

/** What an executor holds beside its tasks. */
export function readExecutor(message) {
  const info = message.executor_info;
  return {
    agent: message.agent_id?.value ?? "",
    framework: info.framework_id?.value ?? "",
    id: info.executor_id?.value ?? "",
    name: info.name ?? "",
    role: (info.resources ?? []).find((resource) => resource.allocation_info)?.allocation_info.role ?? "*",
    resources: quantities(info.resources),
  };
}

/** The names of a container from the outermost to itself. @param {any} id @returns {string[]} */
export function containerPath(id) {
  return id ? [...containerPath(id.parent), id.value] : [];
}

/** The id whose names those are. @param {string[]} names */
export function containerID(names) {
  return names.reduce((parent, value) => (parent ? {value, parent} : {value}), undefined);
}
