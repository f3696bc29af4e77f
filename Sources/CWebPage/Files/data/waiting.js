// Why a framework gets no offers, as the master tells it.

import {CallError} from "./master.js";

/**
 * @param {string} framework its id. @param {string} resources what it needs of one machine, as `cpus:4;mem:512`; "": what it said.
 * @param {AbortSignal} signal
 * @returns {Promise<{offers: number, roles: Array<{role: string, sentence: string}>}>}
 */
export async function whyNoOffers(framework, resources, signal) {
  const query = new URLSearchParams({framework_id: framework});
  if (resources) query.set("resources", resources);
  let response;
  try {
    response = await fetch(`/why?${query}`, {signal});
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CallError("the master does not answer");
  }
  if (!response.ok) throw new CallError((await response.text()).trim(), response.status);
  return response.json();
}
