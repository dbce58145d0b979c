// Means against a factor, warm-up: drawn by uPlot.
"use strict";

const MOST_LINES = 8;

/** A level as a number, if it is one: 4, 0.5, 500ms, 2m, 1%. */
function levelNumber(level) {
  const match = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)(ns|us|ms|s|m|min|h|d|%)?$/.exec(level);
  if (!match) return null;
  const units = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86400, "%": 0.01 };
  return Number(match[1]) * (match[2] ? units[match[2]] : 1);
}

/** Where levels stand on the axis: at their numbers if those lie far enough apart. */
function places(levels) {
  const order = levels.map((_, at) => at);
  const values = levels.map(levelNumber);
  if (values.includes(null) || levels.length < 2) return { at: order, even: true };
  const sorted = [...values].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((value, at) => value - sorted[at]);
  const range = sorted[sorted.length - 1] - sorted[0];
  return Math.min(...gaps) < range * 0.04 ? { at: order, even: true } : { at: values, even: false };
}

function axis(extra = {}) {
  return {
    stroke: colour("text"),
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { stroke: colour("line"), width: 1 },
    font: "13px system-ui, 'DejaVu Sans', sans-serif",
    labelFont: "600 13px system-ui, 'DejaVu Sans', sans-serif",
    ...extra,
  };
}

/** The width of the axis that holds those labels. */
const axisSize = (u, labels) => 22 + 7.4 * Math.max(3, ...(labels || []).map((label) => String(label).length));

const numberAxis = (label) =>
  axis({ label, size: axisSize, values: (_, ticks) => ticks.map((tick) => number(tick, 5)) });

/** The lines of the plot of means: points that differ in no other factor than `factor`. */
function lines(factor, held) {
  const found = new Map();
  data.points.forEach((point, at) => {
    if (held.some((level, other) => other !== factor && level !== null && point.levels[other] !== level)) return;
    const others = point.levels.filter((_, other) => other !== factor);
    const key = JSON.stringify(others);
    if (!found.has(key)) {
      const free = data.factors.map((known, other) => ({ known, other })).filter(({ other }) => other !== factor && held[other] === null);
      found.set(key, { name: free.map(({ known, other }) => `${known.name} ${point.levels[other]}`).join(", "), points: new Map() });
    }
    found.get(key).points.set(point.levels[factor], at);
  });
  return [...found.values()];
}

