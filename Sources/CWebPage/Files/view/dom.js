// What a page should look like, as plain values, and the changes that make the document look so.
//
// Text only ever becomes text: there is no way from a value to markup.

/**
 * @typedef {{tag: string, props: Object<string, any>, key: (string|number|undefined), children: Array<View|string>}} View
 */

const SVG = new Set(["svg", "g", "path", "line", "rect", "circle", "polyline", "text"]);
/** What a node was made from. */
const made = new WeakMap();

/**
 * Describes an element.
 * @param {string} tag
 * @param {Object<string, any>?} props attributes; `on…` for listeners, `vars` for custom properties of style,
 *   `key` to be found again among its siblings, `mount` to be told of the node (what it returns is called at its end).
 * @param {...any} children views, texts, lists of them; null and false stand for nothing.
 * @returns {View}
 */
export function h(tag, props, ...children) {
  const {key, ...rest} = props ?? {};
  const flat =
    children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
  return {tag, props: rest, key, children: flat.map((child) => (typeof child === "object" ? child : String(child)))};
}

/**
 * Makes the children of an element look as described, and leaves alone what looks so already.
 * @param {Element} parent
 * @param {Array<View|string>} views
 */
export function patch(parent, views) {
  const nodes = match(parent, views);
  const kept = new Set(nodes);
  for (const node of [...parent.childNodes])
    if (!kept.has(node)) remove(node);
  let place = parent.firstChild;
  nodes.forEach((found, index) => {
    const node = found ?? create(views[index]);
    if (node === place) place = place.nextSibling;
    else if (found && parent.moveBefore) parent.moveBefore(node, place);  // Keeps what has the focus.
    else parent.insertBefore(node, place);
    if (!found && views[index].props?.mount) mounted(node, views[index].props.mount);
  });
}

/** For each view the node that stands for it already, brought up to date; null where there is none. */
function match(parent, views) {
  const keyed = new Map();
  const others = [];
  for (const node of parent.childNodes) {
    const key = made.get(node)?.key;
    if (key === undefined) others.push(node);
    else keyed.set(key, node);
  }
  let next = 0;
  return views.map((view) => {
    if (view.key !== undefined) {
      const node = keyed.get(view.key);
      keyed.delete(view.key);
      return node && update(node, view) ? node : null;
    }
    for (let index = next; index < others.length; index++) {
      if (!update(others[index], view)) continue;
      next = index + 1;
      return others[index];
    }
    return null;
  });
}

function create(view) {
  if (typeof view === "string") return document.createTextNode(view);
  const node = SVG.has(view.tag) ? document.createElementNS("http://www.w3.org/2000/svg", view.tag)
                                 : document.createElement(view.tag);
  for (const name in view.props) set(node, name, view.props[name]);
  made.set(node, view);
  patch(node, view.children);
  return node;
}

/** False if this node cannot become what is wanted. */
function update(node, view) {
  if (typeof view === "string") {
    if (node.nodeType !== Node.TEXT_NODE) return false;
    if (node.data !== view) node.data = view;
    return true;
  }
  const old = made.get(node);
  if (old?.tag !== view.tag || Boolean(old.props.mount) !== Boolean(view.props.mount)) return false;
  for (const name in old.props)
    if (!(name in view.props)) set(node, name, null, old.props[name]);
  for (const name in view.props) {
    if (name === "value" || old.props[name] !== view.props[name]) set(node, name, view.props[name], old.props[name]);
  }
  made.set(node, view);
  // What is mounted minds its own children.
  if (!view.props.mount) patch(node, view.children);
  return true;
}

function set(node, name, value, old) {
  if (name === "mount") return;
  if (name === "vars") {
    for (const key in old ?? {})
      if (!(key in (value ?? {}))) node.style.removeProperty(key);
    for (const key in value ?? {})
      if (old?.[key] !== value[key]) node.style.setProperty(key, value[key]);
  } else if (name.startsWith("on")) {
    node[name] = value;
  } else if (name === "value" || name === "checked" || name === "disabled" || name === "open") {
    if (node[name] !== value) node[name] = value ?? false;
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

const ends = new WeakMap();

function mounted(node, mount) {
  const end = mount(node);
  if (end) ends.set(node, end);
}

function remove(node) {
  leave(node);
  node.remove();
}

function leave(node) {
  for (const inner of node.childNodes) leave(inner);
  ends.get(node)?.();
  ends.delete(node);
}
