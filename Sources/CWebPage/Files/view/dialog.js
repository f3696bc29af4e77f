// Questions before what cannot be undone.

/**
 * @param {string} title @param {string} text @param {string} action what the button says that does it.
 * @returns {Promise<boolean>} whether it is wanted.
 */
export function confirmed(title, text, action) {
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2");
  heading.textContent = title;
  heading.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  const words = document.createElement("p");
  words.textContent = text;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "tools";
  form.append(button("Leave it", "no"), button(action, "yes", "danger"));
  dialog.append(heading, words, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function button(text, value, style = "") {
  const button = document.createElement("button");
  button.value = value;
  button.className = style;
  button.textContent = text;
  return button;
}