function meansPlot() {
  const place = byId("factors-plot");
  if (data.factors.length === 0) {
    byId("factors-hint").textContent = "The study has one point: there is no factor to plot against. Give --set NAME=LEVEL,LEVEL,... to vary one.";
    return;
  }
  const chosen = { measure: data.first, factor: 0 };
  const held = data.factors.map(() => null);
  let plot = null;
  const combinations = (factor) => data.factors.reduce((product, known, at) => (at === factor || held[at] !== null ? product : product * known.levels.length), 1);

  function holdEnough() {
    for (let at = data.factors.length - 1; at >= 0 && combinations(chosen.factor) > MOST_LINES; at -= 1) {
      if (at !== chosen.factor && held[at] === null) held[at] = data.factors[at].levels[0];
    }
  }

  function controls() {
    const place = byId("factors-controls");
    place.replaceChildren(
      select("Measure", data.measures.map((measure, at) => [at, withUnit(measure)]), chosen.measure, (value) => { chosen.measure = Number(value); draw(); })[0],
      select("Against", data.factors.map((factor, at) => [at, factor.name]), chosen.factor, (value) => {
        chosen.factor = Number(value);
        held.fill(null);
        holdEnough();
        controls();
        draw();
        byId("factors-controls").querySelectorAll("select")[1].focus();
      })[0],
    );
    data.factors.forEach((factor, at) => {
      if (at === chosen.factor) return;
      const options = [["", "all, a line each"], ...factor.levels.map((level) => [`=${level}`, level])];
      place.append(select(factor.name, options, held[at] === null ? "" : `=${held[at]}`, (value) => {
        held[at] = value === "" ? null : value.slice(1);
        draw();
      })[0]);
    });
  }

  function draw() {
    plot?.destroy();
    const factor = data.factors[chosen.factor];
    const measure = data.measures[chosen.measure];
    const all = lines(chosen.factor, held);
    const shown = all.slice(0, MOST_LINES);
    const { at: xs, even } = places(factor.levels);
    const order = xs.map((_, at) => at).sort((a, b) => xs[a] - xs[b]);
    const values = shown.map((line) => order.map((level) => {
      const point = line.points.get(factor.levels[level]);
      return point === undefined ? null : within(measure.bounds, data.points[point].measures[chosen.measure]);
    }));
    byId("factors-hint").textContent =
      `Means with ${number(data.level * 100)} % confidence intervals${even ? "" : "; levels stand at their values"}.` +
      (all.length > shown.length ? ` ${all.length - shown.length} lines are left out: hold a factor at one level.` : "");
    const goals = data.goals.filter((goal) => goal.measure === chosen.measure);
    const ends = values.flat().filter((value) => value && value.mean !== null).flatMap((value) => [value.low ?? value.mean, value.high ?? value.mean]).concat(goals.map((goal) => goal.limit));
    const [least, most] = ends.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
    const room = (most - least || Math.abs(most) || 1) * 0.08;
    const x = order.map((level) => xs[level]);
    const span = x[x.length - 1] - x[0] || 1;
    const shift = (at) => (at - (shown.length - 1) / 2) * 5;
    const tip = element("div", { className: "tip", hidden: true });
    const options = {
      width: place.clientWidth,
      height: Math.round(Math.min(420, Math.max(260, place.clientWidth * 0.5))),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: {
        x: { time: false, range: [x[0] - span * 0.08, x[x.length - 1] + span * 0.08] },
        y: { range: [Math.max(least - room, measure.bounds[0] ?? -Infinity), Math.min(most + room, measure.bounds[1] ?? Infinity)] },
      },
      axes: [
        axis({ label: factor.name, splits: () => x, values: () => order.map((level) => factor.levels[level]), size: 40 }),
        numberAxis(withUnit(measure)),
      ],
      series: [{}, ...shown.map((line, at) => ({ label: line.name || measure.name, stroke: colour(`c${at}`), width: 2, dash: DASHES[at], points: { show: false }, paths: () => null }))],
      hooks: {
        drawClear: [(u) => drawGoals(u, goals)],
        draw: [(u) => drawMeans(u, values, x, shift)],
        setCursor: [(u) => tell(u)],
        init: [(u) => u.over.append(tip)],
      },
    };

    function tell(u) {
      const { idx, left } = u.cursor;
      tip.hidden = idx === null || idx === undefined || left < 0;
      if (tip.hidden) return;
      const texts = shown.map((line, at) => [line.name, values[at][idx]]).filter(([, value]) => value);
      tip.textContent = [`${factor.name} ${factor.levels[order[idx]]}`, ...texts.map(([name, value]) => `${name ? `${name}: ` : ""}${value.text}`)].join("\n");
      const where = u.valToPos(x[idx], "x");
      tip.style.left = where > u.over.clientWidth / 2 ? "" : `${where + 14}px`;
      tip.style.right = where > u.over.clientWidth / 2 ? `${u.over.clientWidth - where + 14}px` : "";
      tip.style.top = "8px";
    }

    plot = new uPlot(options, [x, ...values.map((line) => line.map((value) => value?.mean ?? null))], place);
    plot.root.setAttribute("role", "img");
    plot.root.setAttribute("aria-label", `Means of ${measure.name} against ${factor.name}; the numbers are in the summary.`);
    legend(byId("factors-legend"), shown);
  }

  holdEnough();
  controls();
  drawings.push(draw);
}

/** What is drawn of an interval: half of it may be wider than what the measure can be. */
function within([lowest, highest], value) {
  const { low, high } = value;
  return { ...value, low: low === null ? null : Math.max(low, lowest ?? low), high: high === null ? null : Math.min(high, highest ?? high) };
}

