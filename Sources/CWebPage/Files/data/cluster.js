// What is known of the cluster: filled by a picture of the whole, kept up to date by the events that follow it.

import {add, quantities} from "./resources.js";
import {readAgent, readExecutor, readFramework, readTask, isEnded} from "./reading.js";

/** So many tasks that ended are kept; the master keeps them by framework. */
const MOST_ENDED = 20_000;
const MOST_NOTES = 100;

export class Cluster {
  /** @type {Map<string, import("./reading.js").Agent>} */
  agents = new Map();
  /** Agents that have not come back since the master's restart. */
  recovered = [];
  /** @type {Map<string, import("./reading.js").Framework>} */
  frameworks = new Map();
  /** @type {Map<string, import("./reading.js").Task>} by framework and id. */
  tasks = new Map();
  executors = [];
  /** What happened that no task or machine tells any more: `{time, text}`. */
  notes = [];
  /** Whether there was a picture of the whole yet. */
  isKnown = false;
  /** Grows with every change. */
  version = 0;

  #listeners = new Set();
  #ended = [];
  /** The tasks that hold something of a machine, by its id. @type {Map<string, Set<string>>} */
  #holders = new Map();
  /** Counted when somebody asks, and kept until machines change. @type {?{total: any, used: any, offered: any}} */
  #sums = null;

  /** @param {() => void} listener called after changes. @returns {() => void} ends that. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed() {
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Takes a picture of the whole (`get_state`). */
  replace(state) {
    this.#sums = null;
    const known = this.agents;
    this.agents = new Map((state.get_agents?.agents ?? []).map(readAgent).map((agent) => [agent.id, agent]));
    if (this.isKnown)
      for (const agent of known.values())
        if (!this.agents.has(agent.id)) this.#note(`Machine ${agent.hostname} left`);
    this.recovered = state.get_agents?.recovered_agents ?? [];
    this.frameworks = new Map();
    for (const framework of state.get_frameworks?.frameworks ?? []) this.#put(readFramework(framework, false));
    for (const framework of state.get_frameworks?.completed_frameworks ?? []) this.#put(readFramework(framework, true));
    this.tasks = new Map();
    this.#holders = new Map();
    this.#ended = [];
    const lists = state.get_tasks ?? {};
    for (const list of [lists.completed_tasks, lists.unreachable_tasks, lists.tasks])
      for (const task of list ?? []) this.#putTask(readTask(task));
    this.executors = (state.get_executors?.executors ?? []).map(readExecutor);
    for (const executor of this.executors) this.#hold(executor, 1);
    this.isKnown = true;
    this.#changed();
  }

  /** Takes one event of the master's stream. */
  apply(event) {
    const take = {
      TASK_ADDED: () => this.#putTask(readTask(event.task_added.task)),
      TASK_UPDATED: () => this.#updateTask(event.task_updated),
      AGENT_ADDED: () => this.#addAgent(readAgent(event.agent_added.agent)),
      AGENT_REMOVED: () => this.#removeAgent(event.agent_removed.agent_id.value),
      FRAMEWORK_ADDED: () => this.#put(readFramework(event.framework_added.framework, false)),
      FRAMEWORK_UPDATED: () => this.#put(readFramework(event.framework_updated.framework, false)),
      FRAMEWORK_REMOVED: () => this.#removeFramework(event.framework_removed.framework_info),
    }[event.type];
    if (!take) return;
    take();
    this.#changed();
  }

  /** Brings up to date what events do not tell: resources and offers (`get_agents`, `get_frameworks`, `get_executors`). */
  refresh(agents, frameworks, executors) {
    this.#sums = null;
    for (const message of agents?.agents ?? []) {
      const agent = readAgent(message);
      const known = this.agents.get(agent.id);
      this.agents.set(agent.id, {...agent, used: known?.used ?? {}, running: known?.running ?? 0});
    }
    this.recovered = agents?.recovered_agents ?? [];
    for (const message of frameworks?.frameworks ?? []) this.#put(readFramework(message, false));
    for (const executor of this.executors) this.#hold(executor, -1);
    this.executors = (executors?.executors ?? []).map(readExecutor);
    for (const executor of this.executors) this.#hold(executor, 1);
    this.#changed();
  }

