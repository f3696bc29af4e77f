// Questions before what cannot be undone.

import {h, patch} from "./dom.js";

/**
 * @param {string} title @param {string} text @param {string} action what the button says that does it.
 * @returns {Promise<boolean>} whether it is wanted.
 */
export const confirmed = async (title, text, action) => (await asked(title, [], () => ({text, action}))) !== null;

/**
 * @param {string} title
 * @param {any[]} fields what is filled in.
 * @param {(form: FormData) => {text: string, action: string}} say what will happen then, and what the button says that does it;
 *   asked anew with every change.
 * @returns {Promise<FormData|null>} what was filled in; null if it is not wanted.
 */
export function asked(title, fields, say) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.setAttribute("aria-describedby", "dialog-text");
  const filled = () => new FormData(dialog.querySelector("form") ?? undefined);
  const draw = () => patch(dialog, [question(title, fields, say(filled()), draw, () => dialog.close())]);
  draw();
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const form = dialog.returnValue === "yes" ? filled() : null;
      dialog.remove();
      resolve(form);
    });
  });
}

/** Enter in a field does it, so what has the focus at first is never a field. */
function question(title, fields, {text, action}, changed, leave) {
  const isFilled = fields.length > 0;
  return h("form",
    {method: "dialog", oninput: changed},
    h("h2", {id: "dialog-title", tabindex: isFilled ? -1 : null, autofocus: isFilled}, title),
    fields,
    h("p", {id: "dialog-text", role: isFilled ? "status" : null}, text),
    h("div",
      {class: "tools"},
      h("button", {type: "button", autofocus: !isFilled, onclick: leave}, "Leave it"),
      h("button", {type: "submit", value: "yes", class: "danger"}, action)));
}