/** The limits of goals, as lines across the plot. */
function drawGoals(u, goals) {
  const { ctx: context } = u;
  const ratio = devicePixelRatio;
  context.save();
  context.strokeStyle = context.fillStyle = colour("text");
  context.lineWidth = 1.5 * ratio;
  context.setLineDash([6 * ratio, 4 * ratio]);
  context.font = `600 ${13 * ratio}px system-ui, 'DejaVu Sans', sans-serif`;
  context.textAlign = "right";
  for (const goal of goals) {
    const at = u.valToPos(goal.limit, "y", true);
    context.beginPath();
    context.moveTo(u.bbox.left, at);
    context.lineTo(u.bbox.left + u.bbox.width, at);
    context.stroke();
    // The text stays within the plot.
    const isHigh = at < u.bbox.top + 20 * ratio;
    context.textBaseline = isHigh ? "top" : "bottom";
    context.fillText(goal.text, u.bbox.left + u.bbox.width - 6 * ratio, at + (isHigh ? 3 : -3) * ratio);
  }
  context.restore();
}

/** Lines between means, intervals with caps, markers: lines that meet stand side by side. */
function drawMeans(u, values, x, shift) {
  const { ctx: context } = u;
  const ratio = devicePixelRatio;
  context.save();
  context.beginPath();
  // A mean at the end of the axis keeps its marker.
  const rim = 8 * ratio;
  context.rect(u.bbox.left - rim, u.bbox.top - rim, u.bbox.width + 2 * rim, u.bbox.height + 2 * rim);
  context.clip();
  values.forEach((line, at) => {
    const px = (index) => u.valToPos(x[index], "x", true) + shift(at) * ratio;
    const py = (value) => u.valToPos(value, "y", true);
    context.strokeStyle = context.fillStyle = colour(`c${at}`);
    context.lineWidth = 2 * ratio;
    context.setLineDash(DASHES[at].map((length) => length * ratio));
    context.beginPath();
    let pen = false;
    line.forEach((value, index) => {
      if (!value || value.mean === null) { pen = false; return; }
      context[pen ? "lineTo" : "moveTo"](px(index), py(value.mean));
      pen = true;
    });
    context.stroke();
    context.setLineDash([]);
    line.forEach((value, index) => {
      if (!value || value.mean === null) return;
      if (value.low !== null) {
        const cap = 5 * ratio;
        context.lineWidth = 1.5 * ratio;
        context.beginPath();
        context.moveTo(px(index), py(value.low));
        context.lineTo(px(index), py(value.high));
        for (const end of [value.low, value.high]) {
          context.moveTo(px(index) - cap, py(end));
          context.lineTo(px(index) + cap, py(end));
        }
        context.stroke();
      }
      context.lineWidth = 2 * ratio;
      marker(context, MARKERS[at], px(index), py(value.mean), 4.5 * ratio);
    });
  });
  context.restore();
}

function legend(place, shown) {
  place.replaceChildren();
  if (shown.length < 2) return;
  shown.forEach((line, at) => {
    const canvas = element("canvas", { width: 44 * devicePixelRatio, height: 16 * devicePixelRatio, "aria-hidden": "true" });
    const context = canvas.getContext("2d");
    context.scale(devicePixelRatio, devicePixelRatio);
    context.strokeStyle = context.fillStyle = colour(`c${at}`);
    context.lineWidth = 2;
    context.setLineDash(DASHES[at]);
    context.beginPath();
    context.moveTo(0, 8);
    context.lineTo(44, 8);
    context.stroke();
    context.setLineDash([]);
    marker(context, MARKERS[at], 22, 8, 4.5);
    place.append(element("li", {}, canvas, line.name));
  });
}

