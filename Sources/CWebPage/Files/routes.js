// Which page is shown at which place. Pages are loaded when they are first gone to.

const routes = [
  ["/", "overview", () => import("./pages/overview.js")],
  ["/machines", "machines", () => import("./pages/machines.js")],
  ["/machines/:agent", "machines", () => import("./pages/machine.js")],
  ["/machines/:agent/files", "machines", () => import("./pages/files.js")],
  ["/machines/:agent/logs", "machines", () => import("./pages/logs.js")],
  ["/machines/:agent/terminal/:container", "machines", () => import("./pages/terminal.js")],
  ["/frameworks", "frameworks", () => import("./pages/frameworks.js")],
  ["/frameworks/:framework", "frameworks", () => import("./pages/framework.js")],
  ["/roles", "roles", () => import("./pages/roles.js")],
  ["/tasks", "tasks", () => import("./pages/tasks.js")],
  ["/tasks/:framework/:task", "tasks", () => import("./pages/task.js")],
  ["/maintenance", "maintenance", () => import("./pages/maintenance.js")],
];

let isLoaded = false;

/** Loads all pages, once. */
export function loadAll() {
  if (isLoaded) return;
  isLoaded = true;
  for (const [, , load] of routes) load().catch(() => (isLoaded = false));
}

/**
 * @param {string} place such as `/machines/a%2Fb?sort=name`
 * @returns {{section: string, load: () => Promise<any>, parameters: Object<string, string>, query: URLSearchParams}}
 */
export function find(place) {
  const [path, search = ""] = place.split("?");
  const parts = path.split("/");
  for (const [pattern, section, load] of routes) {
    const parameters = match(pattern.split("/"), parts);
    if (parameters) return {section, load, parameters, query: new URLSearchParams(search)};
  }
  return {section: "", load: () => import("./pages/missing.js"), parameters: {path}, query: new URLSearchParams()};
}

function match(pattern, parts) {
  if (pattern.length !== parts.length) return null;
  const parameters = {};
  for (const [index, name] of pattern.entries()) {
    if (name.startsWith(":")) {
      try {
        parameters[name.slice(1)] = decodeURIComponent(parts[index]);
      } catch {
        return null;
      }
    } else if (name !== parts[index]) return null;
  }
  return parameters;
}
