// Calls to the master that served this page.

/** Why a call was not answered as wished; its message is for people. */
export class CallError extends Error {
  /** @param {string} message @param {number} [status] */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** @param {any} call @param {AbortSignal} [signal] @returns {Promise<Response>} with status 200. */
export async function post(call, signal) {
  let response;
  try {
    response = await fetch("/api/v1", {
      method: "POST",
      headers: {"Content-Type": "application/json", Accept: "application/json"},
      body: JSON.stringify(call),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError("the master does not answer");
  }
  if (response.ok) return response;
  const reason = (await response.text().catch(() => "")).trim();
  throw new CallError(
    `the master answered ${response.status} to ${call.type}${reason ? `: ${reason}` : ""}`, response.status);
}

/** @param {any} call @param {AbortSignal} [signal] @returns {Promise<any>} the answer; {} if there is no body. */
export async function ask(call, signal) {
  const text = await (await post(call, signal)).text();
  return text ? JSON.parse(text) : {};
}