/** A moving average over 2 * half + 1 values, fewer at the start, none at the end: Welch's. */
function moving(values, half) {
  return values.map((_, at) => {
    if (at + half >= values.length) return null;
    const reach = Math.min(half, at);
    const window = values.slice(at - reach, at + reach + 1);
    return window.reduce((a, b) => a + b, 0) / window.length;
  });
}

function warmUpPlot() {
  const hint = byId("warm-up-hint");
  const place = byId("warm-up-plot");
  const warmUp = data.warm_up;
  if (!warmUp || warmUp.series.length === 0) {
    hint.textContent = warmUp ? warmUp.note : "No run was made again for this page, so nothing is known of warm-up.";
    return;
  }
  const chosen = { series: 0, half: null };
  let plot = null;
  const windowOf = (series) => chosen.half ?? Math.max(1, Math.round(series.values.length / 40));

  function draw() {
    plot?.destroy();
    plot = null;
    const series = warmUp.series[chosen.series];
    const where = pointName(warmUp.point);
    hint.textContent = `${series.name} at ${where}, averaged over ${warmUp.replications} replications, observation by observation (Welch), with a moving average. ${series.verdict}` + (series.bucket > 1 ? ` Each value drawn is the mean of ${series.bucket} observations in a row.` : "");
    if (series.values.length < 2) return;
    const x = series.values.map((_, at) => (at + 0.5) * series.bucket + 0.5);
    const half = windowOf(series);
    const drawCut = (u) => {
      if (series.cut === null) return;
      const context = u.ctx;
      const at = Math.max(u.bbox.left, u.valToPos(series.cut, "x", true));
      context.save();
      context.globalAlpha = 0.16;
      context.fillStyle = colour("c4");
      context.fillRect(u.bbox.left, u.bbox.top, at - u.bbox.left, u.bbox.height);
      context.globalAlpha = 1;
      context.strokeStyle = context.fillStyle = colour("c4");
      context.lineWidth = 2 * devicePixelRatio;
      context.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
      context.beginPath();
      context.moveTo(at, u.bbox.top);
      context.lineTo(at, u.bbox.top + u.bbox.height);
      context.stroke();
      context.font = `600 ${13 * devicePixelRatio}px system-ui, 'DejaVu Sans', sans-serif`;
      context.textBaseline = "top";
      context.fillText(`MSER-5 cuts ${series.cut}`, at + 8 * devicePixelRatio, u.bbox.top + 6 * devicePixelRatio);
      context.restore();
    };
    plot = new uPlot({
      width: place.clientWidth,
      height: Math.round(Math.min(360, Math.max(240, place.clientWidth * 0.4))),
      cursor: { drag: { x: true, y: false } },
      scales: { x: { time: false } },
      axes: [axis({ label: "observation", values: (_, ticks) => ticks.map((tick) => number(tick)), size: 36 }), numberAxis(withUnit(series))],
      series: [
        { label: "observation", value: (_, value) => (value === null ? "–" : number(value)) },
        { label: "average over replications", stroke: colour("bar-line"), width: 1, points: { show: false }, value: (_, value) => number(value) },
        { label: `moving average (window ${2 * half + 1})`, stroke: colour("c1"), width: 2.5, dash: [], points: { show: false }, value: (_, value) => number(value) },
      ],
      hooks: { drawClear: [drawCut] },
    }, [x, series.values, moving(series.values, half)], place);
    plot.over.setAttribute("role", "img");
    plot.over.setAttribute("aria-label", `Warm-up of ${series.name}. ${series.verdict}`);
  }

  const controls = byId("warm-up-controls");
  if (warmUp.series.length > 1) {
    controls.append(select("Series", warmUp.series.map((series, at) => [at, withUnit(series)]), 0, (value) => { chosen.series = Number(value); chosen.half = null; draw(); })[0]);
  }
  const windows = [["", "automatic"], ...[1, 2, 5, 10, 25, 50, 100].map((half) => [half, `${2 * half + 1} values`])];
  controls.append(select("Moving average", windows, "", (value) => { chosen.half = value === "" ? null : Number(value); draw(); })[0]);
  drawings.push(draw);
}
