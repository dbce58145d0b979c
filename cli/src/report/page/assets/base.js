// What all parts of the page use: the data, numbers as text, elements, colours.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);

const byId = (id) => document.getElementById(id);

/** An element with properties and children. Texts stay texts. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A number with so many significant digits, without an exponent where it is readable. */
function number(value, digits = 6) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(Math.min(3, digits - 1)).replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

const withUnit = (measure) => (measure.unit === "1" ? measure.name : `${measure.name} (${measure.unit})`);

/** Nanoseconds as text, in seconds; no more places than the width of the view needs. */
function seconds(nanos, width = 0) {
  const places = width > 0 ? Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(width / 1e9)))) : 9;
  const text = (nanos / 1e9).toFixed(places);
  return `${width > 0 || !text.includes(".") ? text : text.replace(/\.?0+$/, "")} s`;
}

const DAY = 86400e9;

/** The width between two marks of a scale of time that is at least `least` wide, in nanoseconds. */
function timeStep(least) {
  const wide = (step) => step >= least;
  if (least > DAY || least < 30e9) {
    const unit = least > DAY ? DAY : 1;
    const power = unit * 10 ** Math.floor(Math.log10(least / unit));
    return [1, 2, 5, 10].map((times) => times * power).find(wide);
  }
  return [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map((step) => step * 1e9).find(wide);
}

/** Nanoseconds on a scale with that step: days, hours and minutes if it is wide, else seconds. */
function clock(nanos, step) {
  if (step < 60e9) return seconds(nanos, step * 10);
  const minutes = Math.round(nanos / 60e9);
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  const text = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return text.length === 0 ? "0" : text.join(" ");
}

/** A span of nanoseconds in the unit that suits it. */
function span(nanos) {
  const units = [[DAY, "d"], [3600e9, "h"], [60e9, "min"], [1e9, "s"], [1e6, "ms"], [1e3, "us"]];
  const [size, unit] = units.find(([size]) => nanos >= 2 * size) ?? (nanos >= 1e9 ? [1e9, "s"] : [1, "ns"]);
  return nanos === 0 ? "0 s" : `${number(nanos / size, 3)} ${unit}`;
}

const pointName = (point) =>
  data.factors.length === 0
    ? "the only point"
    : data.factors.map((factor, at) => `${factor.name} ${data.points[point].levels[at]}`).join(", ");

/** The run that resources and timeline are of. */
const runName = ({ replication, point }) => (data.points ? `Replication ${replication} at ${pointName(point)}` : `Replication ${replication}`);

/** A select with a label; `options` are pairs of value and text. */
function select(label, options, value, changed) {
  const field = element("select");
  for (const [key, text] of options) field.append(element("option", { value: String(key) }, text));
  field.value = String(value);
  field.addEventListener("change", () => changed(field.value));
  return [element("label", {}, label, field), field];
}

const colours = new Map();

/** The colour of that name in the theme that is shown; asked for once a theme. */
function colour(name) {
  if (!colours.has(name)) colours.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return colours.get(name);
}

// Lines differ by colour, dash and marker, so that none is needed to tell them apart.
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 2], [12, 4], [6, 2, 1, 2]];
const MARKERS = ["circle", "square", "triangle", "diamond", "cross", "plus", "ring", "box"];

function marker(context, shape, x, y, size) {
  context.beginPath();
  const r = size;
  if (shape === "circle" || shape === "ring") context.arc(x, y, r, 0, 2 * Math.PI);
  else if (shape === "square" || shape === "box") context.rect(x - r, y - r, 2 * r, 2 * r);
  else if (shape === "triangle") {
    context.moveTo(x, y - r * 1.2);
    context.lineTo(x + r * 1.15, y + r);
    context.lineTo(x - r * 1.15, y + r);
    context.closePath();
  } else if (shape === "diamond") {
    context.moveTo(x, y - r * 1.3);
    context.lineTo(x + r * 1.3, y);
    context.lineTo(x, y + r * 1.3);
    context.lineTo(x - r * 1.3, y);
    context.closePath();
  } else {
    const turned = shape === "cross";
    const d = turned ? r : r * 1.3;
    context.moveTo(x - d, turned ? y - d : y);
    context.lineTo(x + d, turned ? y + d : y);
    context.moveTo(turned ? x - d : x, turned ? y + d : y - d);
    context.lineTo(turned ? x + d : x, turned ? y - d : y + d);
    context.stroke();
    return;
  }
  if (shape === "ring" || shape === "box") context.stroke();
  else context.fill();
}

/** The window of the timeline, for all that shows it beside the whole run; what does is in `follow`. */
const shownWindow = { from: 0, to: Infinity, follow: [] };
function showWindow({ from, to }) {
  Object.assign(shownWindow, { from, to });
  shownWindow.follow.forEach((follow) => follow());
}

/** What is drawn on canvases and has to be drawn anew in another theme or width. */
const drawings = [];
function redraw() {
  colours.clear();
  drawings.forEach((draw) => draw());
}
