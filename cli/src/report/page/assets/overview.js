// The whole run above its timeline, with a window that says which part of it the timeline shows.
"use strict";

const OVERVIEW = 48;

/** The widths in pixels that a moment needs to be told from its neighbours, and a bar to be read. */
const READABLE = { moment: 8, bar: 20 };

/**
 * The first readable stretch of a run, with which its timeline opens: the longest from its first record on in which at
 * least half of the moments have 8 pixels for themselves, and at least half of the bars are 20 pixels wide. A moment is
 * a time at which an actor has a record. Ends are tried from the end of the run on, each a quarter nearer; eight moments
 * are always readable. A run that is readable as a whole is shown whole: then this is null.
 */
function firstReadable({ run, parts, end, room }) {
  const first = run.time[0];
  for (let to = end; to - first > 10; to = first + (to - first) * 0.75) {
    const scale = room / (to - first);
    const cells = new Set();
    const last = new Map();
    let moments = 0;
    for (let at = 0; at < run.time.length && run.time[at] <= to; at += 1) {
      const [actor, time] = [run.receiver[at], run.time[at]];
      if (last.get(actor) === time) continue;
      last.set(actor, time);
      moments += 1;
      cells.add(actor * 1e5 + Math.floor(((time - first) * scale) / READABLE.moment));
    }
    const bars = parts.bars.filter((bar) => bar.from < to);
    const wide = bars.filter((bar) => (bar.to - bar.from) * scale >= READABLE.bar);
    if (moments <= 8 || (cells.size * 2 >= moments && wide.length * 2 >= bars.length)) return to === end ? null : { from: first, to };
  }
  return { from: first, to: first + 10 };
}

/** For each pixel of the overview: how many records are there, and how many actors are busy on average. */
function densities({ run, parts, end }, size) {
  const [records, busy] = [new Float64Array(size), new Float64Array(size)];
  const pixel = (time) => (time / end) * size;
  for (const time of run.time) records[Math.min(size - 1, Math.floor(pixel(time)))] += 1;
  // The bars of resources are no actors.
  for (const bar of parts.bars.filter(({ at, actor }) => actor === run.receiver[at])) {
    const [from, to] = [pixel(bar.from), Math.min(size, pixel(bar.to))];
    for (let at = Math.floor(from); at < to; at += 1) busy[at] += Math.min(at + 1, to) - Math.max(at, from);
  }
  return { records, busy };
}

/** Draws the overview of `chart` in `place`; its window follows the view of the chart and moves it. */
class Overview {
  constructor(chart, place) {
    this.chart = chart;
    this.place = place;
    this.canvas = element("canvas", { "aria-hidden": "true" });
    this.window = this.part("window", "Window of the timeline: arrow keys move it, plus and minus make it smaller and larger");
    this.edges = [this.part("edge", "Begin of the window"), this.part("edge", "End of the window")];
    place.append(this.canvas, this.window, ...this.edges);
    this.keys();
    this.pointer();
  }

  part(className, label) {
    const made = element("div", { className, tabIndex: 0, role: "slider", "aria-label": label, "aria-orientation": "horizontal", "aria-valuemin": "0" });
    made.setAttribute("aria-valuemax", String(this.chart.end / 1e9));
    return made;
  }

  x(time) { return this.chart.margin + Math.max(0, Math.min(1, time / this.chart.end)) * this.chart.room; }
  time(x) { return ((x - this.chart.margin) / this.chart.room) * this.chart.end; }

  draw() {
    const { canvas, chart } = this;
    const context = sized(canvas, OVERVIEW);
    context.fillStyle = colour("back");
    context.fillRect(0, 0, chart.width, OVERVIEW);
    const size = Math.max(1, Math.floor(chart.room));
    const { records, busy } = densities(chart, size);
    const half = OVERVIEW / 2;
    const columns = (values, base, high, name) => {
      const most = values.reduce((most, value) => Math.max(most, value), 0);
      context.fillStyle = colour(name);
      values.forEach((value, at) => {
        // What is there is seen.
        const tall = value === 0 ? 0 : Math.max(1, (value / most) * high);
        context.fillRect(chart.margin + at, base - tall, 1, tall);
      });
    };
    columns(records, half - 2, half - 6, "arrow");
    columns(busy, OVERVIEW - 3, half - 6, "bar-line");
    context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    context.fillStyle = colour("quiet");
    context.textBaseline = "middle";
    context.fillText("events", 10, half / 2 + 1);
    context.fillText("busy actors", 10, half * 1.5 - 1);
    this.follow();
  }

