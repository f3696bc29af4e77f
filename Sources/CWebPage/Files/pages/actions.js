import {h} from "../view/dom.js";
import {button, problem} from "../view/parts.js";
import {asked, confirmed} from "../view/dialog.js";
import {count} from "../view/format.js";
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

  async function drain(name) {
    const form = await asked(`Drain ${name}?`, drainFields(), drainWords);
    if (!form) return;
    const call = {type: "DRAIN_AGENT", drain_agent: {...agent, ...drainLimits(form)}};
    const after = call.drain_agent.mark_gone ? " Once it is empty it is marked as gone." : "";
    await run(call, `It is drained: its tasks are killed, and it gets no new ones.${after}`);
  }

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

const drainFields = () => [
  h("label",
    {class: "field"},
    "Longest grace period, in seconds",
    h("input", {type: "number", name: "grace", min: 0, step: 1, placeholder: "as each task says"})),
  h("label", {class: "check"}, h("input", {type: "checkbox", name: "gone"}), "Mark it gone once it is empty"),
];

/** What a drain is told beside whom it is for. @param {FormData} form */
function drainLimits(form) {
  const grace = form.get("grace");
  return {
    ...(grace ? {max_grace_period: {seconds: Number(grace)}} : {}),
    ...(form.has("gone") ? {mark_gone: true} : {}),
  };
}

/** What a drain will do. @param {FormData} form */
function drainWords(form) {
  const {max_grace_period: longest, mark_gone: isGone} = drainLimits(form);
  const grace = !longest    ? "each with its own grace period"
    : longest.seconds === 0 ? "at once, without a grace period"
                            : `each with its own grace period, but at most ${count(longest.seconds, "second")}`;
  const after = isGone ? "Once it is empty its agent ends and is not let in again. This cannot be undone."
                       : "Nothing is offered of it until it is reactivated.";
  return {
    text: `All of its tasks are killed, ${grace}. ${after}`,
    action: isGone ? "Drain it and give it up" : "Drain it",
  };
}
