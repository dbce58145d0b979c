// The canvas of the timeline: draws a view of it, and tells what is under the pointer.
"use strict";

const ROW = 34;
const HEAD = 30;

/** Draws `chart.run` on `canvas`, for the view and the record that `chart` names. */
class Chart {
  constructor(run, canvas, height) {
    Object.assign(this, { run, canvas, height, parts: gantt(run) });
    this.end = Math.max(1, run.end);
    this.from = 0;
    this.to = this.end;
    this.scroll = 0;
    this.current = 0;
    this.found = new Set();
    this.foundActors = new Set();
    /** The folded arrows that are open. */
    this.opened = new Set();
    /** What follows the view. */
    this.followers = [];
  }

  get width() { return this.canvas.clientWidth; }
  get margin() { return Math.min(230, Math.max(90, this.width * 0.22)); }
  /** The width of the part with times. */
  get room() { return Math.max(1, this.width - this.margin - 12); }
  get most() { return Math.max(0, this.run.actors.length * ROW - (this.height - HEAD)); }

  x(time) { return this.margin + ((time - this.from) / (this.to - this.from)) * this.room; }
  y(actor) { return HEAD + actor * ROW + ROW / 2 - this.scroll; }
  time(x) { return this.from + ((x - this.margin) / this.room) * (this.to - this.from); }

  /** Shows the times from `from` to `to`, kept within the run and a nanosecond apart. */
  view(from, to) {
    const span = Math.max(10, Math.min(this.end * 1.04, to - from));
    const start = Math.max(-this.end * 0.02, Math.min(from, this.end * 1.02 - span));
    this.from = start;
    this.to = start + span;
  }

  /** Shows the whole run. */
  fit() { this.view(-this.end * 0.01, this.end * 1.02); }

  zoom(factor, around = (this.from + this.to) / 2) {
    this.view(around - (around - this.from) * factor, around + (this.to - around) * factor);
  }

  pan(share) {
    const by = (this.to - this.from) * share;
    this.view(this.from + by, this.to + by);
  }

  scrollBy(pixels) { this.scroll = Math.max(0, Math.min(this.most, this.scroll + pixels)); }

  /** Moves the view so that record `at` is in it. */
  reveal(at) {
    const time = this.run.time[at];
    const span = this.to - this.from;
    if (time < this.from + span * 0.02 || time > this.to - span * 0.06) this.view(time - span * 0.3, time + span * 0.7);
    const y = this.y(this.run.receiver[at]);
    if (y < HEAD + ROW / 2) this.scrollBy(y - HEAD - ROW / 2);
    if (y > this.height - ROW / 2) this.scrollBy(y - this.height + ROW / 2);
  }

  draw() {
    const { canvas, width, height } = this;
    const context = sized(canvas, height);
    context.fillStyle = colour("back");
    context.fillRect(0, 0, width, height);
    context.textBaseline = "middle";
    this.drawRows(context);
    context.save();
    context.beginPath();
    context.rect(this.margin, HEAD, width - this.margin, height - HEAD);
    context.clip();
    this.drawSpans(context);
    this.drawArrows(context);
    drawFolds(this, context);
    this.drawEvents(context);
    context.restore();
    this.drawScale(context);
    this.followers.forEach((follow) => follow());
  }

  drawRows(context) {
    const font = "13px system-ui, 'DejaVu Sans', sans-serif";
    this.run.actors.forEach((_, actor) => {
      const y = this.y(actor);
      if (y < HEAD - ROW || y > this.height + ROW) return;
      context.fillStyle = this.foundActors.has(actor) ? colour("mark") : actor % 2 ? colour("panel") : colour("back");
      context.fillRect(0, y - ROW / 2, this.width, ROW);
      context.font = this.run.receiver[this.current] === actor ? `600 ${font}` : font;
      context.fillStyle = colour("text");
      context.textAlign = "left";
      context.fillText(shorten(context, actorName(this.run, actor), this.margin - 18), 10, y);
    });
    context.strokeStyle = colour("line");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(this.margin - 0.5, HEAD);
    context.lineTo(this.margin - 0.5, this.height);
    context.stroke();
  }

