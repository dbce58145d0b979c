// Distributions: a histogram for each point, drawn by uPlot.
"use strict";

const FIGURES = 12;

function distributionPlots() {
  const place = byId("distributions-plots");
  const hint = byId("distributions-hint");
  const chosen = { measure: data.first, page: 0, own: false };
  const pages = Math.max(1, Math.ceil(data.points.length / FIGURES));
  let plots = [];

  function draw() {
    plots.forEach((plot) => plot.destroy());
    plots = [];
    place.replaceChildren();
    const measure = data.measures[chosen.measure];
    const bins = data.bins[chosen.measure];
    const what = bins.values ? "a bar for each value" : `${bins.edges.length - 1} bins, the same at all points`;
    const cuts = bins.cut && !chosen.own ? " Bars that would leave nothing to see of the others are cut, and say how tall they are." : "";
    hint.textContent = `Share of replications by ${withUnit(measure)}: ${what}.${cuts} The line is the mean, the triangles are the 5 % and 95 % quantiles.${data.goals.some((goal) => goal.measure === chosen.measure) ? " The dashed line is the limit of a goal." : ""}`;
    const first = chosen.page * FIGURES;
    const shown = data.points.slice(first, first + FIGURES).map((_, at) => first + at);
    const share = (point) => { const all = bins.counts[point].reduce((a, b) => a + b, 0); return bins.counts[point].map((count) => (all ? count / all : 0)); };
    const all = [0, bins.counts[0].length - 1];
    const figures = shown.map((point) => {
      const value = data.points[point].measures[chosen.measure];
      const caption = element("figcaption", {}, element("strong", {}, pointName(point)), element("br"), value.mean === null ? "no replication has this measure" : `mean ${value.text}, ${value.count} replications`);
      const figure = element("figure", { role: "group" }, caption);
      place.append(figure);
      return figure;
    });
    shown.forEach((point, at) => {
      if (data.points[point].measures[chosen.measure].mean !== null) {
        const shares = share(point);
        const bars = chosen.own ? [shares.findIndex((part) => part > 0), shares.findLastIndex((part) => part > 0)] : all;
        const [top, cut] = chosen.own ? scale(shares) : [bins.top, bins.cut];
        plots.push(histogram(figures[at], bins, { shares, bars, top, cut, bounds: measure.bounds, limits: data.goals.filter((goal) => goal.measure === chosen.measure).map((goal) => goal.limit) }, data.points[point].measures[chosen.measure], pointName(point)));
      }
    });
  }

  const controls = byId("distributions-controls");
  controls.append(select("Measure", data.measures.map((measure, at) => [at, withUnit(measure)]), chosen.measure, (value) => { chosen.measure = Number(value); draw(); })[0]);
  controls.append(select("Axes", [["same", "the same at all points"], ["own", "each point its own"]], "same", (value) => { chosen.own = value === "own"; draw(); })[0]);
  if (pages > 1) {
    const options = Array.from({ length: pages }, (_, at) => [at, `${at * FIGURES} to ${Math.min(data.points.length, (at + 1) * FIGURES) - 1}`]);
    controls.append(select("Points", options, 0, (value) => { chosen.page = Number(value); draw(); })[0]);
  }
  drawings.push(draw);
}

/** Up to which share the bars of one figure are drawn, and whether its tallest is cut; `Bins::scale` is that of all. */
function scale(shares) {
  const [first, second] = shares.filter((share) => share > 0).sort((a, b) => b - a);
  return second !== undefined && first > 3 * second ? [1.5 * second, true] : [first, false];
}

/** Ticks of an axis, none of which says what the measure cannot be. */
const ticksWithin = ([lowest, highest]) => (_, __, least, most, step) => {
  const from = Math.ceil(Math.max(least, lowest ?? least) / step - 1e-9);
  const to = Math.floor(Math.min(most, highest ?? most) / step + 1e-9);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => Number(((from + at) * step).toPrecision(12)));
};

