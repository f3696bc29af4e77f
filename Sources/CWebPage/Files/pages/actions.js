import {h} from "../view/dom.js";
import {button, problem} from "../view/parts.js";
import {confirmed} from "../view/dialog.js";
import {ask} from "../data/master.js";

/** What operators do with machines. */
export function agentActions(app, id) {
  let error = null;
  let done = "";
  const agent = {agent_id: {value: id}};

  async function run(call, text, question) {
    if (question && !(await confirmed(...question))) return;
    try {
      await ask(call);
      [error, done] = [null, text];
    } catch (reason) {
      [error, done] = [reason, ""];
    }
    app.refresh();
  }

  const drainText =
    "All of its tasks are killed, each with its own grace period. Nothing is offered of it until it is reactivated.";
  const drain = (name) => run({type: "DRAIN_AGENT", drain_agent: agent},
    "It is drained: its tasks are killed, and it gets no new ones.",
    [`Drain ${name}?`, drainText, "Drain it"]);
  const giveUpText = "Its tasks are told to be gone, and it is not let in again. This cannot be undone.";
  const giveUp = (name) => run({type: "MARK_AGENT_GONE", mark_agent_gone: agent},
    "It is marked as gone.",
    [`Give up ${name} for good?`, giveUpText, "Give it up"]);
  const deactivate = () => run({type: "DEACTIVATE_AGENT", deactivate_agent: agent},
    "Nothing is offered of it until it is reactivated. Its tasks go on.");
  const reactivate = () => run({type: "REACTIVATE_AGENT", reactivate_agent: agent}, "It is offered again.");

  return {
    buttons(found) {
      const isStopped = found.isDeactivated || found.drain;
      return [
        isStopped ? button("Reactivate", reactivate) : button("Stop offers", deactivate),
        isStopped ? null : button("Drain …", () => drain(found.hostname)),
        button("Give up …", () => giveUp(found.hostname), "danger"),
      ];
    },
    said: () => [problem(error), done ? h("p", {class: "said", role: "status", key: "done"}, done) : null],
  };
}