  drawSpans(context) {
    context.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    context.textAlign = "left";
    const seen = new Map();
    const visible = ({ from, to, actor }) => to >= this.from && from <= this.to && Math.abs(this.y(actor) - this.height / 2) < this.height;
    context.fillStyle = colour("wait");
    for (const wait of this.parts.waits.filter(visible)) context.fillRect(this.x(wait.from), this.y(wait.actor) + 11, Math.max(1, this.x(wait.to) - this.x(wait.from)), 4);
    const [fill, line, text] = [colour("bar"), colour("bar-line"), colour("text")];
    for (const bar of this.parts.bars) {
      if (!visible(bar)) continue;
      const [left, right] = [this.x(bar.from), this.x(bar.to)];
      // A pixel that is drawn already needs no second bar: millions may lie on it.
      const key = bar.actor * 4 + bar.lane;
      if (right - left < 1 && Math.floor(right) === seen.get(key)) continue;
      seen.set(key, Math.floor(right));
      const high = 20 / bar.lanes;
      const top = this.y(bar.actor) - 10 + bar.lane * high;
      context.fillStyle = fill;
      context.fillRect(left, top, Math.max(1, right - left), high - (bar.lanes > 1 ? 1 : 0));
      if (right - left > 3) {
        context.strokeStyle = bar.at === this.current ? colour("c1") : line;
        context.lineWidth = bar.at === this.current ? 2.5 : 1;
        context.strokeRect(left, top, right - left, high - (bar.lanes > 1 ? 1 : 0));
      }
      const from = Math.max(left, this.margin) + 4;
      if (Math.min(right, this.width) - from > 30 && high > 10) {
        context.fillStyle = text;
        const word = bar.says >= 0 ? this.run.texts[bar.says] : "busy";
        context.fillText(shorten(context, word, Math.min(right, this.width) - from - 4, true), from, top + high / 2 + 0.5);
      }
    }
  }

  drawArrows(context) {
    const drawn = new Set();
    const marks = (at) => at === this.current || this.found.has(at);
    const isFolded = ({ at, fold }) => fold >= 0 && !this.opened.has(fold) && !marks(at);
    const shown = this.parts.arrows.filter((arrow) => arrow.to >= this.from && arrow.from <= this.to && !isFolded(arrow));
    // Where arrows are as close as hatching, the bars behind them should be seen.
    const faint = Math.max(0.3, Math.min(0.85, (this.width - this.margin) / (shown.length * 8)));
    for (const arrow of shown) {
      const [x0, x1, y0, y1] = [this.x(arrow.from), this.x(arrow.to), this.y(arrow.sender), this.y(arrow.receiver)];
      const marked = marks(arrow.at);
      const key = `${Math.round(x0)} ${Math.round(x1)} ${arrow.sender} ${arrow.receiver} ${arrow.lost}`;
      if (!marked && drawn.has(key)) continue;
      drawn.add(key);
      context.strokeStyle = context.fillStyle = arrow.at === this.current ? colour("c1") : arrow.lost ? colour("bad") : colour("arrow");
      context.globalAlpha = marked ? 1 : faint;
      context.lineWidth = marked ? 2.5 : 1.1;
      context.setLineDash(arrow.lost ? [4, 3] : []);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
      context.setLineDash([]);
      head(context, x1, y1, Math.atan2(y1 - y0, x1 - x0), marked ? 9 : 6);
    }
    context.globalAlpha = 1;
  }

