// Keeps the picture of the cluster true: by the master's event stream, or by asking again and again where there is none.

import {Hidden, shown, whileShown} from "./visibility.js";
import {ask, post} from "./master.js";
import {records} from "./recordio.js";

/** @typedef {{kind: "connecting"|"live"|"polling"|"lost", since: number, reason?: string, retry?: number}} Connection times in seconds. */

const POLL_PAUSE = 2000;
const REFRESH_PAUSE = 5000;
/** With more machines than this, sums are refreshed less often: they are long answers then. */
const MANY = 500;
const LONGEST_PAUSE = 10_000;
/** A stream that says nothing for so many of its heartbeats is dead. */
const MISSED_HEARTBEATS = 3;

/**
 * Runs as long as the page is open.
 * @param {import("./cluster.js").Cluster} cluster
 * @param {(connection: Connection) => void} tell called when it becomes another.
 */
export async function keepUpToDate(cluster, tell) {
  let pause = 500;
  let lostAt = 0;
  tell({kind: "connecting", since: now()});
  for (;;) {
    await shown();
    const begun = Date.now();
    try {
      await follow(cluster, () => {
        lostAt = 0;
        tell({kind: "live", since: now()});
      });
    } catch (error) {
      if (error instanceof Hidden) {
        // A page that is left is hidden a moment later.
        await sleep(POLL_PAUSE);
        continue;
      }
      // A master that sends no events still tells how things are.
      if (error.status && (await poll(cluster, error, tell))) {
        pause = 500;
        await sleep(POLL_PAUSE);
        continue;
      }
      if (Date.now() - begun > LONGEST_PAUSE) pause = 500;
      lostAt ||= now();
      tell({kind: "lost", since: lostAt, reason: error.message, retry: now() + pause / 1000});
      await sleep(pause);
      pause = Math.min(pause * 1.6, LONGEST_PAUSE);
    }
  }
}

async function poll(cluster, error, tell) {
  try {
    cluster.replace((await ask({type: "GET_STATE"})).get_state);
    tell({kind: "polling", since: now(), reason: error.message});
    return true;
  } catch {
    return false;
  }
}

/** Follows the events until the stream ends; always ends by throwing. */
async function follow(cluster, begun) {
  const abort = new AbortController();
  let watch;
  let patience = 60_000;
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => abort.abort(new Error("the master has said nothing for too long")), patience);
  };
  const unhook = whileShown((reason) => abort.abort(reason));
  const refresh = setInterval(() => refreshSums(cluster, abort.signal), REFRESH_PAUSE);
  try {
    heard();
    const response = await post({type: "SUBSCRIBE"}, abort.signal);
    for await (const event of records(response.body, heard)) {
      if (event.type === "SUBSCRIBED") {
        patience = (event.subscribed.heartbeat_interval_seconds ?? 15) * 1000 * MISSED_HEARTBEATS;
        cluster.replace(event.subscribed.get_state);
        begun();
      } else {
        cluster.apply(event);
      }
    }
    throw new Error("the master ended the stream of events");
  } catch (error) {
    throw abort.signal.aborted     ? abort.signal.reason
      : error.name === "TypeError" ? new Error("the connection to the master broke off")
                                   : error;
  } finally {
    clearTimeout(watch);
    clearInterval(refresh);
    unhook();
    abort.abort();
  }
}

let refreshed = 0;
let refreshedAt = 0;

/** Events do not tell what is offered and what executors hold. */
async function refreshSums(cluster, signal) {
  if (!cluster.isKnown || document.hidden || refreshed === cluster.version) return;
  if (cluster.agents.size > MANY && now() - refreshedAt < 60) return;
  try {
    const answers =
      await Promise.all(["GET_AGENTS", "GET_FRAMEWORKS", "GET_EXECUTORS"].map((type) => ask({type}, signal)));
    cluster.refresh(answers[0].get_agents, answers[1].get_frameworks, answers[2].get_executors);
    refreshed = cluster.version;
    refreshedAt = now();
  } catch {
    // The stream tells whether the master is there.
  }
}

const now = () => Date.now() / 1000;
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