  /** Puts the window where the view of the chart is. */
  follow() {
    const { from, to, end } = this.chart;
    const [begin, close] = [Math.max(0, from), Math.min(end, to)];
    const [left, right] = [this.x(from), this.x(to)];
    Object.assign(this.window.style, { left: `${left}px`, width: `${Math.max(2, right - left)}px` });
    this.edges[0].style.left = `${left - 18}px`;
    this.edges[1].style.left = `${Math.max(left + 2, right) - 6}px`;
    const text = `${seconds(begin, close - begin)} to ${seconds(close, close - begin)}`;
    [this.window, ...this.edges].forEach((part, at) => {
      part.setAttribute("aria-valuenow", String((at === 2 ? close : begin) / 1e9));
      part.setAttribute("aria-valuetext", text);
    });
    this.window.title = text;
  }

  show(from, to) {
    this.chart.view(from, to);
    this.chart.draw();
  }

  /** Moves an edge of the window; the other stays. */
  drag(edge, time) {
    const { from, to, end } = this.chart;
    const [least, most] = [-end * 0.02, end * 1.02];
    if (edge === 0) this.show(Math.max(least, Math.min(time, to - 10)), to);
    else this.show(from, Math.min(most, Math.max(time, from + 10)));
  }

  keys() {
    const { chart } = this;
    const panned = (share) => { chart.pan(share); chart.draw(); };
    const zoomed = (factor) => { chart.zoom(factor); chart.draw(); };
    const whole = { Home: () => panned(-chart.end), End: () => panned(chart.end), 0: () => { chart.fit(); chart.draw(); } };
    const moves = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -0.9, PageUp: 0.9 };
    const act = (event, acts) => {
      const made = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts(event.key);
      if (!made) return;
      event.preventDefault();
      made();
    };
    const ofWindow = (key) => (key in moves ? () => panned(moves[key]) : { ...whole, "+": () => zoomed(0.5), "=": () => zoomed(0.5), "-": () => zoomed(2) }[key]);
    this.window.addEventListener("keydown", (event) => act(event, ofWindow));
    this.edges.forEach((part, edge) => part.addEventListener("keydown", (event) => act(event, (key) => {
      const at = edge === 0 ? chart.from : chart.to;
      if (key in moves) return () => this.drag(edge, at + moves[key] * (chart.to - chart.from));
      if (key === "Home" || key === "End") return () => this.drag(edge, key === "Home" ? 0 : chart.end);
      return undefined;
    })));
  }

  /** By mouse or finger: drags the window or an edge of it; elsewhere, the window comes there first. */
  pointer() {
    const { place, chart } = this;
    const at = (event) => this.time(event.clientX - place.getBoundingClientRect().left);
    let held = null;
    place.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || held) return;
      const time = at(event);
      const edge = this.edges.indexOf(event.target);
      if (edge < 0 && event.target !== this.window) {
        const half = (chart.to - chart.from) / 2;
        this.show(time - half, time + half);
      }
      held = { id: event.pointerId, edge, away: (edge === 1 ? chart.to : chart.from) - time };
      place.setPointerCapture(event.pointerId);
      (edge < 0 ? this.window : this.edges[edge]).focus({ preventScroll: true });
      event.preventDefault();
    });
    place.addEventListener("pointermove", (event) => {
      if (!held || held.id !== event.pointerId) return;
      const time = at(event) + held.away;
      if (held.edge >= 0) this.drag(held.edge, time);
      else this.show(time, time + chart.to - chart.from);
    });
    for (const end of ["pointerup", "pointercancel"]) place.addEventListener(end, (event) => { if (held?.id === event.pointerId) held = null; });
  }
}
