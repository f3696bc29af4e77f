// Machines as a field of squares, coloured by what of them is used. One canvas, on which only those squares are drawn anew that get
// another colour: so a map of 10,000 machines leaves most of a frame's time to everything else.

const GAP = 2;
const LARGEST = 112;
/** Squares from this size on have their name in them. */
const NAMED = 80;
const SMALLEST = 5;
const MOST_HEIGHT = 900;

/** Pale to full; from nothing to all of it used. */
const ramps = {
  light: ["#e6e8ee", "#d3dafa", "#b6c2f7", "#98a9f3", "#7a90ee", "#5d76e6", "#455ed6", "#3447b8", "#283894", "#1d2a70"],
  dark: ["#26292f", "#27305a", "#2f3d7d", "#3b4ea3", "#4a60c4", "#5f78de", "#7a92ee", "#9cb0f7", "#bccafb", "#dde4ff"],
};
const away = {
  light: "#b3261e",
  dark: "#ff8a80",
};
const paused = {
  light: "#8d8f94",
  dark: "#7b7f87",
};

/** @returns {"light"|"dark"} what is seen now. */
export function scheme() {
  return document.documentElement.dataset.scheme ??
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** The colours of a legend. */
export const legend = () => ({ramp: ramps[scheme()], away: away[scheme()], paused: paused[scheme()]});

/** The colour of a part from 0 to 1. */
export const shade = (part, ramp) => ramp[part <= 0 ? 0 : Math.min(ramp.length - 1, Math.max(1, Math.ceil(part * 9)))];

export class MachineMap {
  /** @type {import("../data/reading.js").Agent[]} */
  agents = [];
  /** The part of an agent that is used. @type {(agent: any) => number} */
  part = () => 0;
  /** Frames that were drawn, for who measures. */
  frames = 0;

  #canvas;
  #selected = -1;
  #select;
  #open;
  #request = 0;
  #size = {width: 0, cell: 0, columns: 1};
  /** What is on the canvas: in which form, the colour of each square, and the one with a frame. */
  #drawn = {form: "", colours: [], framed: -1};

  /**
   * @param {(agent: any, place: {x: number, y: number}?) => void} select called with the machine under pointer or keys, or null.
   * @param {(agent: any) => void} open called for the one that somebody wants to see.
   */
  constructor(select, open) {
    this.#select = select;
    this.#open = open;
  }

  /** Takes over a canvas. @param {HTMLCanvasElement} canvas @returns {() => void} the end of it. */
  mount(canvas) {
    this.#canvas = canvas;
    this.#forget();
    const watch = new ResizeObserver(() => this.draw());
    watch.observe(canvas.parentElement ?? canvas);
    const redraw = () => this.draw();
    addEventListener("schemechange", redraw);
    canvas.addEventListener("contextrestored", () => {
      this.#forget();
      this.draw();
    });
    canvas.addEventListener("pointermove", (event) => this.#point(event));
    canvas.addEventListener("pointerleave", () => this.#choose(-1));
    canvas.addEventListener("blur", () => this.#choose(-1));
    canvas.addEventListener("click", (event) => {
      this.#point(event);
      if (this.agents[this.#selected]) this.#open(this.agents[this.#selected]);
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.draw();
    return () => {
      watch.disconnect();
      removeEventListener("schemechange", redraw);
      cancelAnimationFrame(this.#request);
    };
  }

  /** Draws at the next frame. */
  draw() {
    this.#request ||= requestAnimationFrame(() => {
      this.#request = 0;
      if (this.#canvas?.isConnected) this.#paint();
    });
  }

  /** Has all squares drawn anew. */
  #forget() {
    this.#drawn = {form: "", colours: [], framed: -1};
  }

  #paint() {
    this.frames += 1;
    const canvas = this.#canvas;
    const width = canvas.parentElement.clientWidth;
    const count = this.agents.length;
    const cell = cellSize(width, count);
    const columns = Math.max(1, Math.floor((width + GAP) / (cell + GAP)));
    const height = Math.max(1, Math.ceil(count / columns) * (cell + GAP) - GAP);
    this.#size = {width, cell, columns};
    const ratio = devicePixelRatio || 1;
    const form = [width, height, cell, count, ratio].join();
    const context = canvas.getContext("2d");
    // Names lie over their squares, and those that have any are few.
    if (form !== this.#drawn.form || cell >= NAMED) {
      this.#forget();
      this.#drawn.form = form;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.setProperty("height", `${height}px`);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
    }
    this.#squares(context, cell, columns);
    if (cell >= NAMED) this.#names(context, cell, columns);
    if (this.#selected >= 0 && this.#selected < count) this.#frame(context, cell, columns);
  }

  /** By colour, since changing the colour costs more than a square. */
  #squares(context, cell, columns) {
    const colours = legend();
    const {colours: drawn, framed} = this.#drawn;
    // A square takes its frame away.
    if (framed >= 0) drawn[framed] = "";
    this.#drawn.framed = -1;
    const byColour = new Map();
    this.agents.forEach((agent, index) => {
      const colour = colourOf(agent, this.part(agent), colours);
      if (drawn[index] === colour) return;
      drawn[index] = colour;
      if (!byColour.has(colour)) byColour.set(colour, []);
      byColour.get(colour).push(index);
    });
    for (const [colour, places] of byColour) {
      context.fillStyle = colour;
      for (const index of places)
        context.fillRect((index % columns) * (cell + GAP), Math.floor(index / columns) * (cell + GAP), cell, cell);
    }
  }

  #names(context, cell, columns) {
    const style = getComputedStyle(this.#canvas);
    this.agents.forEach((agent, index) => {
      const part = this.part(agent);
      const x = (index % columns) * (cell + GAP) + 8;
      const y = Math.floor(index / columns) * (cell + GAP);
      context.fillStyle = isPale(colourOf(agent, part)) ? "#1b1d21" : "#ffffff";
      context.font = `600 16px ${style.fontFamily}`;
      context.fillText(`${Math.round(part * 100)}%`, x, y + 26);
      context.font = `12px ${style.fontFamily}`;
      context.fillText(fitted(context, agent.hostname, cell - 16), x, y + cell - 10);
    });
  }

  #frame(context, cell, columns) {
    const x = (this.#selected % columns) * (cell + GAP);
    const y = Math.floor(this.#selected / columns) * (cell + GAP);
    context.strokeStyle = scheme() === "dark" ? "#fff" : "#000";
    context.lineWidth = 2;
    context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
    this.#drawn.framed = this.#selected;
  }

  #point(event) {
    const {cell, columns} = this.#size;
    const column = Math.floor(event.offsetX / (cell + GAP));
    const index = Math.floor(event.offsetY / (cell + GAP)) * columns + column;
    this.#choose(column < columns && index < this.agents.length ? index : -1);
  }

  #key(event) {
    const {columns} = this.#size;
    const last = this.agents.length - 1;
    const from = Math.max(0, this.#selected);
    const target = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      ArrowDown: from + columns,
      ArrowUp: from - columns,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === "Enter" && this.agents[this.#selected]) this.#open(this.agents[this.#selected]);
    if (event.key === "Escape") this.#choose(-1);
    if (target === undefined) return;
    event.preventDefault();
    this.#choose(this.#selected < 0 && target !== last ? 0 : Math.min(last, Math.max(0, target)));
  }

  #choose(index) {
    if (index === this.#selected) return;
    this.#selected = index;
    const {cell, columns} = this.#size;
    const place =
      index < 0 ? null : {x: (index % columns) * (cell + GAP), y: Math.floor(index / columns) * (cell + GAP) + cell};
    this.#select(this.agents[index] ?? null, place);
    this.draw();
  }
}

function colourOf(agent, part, {ramp, away, paused} = legend()) {
  if (agent.isAway) return away;
  return agent.isDeactivated ? paused : shade(part, ramp);
}

/** Whether dark letters are read better on it (Rec. 601). @param {string} colour as `#rrggbb`. */
function isPale(colour) {
  const [red, green, blue] = [1, 3, 5].map((place) => Number.parseInt(colour.slice(place, place + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140;
}

/** As much of a name as there is room for. */
function fitted(context, name, width) {
  if (context.measureText(name).width <= width) return name;
  let length = name.length;
  while (length > 1 && context.measureText(name.slice(0, length) + "…").width > width) length -= 1;
  return name.slice(0, length) + "…";
}

/** The largest squares with which all fit into the height. */
function cellSize(width, count) {
  for (let cell = LARGEST; cell > SMALLEST; cell--) {
    const columns = Math.max(1, Math.floor((width + GAP) / (cell + GAP)));
    const height = Math.ceil(count / columns) * (cell + GAP);
    if (height <= (cell >= NAMED ? MOST_HEIGHT / 2 : MOST_HEIGHT)) return cell;
  }
  return SMALLEST;
}
