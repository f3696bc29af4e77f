// The containers of one agent, as a tree, with what they use.

import {askAgent} from "./agent.js";
import {containerPath} from "./reading.js";

/**
 * @typedef {{path: string[], name: string, children: Container[], framework: string, executor: string, title: string, pid: number,
 *   statistics: any, cpus: (number|undefined), sandbox: string, addresses: string[]}} Container
 *   `cpus` is what it used between the last two looks, in processors.
 */

export class Containers {
  /** The outermost ones. @type {Container[]} */
  roots = [];
  #before = new Map();
  #agent;

  constructor(agent) {
    this.#agent = agent;
  }

  async read(signal) {
    const call = {type: "GET_CONTAINERS", get_containers: {show_nested: true, show_standalone: true}};
    const answer = await askAgent(this.#agent(), call, signal);
    this.#take(answer.get_containers?.containers ?? []);
  }

  /** @param {string[]} path @returns {Container|undefined} */
  find(path) {
    let list = this.roots;
    let found;
    for (const name of path) {
      found = list.find((container) => container.name === name);
      list = found?.children ?? [];
    }
    return found;
  }

  #take(messages) {
    const before = this.#before;
    this.#before = new Map();
    const byPath = new Map();
    const read =
      messages.map((message) => this.#read(message, before)).sort((one, other) => one.path.length - other.path.length);
    const roots = [];
    for (const container of read) {
      byPath.set(container.path.join("."), container);
      const parent = byPath.get(container.path.slice(0, -1).join("."));
      (parent ? parent.children : roots).push(container);
      container.sandbox = parent ? `${parent.sandbox}/containers/${container.name}` : rootSandbox(container);
    }
    this.roots = roots;
  }

  #read(message, before) {
    const path = containerPath(message.container_id);
    const key = path.join(".");
    const statistics = message.resource_statistics;
    const used = statistics && (statistics.cpus_user_time_secs ?? 0) + (statistics.cpus_system_time_secs ?? 0);
    const last = before.get(key);
    if (statistics) this.#before.set(key, {used, time: statistics.timestamp});
    const passed = last && statistics ? statistics.timestamp - last.time : 0;
    return {
      path,
      name: path.at(-1),
      children: [],
      framework: message.framework_id?.value ?? "",
      executor: message.executor_id?.value ?? "",
      title: message.executor_name ?? "",
      pid: message.container_status?.executor_pid ?? 0,
      addresses: (message.container_status?.network_infos ?? [])
        .flatMap((info) => (info.ip_addresses ?? []).map((ip) => ip.ip_address)),
      statistics,
      cpus: passed > 0 ? Math.max(0, (used - last.used) / passed) : undefined,
      sandbox: "",
    };
  }
}

function rootSandbox({framework, executor, name}) {
  return framework ? `/frameworks/${framework}/executors/${executor}/runs/${name}` : `/containers/${name}`;
}

/** Where the sandbox of a task is, as its agent's file calls name it. @param {import("./reading.js").Task} task */
export function taskSandbox(task) {
  const names = containerPath(task.container);
  if (!names.length) return null;
  const root = `/frameworks/${task.framework}/executors/${task.executor || task.id}/runs/${names[0]}`;
  return root + names.slice(1).map((name) => `/containers/${name}`).join("");
}
