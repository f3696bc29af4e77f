// Calls to agents. The browser speaks to them itself: the master never dials an agent.

import {CallError} from "./master.js";
import {encodeRecords, records} from "./recordio.js";

/** Where an agent is reached. @param {{hostname: string, port: number}} agent */
export const address = (agent) =>
  `${location.protocol}//${agent.hostname.includes(":") ? `[${agent.hostname}]` : agent.hostname}:${agent.port}`;

const post = (agent, body, headers, signal) => request(agent, "/api/v1", {method: "POST", headers, body, signal});

async function request(agent, path, options) {
  let response;
  try {
    response = await fetch(address(agent) + path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new CallError(
      `the agent at ${address(agent)} does not answer this browser: it is down, it cannot be reached from here, ` +
        `or it does not let pages of ${location.origin} ask (its option --allowed-origins)`,
    );
  }
  if (response.ok) return response;
  const reason = (await response.text().catch(() => "")).trim();
  throw new CallError(
    `the agent at ${address(agent)} answered ${response.status}${reason ? `: ${reason}` : ""}`, response.status);
}

/** @param {any} agent @param {any} call @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function askAgent(agent, call, signal) {
  const headers = {"Content-Type": "application/json", Accept: "application/json"};
  const text = await (await post(agent, JSON.stringify(call), headers, signal)).text();
  return text ? JSON.parse(text) : {};
}

/** A page of an agent in JSON. @param {any} agent @param {string} path with its query. @param {AbortSignal} signal @returns {Promise<any>} */
export const readAgent = async (agent, path, signal) => (await request(agent, path, {signal})).json();

/** The records that answer a call. @returns {Promise<AsyncGenerator<any>>} once the agent has taken it. */
export async function streamFromAgent(agent, call, signal) {
  const headers = {
    "Content-Type": "application/json",
    Accept: "application/recordio",
    "Message-Accept": "application/json",
  };
  const response = await post(agent, JSON.stringify(call), headers, signal);
  return records(response.body);
}

/** Sends records to the input of a container: each call is an attachment of its own, which leaves the input open. */
export async function sendInput(agent, container, inputs, signal) {
  const first = {type: "CONTAINER_ID", container_id: container};
  const rest = inputs.map((io) => ({type: "PROCESS_IO", process_io: io}));
  const body =
    encodeRecords([first, ...rest].map((part) => ({type: "ATTACH_CONTAINER_INPUT", attach_container_input: part})));
  const headers = {"Content-Type": "application/recordio", "Message-Content-Type": "application/json"};
  await post(agent, body, headers, signal);
}
