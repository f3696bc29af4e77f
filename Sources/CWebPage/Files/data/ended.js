// How tasks ended, as their agents keep it.

import {readAgent} from "./agent.js";

/**
 * @param {any} agent @param {{id: string, framework: string}} task one that has ended. @param {AbortSignal} signal
 * @returns {Promise<any>} the newest end of a task of that id; null if its agent does not know.
 */
export async function howItEnded(agent, task, signal) {
  const query = new URLSearchParams({task_id: task.id, framework_id: task.framework});
  try {
    return (await readAgent(agent, `/why?${query}`, signal)).tasks[0];
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}