/** A figure of the bars from the first to the last of `bars`, up to the share `top`; taller ones are cut. */
function histogram(place, bins, { shares, bars, top: most, cut, bounds, limits }, value, name) {
  const edges = bins.edges ?? bins.values;
  let width = bins.edges ? edges[1] - edges[0] : Math.min(...edges.slice(1).map((edge, at) => edge - edges[at]));
  if (!Number.isFinite(width) || width <= 0) width = 1;
  const [first, last] = bars;
  const range = bins.edges ? [edges[first], edges[last + 1]] : [edges[first] - width / 2, edges[last] + width / 2];
  const drawBars = (u) => {
    const context = u.ctx;
    const ratio = devicePixelRatio;
    const zero = u.valToPos(0, "y", true);
    context.save();
    context.fillStyle = colour("bar");
    context.strokeStyle = colour("bar-line");
    context.lineWidth = ratio;
    shares.forEach((share, at) => {
      if (share === 0) return;
      const left = u.valToPos(bins.edges ? edges[at] : edges[at] - 0.4 * width, "x", true);
      const right = u.valToPos(bins.edges ? edges[at + 1] : edges[at] + 0.4 * width, "x", true);
      const isCut = cut && share > most;
      const top = isCut ? u.bbox.top : u.valToPos(share, "y", true);
      const wide = Math.max(2 * ratio, right - left);
      const from = (left + right - wide) / 2;
      context.fillRect(from, top, wide, zero - top);
      context.strokeRect(from, top, wide, zero - top);
      if (isCut) drawCut(context, { from, wide, top, right: u.bbox.left + u.bbox.width }, `${number(share * 100, 3)} %`);
    });
    context.strokeStyle = context.fillStyle = colour("c1");
    context.lineWidth = 2 * ratio;
    const mean = u.valToPos(value.mean, "x", true);
    context.beginPath();
    context.moveTo(mean, u.bbox.top);
    context.lineTo(mean, zero);
    context.stroke();
    context.strokeStyle = colour("text");
    context.setLineDash([4 * ratio, 3 * ratio]);
    for (const limit of limits) {
      const at = u.valToPos(limit, "x", true);
      // A limit far from all values is not in the figure.
      if (at < u.bbox.left || at > u.bbox.left + u.bbox.width) continue;
      context.beginPath();
      context.moveTo(at, u.bbox.top);
      context.lineTo(at, zero);
      context.stroke();
    }
    context.setLineDash([]);
    for (const [p, quantile] of value.quantiles) {
      if (p === 0.05 || p === 0.95) marker(context, "triangle", u.valToPos(quantile, "x", true), zero - 5 * ratio, 4 * ratio);
    }
    context.restore();
  };
  const plot = new uPlot({
    width: place.clientWidth - 18,
    height: 190,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range }, y: { range: [0, most * 1.08] } },
    axes: [
      axis({ values: (_, ticks) => ticks.map((tick) => number(tick, 5)), splits: ticksWithin(bounds), size: 32, space: 60 }),
      axis({ values: (_, ticks) => ticks.map((tick) => `${number(tick * 100, 3)} %`), size: 54 }),
    ],
    series: [{}, { stroke: colour("bar-line"), points: { show: false }, paths: () => null }],
    hooks: { draw: [drawBars] },
  }, [edges.slice(0, shares.length), shares], place);
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", `Histogram, ${name}`);
  return plot;
}

/** A gap in a bar that is taller than the figure, and its share beside it. */
function drawCut(context, { from, wide, top, right }, text) {
  const ratio = devicePixelRatio;
  context.save();
  context.strokeStyle = colour("panel");
  context.lineWidth = 3 * ratio;
  context.beginPath();
  context.moveTo(from - 3 * ratio, top + 16 * ratio);
  context.lineTo(from + wide + 3 * ratio, top + 10 * ratio);
  context.stroke();
  context.fillStyle = colour("text");
  context.font = `600 ${12 * ratio}px system-ui, 'DejaVu Sans', sans-serif`;
  context.textBaseline = "top";
  context.textAlign = "left";
  const room = context.measureText(text).width + 6 * ratio;
  const isLeft = from + wide + room > right;
  context.fillText(text, isLeft ? from - room : from + wide + 6 * ratio, top + ratio);
  context.restore();
}
