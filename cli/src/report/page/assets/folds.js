// Polling on the timeline: many questions and their answers as one arrow, with a button that opens it.
"use strict";

/** The folded arrows: who asks whom, from when to when, and how often. */
function foldsOf(run, arrows) {
  const folds = run.folds.map((count) => ({ count, from: Infinity, to: -Infinity }));
  for (const { at, fold, from, to, sender, receiver } of arrows) {
    if (fold < 0) continue;
    const known = folds[fold];
    // The first arrow is a question.
    if (known.asker === undefined) Object.assign(known, { asker: sender, asked: receiver, question: run.text[at] >= 0 ? run.texts[run.text[at]] : "" });
    known.from = Math.min(known.from, from);
    known.to = Math.max(known.to, to);
  }
  return folds;
}

/** The part of a fold that is seen, and the place of its arrow in the middle of that. */
const seenOf = (chart, fold) => [Math.max(chart.margin, chart.x(fold.from)), Math.min(chart.margin + chart.room, chart.x(fold.to))];
const middleOf = (chart, fold) => { const [left, right] = seenOf(chart, fold); return (left + right) / 2; };

/** Draws an arrow with two heads for each fold that is closed, in the middle of what is seen of it. */
function drawFolds(chart, context) {
  chart.parts.folds.forEach((fold, at) => {
    if (chart.opened.has(at) || fold.to < chart.from || fold.from > chart.to) return;
    const [left, right] = seenOf(chart, fold);
    const [x, y0, y1] = [middleOf(chart, fold), chart.y(fold.asker), chart.y(fold.asked)];
    context.strokeStyle = context.fillStyle = colour("arrow");
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, y0);
    context.lineTo(x, y1);
    // How long it goes on.
    context.moveTo(left, y1);
    context.lineTo(right, y1);
    context.stroke();
    head(context, x, y0, y1 > y0 ? -Math.PI / 2 : Math.PI / 2, 8);
    head(context, x, y1, y1 > y0 ? Math.PI / 2 : -Math.PI / 2, 8);
  });
}

/** The buttons on folded arrows, which stand on the canvas and keep the focus when it is drawn. */
class FoldButtons {
  constructor(chart, place) {
    Object.assign(this, { chart, place, made: new Map() });
  }

  toggle(at) {
    const { opened } = this.chart;
    if (!opened.delete(at)) opened.add(at);
    this.chart.draw();
  }

  button(at) {
    if (!this.made.has(at)) {
      const button = element("button", { type: "button", className: "fold" });
      button.addEventListener("click", () => this.toggle(at));
      this.made.set(at, button);
      this.place.append(button);
    }
    return this.made.get(at);
  }

  /** Puts the buttons of what is seen on their arrows, where they cover no other. */
  follow() {
    const { chart } = this;
    const taken = [];
    const shown = new Set();
    chart.parts.folds.forEach((fold, at) => {
      const y = (chart.y(fold.asker) + chart.y(fold.asked)) / 2;
      if (fold.to < chart.from || fold.from > chart.to || y < HEAD + 12 || y > chart.height - 12) return;
      const open = chart.opened.has(at);
      const middle = middleOf(chart, fold);
      const text = open ? `fold ${fold.count}` : `× ${fold.count}`;
      const half = 14 + text.length * 4;
      // Beside the arrow, so that its heads are seen.
      const x = Math.max(chart.margin + half, middle + 2 * half + 6 < chart.width ? middle + half + 6 : middle - half - 6);
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 26)) return;
      taken.push({ x, y, half });
      shown.add(at);
      const button = this.button(at);
      button.textContent = text;
      button.setAttribute("aria-expanded", String(open));
      button.setAttribute("aria-label", `${text}: ${actorName(chart.run, fold.asker)} asks ${actorName(chart.run, fold.asked)} ${fold.count} times${fold.question ? `, ${fold.question}` : ""}`);
      button.title = open ? "Draw these questions and answers as one arrow" : "Draw each question and answer";
      button.hidden = false;
      Object.assign(button.style, { left: `${x}px`, top: `${y}px` });
    });
    for (const [at, button] of this.made) if (!shown.has(at)) button.hidden = true;
  }
}
