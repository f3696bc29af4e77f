import {h} from "../view/dom.js";
import {badge, head, link, path, problem, unknown} from "../view/parts.js";
import {Session} from "../data/session.js";
import {Terminal} from "../terminal/terminal.js";

/** The best shell that there is. */
const SHELL = "if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi";

const keys = [
  ["Esc", "Escape"],
  ["Tab", "Tab"],
  ["Ctrl-C", "c", {ctrlKey: true}],
  ["Ctrl-D", "d", {ctrlKey: true}],
  ["↑", "ArrowUp"],
  ["↓", "ArrowDown"],
  ["←", "ArrowLeft"],
  ["→", "ArrowRight"],
];

/** A shell in a container. @returns {import("../main.js").Page} */
export default function terminal(app, {agent: id, container}) {
  const names = container.split(".");
  let session = null;
  let error = null;
  /** Before, while and after the shell runs. @type {"waiting"|"running"|"ended"} */
  let phase = "waiting";
  let end = "";
  const view = new Terminal((bytes) => phase === "running" && session.send(bytes),
    (columns, rows) => phase === "running" && session.resize(columns, rows));
  const agent = () => app.cluster.agents.get(id);

  async function begin() {
    phase = "running";
    [error, end] = [null, "ended"];
    session = new Session(agent(), names, (reason) => {
      error = reason;
      app.refresh();
    });
    view.focus();
    const mine = session;
    try {
      const size = {columns: view.screen.columns, rows: view.screen.rows};
      end = await session.run(SHELL, size, (bytes) => view.write(bytes));
    } catch (reason) {
      if (reason.name !== "AbortError") error = reason;
    }
    if (mine !== session) return;
    phase = "ended";
    app.refresh();
  }

  const again = () => {
    view.screen.reset();
    begin();
    app.refresh();
  };
  return {
    title: `Terminal in ${names.at(-1)}`,
    close() {
      const open = session;
      session = null;
      open?.end();
    },
    render: () => [head("Terminal", {
      crumbs: [link("#/machines", "Machines"), link(path("machines", id), agent()?.hostname ?? id), ...names],
      badges: phase === "waiting" ? null
                                  : badge(phase === "running" ? phase : end, phase === "running" ? "good" : "done"),
      actions: phase === "ended" ? h("button", {type: "button", onclick: again}, "Start again") : null,
    }),
      problem(error),
      !agent() ? unknown(app, "The machine is not connected.") : null,
      agent() ? h("div", {class: "terminal", key: "terminal", mount: mount}) : null,
      h("div", {class: "keys", key: "keys", role: "group", "aria-label": "Keys"}, keys.map(([title,
        key,
        modifiers]) => h("button", {type: "button", key: title, onclick: () => view.press(key, modifiers)}, title))),
      h("p", {class: "quiet", key: "hint"}, "Ends when you leave this page. F6 leaves the terminal by keyboard."),
  ],
  };

  function mount(node) {
    const end = view.mount(node, `Terminal in ${container}`);
    if (phase === "waiting") requestAnimationFrame(begin);
    return end;
  }
}