  /** Tasks, those that match; newest first. */
  tasksWhere(predicate) {
    return [...this.tasks.values()].filter(predicate).sort((one, other) => other.changed - one.changed);
  }

  /** Active frameworks. */
  get activeFrameworks() {
    return [...this.frameworks.values()].filter((framework) => !framework.isCompleted);
  }

  /** What all machines have, and what of it is held: to be looked at only. */
  totals() {
    if (this.#sums) return this.#sums;
    const sums = {total: {}, used: {}, offered: {}};
    for (const agent of this.agents.values()) {
      add(sums.total, agent.total);
      add(sums.used, agent.used);
      add(sums.offered, agent.offered);
    }
    this.#sums = sums;
    return sums;
  }

  #put(framework) {
    const used = this.frameworks.get(framework.id);
    this.frameworks.set(
      framework.id, {...framework, used: used?.used ?? {}, running: used?.running ?? 0, byRole: used?.byRole ?? {}});
  }

  #putTask(task) {
    const old = this.tasks.get(task.key);
    if (old) this.#hold(old, -1);
    this.tasks.set(task.key, task);
    this.#hold(task, 1);
    if (!isEnded(task.state)) return;
    if (!old || !isEnded(old.state)) this.#ended.push(task.key);
    while (this.#ended.length > MOST_ENDED) this.tasks.delete(this.#ended.shift());
  }

  #updateTask({framework_id: framework, status, state}) {
    const old = this.tasks.get(`${framework.value}/${status.task_id.value}`);
    if (!old) return;
    // Of one state the newest counts: a task whose health changes for months has no more of them.
    const before = old.statuses.at(-1)?.state === status.state ? old.statuses.slice(0, -1) : old.statuses;
    const statuses = [...before, status];
    this.#putTask(readTask({...old.message, state: state ?? status.state, statuses}));
  }

  /** Counts what a task or an executor holds for its machine and its framework. */
  #hold(holder, sign) {
    if (holder.state && (isEnded(holder.state) || holder.state === "TASK_UNREACHABLE")) return;
    if (holder.key) this.#keep(holder, sign);
    const agent = this.agents.get(holder.agent);
    const framework = this.frameworks.get(holder.framework);
    if (agent && this.#sums) add(this.#sums.used, holder.resources, sign);
    for (const owner of [agent, framework]) {
      if (!owner) continue;
      add(owner.used, holder.resources, sign);
      if (holder.state) owner.running += sign;
    }
    if (framework && holder.role) add((framework.byRole[holder.role] ??= {}), holder.resources, sign);
  }

  #keep({agent, key}, sign) {
    if (sign < 0) this.#holders.get(agent)?.delete(key);
    else if (this.#holders.has(agent)) this.#holders.get(agent).add(key);
    else this.#holders.set(agent, new Set([key]));
  }

  /** One that is new, came back, or is described anew: what runs on it is what ran on it. */
  #addAgent(agent) {
    this.#sums = null;
    this.agents.set(agent.id, agent);
    for (const key of this.#holders.get(agent.id) ?? []) {
      add(agent.used, this.tasks.get(key).resources);
      agent.running += 1;
    }
    for (const executor of this.executors)
      if (executor.agent === agent.id) add(agent.used, executor.resources);
  }

  #removeAgent(id) {
    const agent = this.agents.get(id);
    if (!agent) return;
    this.#sums = null;
    this.agents.delete(id);
    this.executors = this.executors.filter((executor) => executor.agent !== id);
    this.#note(`Machine ${agent.hostname} left`);
  }

  #removeFramework(info) {
    const framework = this.frameworks.get(info.id.value);
    if (!framework) return;
    // Its tasks end with it, and nobody tells of each.
    for (const task of [...this.tasks.values()]) {
      if (task.framework === framework.id && !isEnded(task.state)) {
        this.#putTask(readTask({...task.message, state: "TASK_KILLED"}));
      }
    }
    const ended = {isCompleted: true, isActive: false, isConnected: false, ended: Date.now() / 1000};
    this.frameworks.set(framework.id, {...framework, ...ended});
  }

  #note(text) {
    this.notes = [{time: Date.now() / 1000, text}, ...this.notes].slice(0, MOST_NOTES);
  }
}