  drawEvents(context) {
    const { run } = this;
    const drawn = new Set();
    context.fillStyle = colour("text");
    for (let at = 0; at < run.time.length; at += 1) {
      if (run.time[at] < this.from || run.time[at] > this.to) continue;
      const [x, y] = [this.x(run.time[at]), this.y(run.receiver[at])];
      const mark = run.marks[run.kind[at]];
      const found = this.found.has(at);
      const key = `${Math.round(x)} ${run.receiver[at]} ${mark === "ended"}`;
      if (!found && drawn.has(key)) continue;
      drawn.add(key);
      if (found) {
        context.fillStyle = colour("c3");
        marker(context, "diamond", x, y, 5);
      } else if (mark === "handled") {
        context.fillStyle = colour("text");
        marker(context, "circle", x, y, 2.2);
      } else if (mark === "ended") {
        context.strokeStyle = colour("bad");
        context.lineWidth = 2;
        marker(context, "cross", x, y, 4);
      } else {
        context.strokeStyle = colour("text");
        context.lineWidth = 1;
        marker(context, "ring", x, y, 3);
      }
    }
    const x = this.x(run.time[this.current]);
    context.strokeStyle = context.fillStyle = colour("c1");
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, HEAD);
    context.lineTo(x, this.height);
    context.stroke();
    context.lineWidth = 2.5;
    marker(context, "ring", x, this.y(run.receiver[this.current]), 7);
  }

  drawScale(context) {
    const span = this.to - this.from;
    const room = Math.max(2, Math.floor((this.width - this.margin) / 105));
    const step = timeStep(span / room);
    context.fillStyle = colour("back");
    context.fillRect(0, 0, this.width, HEAD);
    context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    context.fillStyle = colour("quiet");
    context.textAlign = "left";
    context.fillText("virtual time", 10, HEAD / 2);
    context.strokeStyle = colour("line");
    context.lineWidth = 1;
    context.textAlign = "center";
    for (let at = Math.ceil(Math.max(0, this.from) / step); at * step <= this.to; at += 1) {
      const x = this.x(at * step);
      if (x < this.margin - 1) continue;
      context.beginPath();
      context.moveTo(x, HEAD - 6);
      context.lineTo(x, HEAD);
      context.stroke();
      const text = clock(at * step, step);
      const half = context.measureText(text).width / 2;
      if (x - half > this.margin - 40 && x + half < this.width) context.fillText(text, x, HEAD / 2);
    }
    context.beginPath();
    context.moveTo(0, HEAD - 0.5);
    context.lineTo(this.width, HEAD - 0.5);
    context.stroke();
  }

  /** The record nearest to a place on the canvas, at most 12 pixels away; or the bar there. */
  under(px, py) {
    const { run } = this;
    let best = null;
    let distance = 12;
    for (let at = 0; at < run.time.length; at += 1) {
      const away = Math.hypot(this.x(run.time[at]) - px, this.y(run.receiver[at]) - py);
      if (away < distance) [best, distance] = [at, away];
    }
    if (best !== null || px < this.margin) return best;
    const bar = this.parts.bars.find((known) => Math.abs(this.y(known.actor) - py) < 11 && this.x(known.from) <= px && px <= this.x(known.to));
    return bar ? bar.at : null;
  }
}

/** The head of an arrow that comes from that angle. */
function head(context, x, y, angle, size) {
  context.beginPath();
  context.moveTo(x, y);
  for (const side of [-0.42, 0.42]) context.lineTo(x - size * Math.cos(angle + side), y - size * Math.sin(angle + side));
  context.closePath();
  context.fill();
}

/** The context of a canvas of that height, with a pixel of the screen for each of its own. */
function sized(canvas, height) {
  const ratio = devicePixelRatio;
  const [wide, high] = [Math.round(canvas.clientWidth * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** A text cut to a width: paths lose their beginning, messages their end. */
function shorten(context, text, width, fromEnd = false) {
  if (context.measureText(text).width <= width) return text;
  let [least, most] = [0, text.length];
  const cut = (length) => (fromEnd ? `${text.slice(0, length)}…` : `…${text.slice(text.length - length)}`);
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (context.measureText(cut(middle)).width <= width) least = middle;
    else most = middle - 1;
  }
  return least === 0 ? "" : cut(least);
}
