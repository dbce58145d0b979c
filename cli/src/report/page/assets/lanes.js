// The resources of one run, each on a lane over virtual time: its line above, its use and its
// capacity below.
"use strict";

const LANE = { width: 1000, line: 30, gap: 6, use: 42 };

function svg(tag, properties = {}, ...children) {
  // The page has one, so that no address has to be written here.
  const made = document.createElementNS(byId("resources-shapes").namespaceURI, tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Resources by the name before the number: `bed[0]` and `bed[1]` are one group. */
function grouped(resources) {
  const groups = new Map();
  for (const resource of resources) {
    const name = resource.path.replace(/\[[^\]]*\]/g, "[*]");
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(resource);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

/** The sum of some courses with the same cells; null if their cells differ. */
function summed(courses) {
  const [first] = courses;
  const same = courses.every((one) => one.start === first.start && one.width === first.width && one.mean.length === first.mean.length);
  if (!same) return null;
  const mean = first.mean.map((_, cell) => courses.reduce((sum, one) => sum + (one.mean[cell] ?? 0), 0));
  return { ...first, mean, most: mean };
}

/** What a group does together, as one resource. */
function together({ name, members }) {
  const total = (key) => members.reduce((sum, one) => sum + (one[key] ?? 0), 0);
  const parts = ["line", "use", "capacity"].map((part) => members.every((one) => one.course) && summed(members.map((one) => one.course[part])));
  const weighted = (key, by) => (total(by) === 0 ? 0 : members.reduce((sum, one) => sum + one[key] * (one[by] ?? 0), 0) / total(by));
  return {
    ...members[0],
    path: name,
    utilisation: weighted("utilisation", "capacity"),
    capacity: members.every((one) => one.capacity !== null) ? total("capacity") : null,
    in_use: total("in_use"),
    line: total("line"),
    wait: weighted("wait", "granted"),
    longest: Math.max(...members.map((one) => one.longest)),
    granted: total("granted"),
    course: parts.every(Boolean) ? { line: parts[0], use: parts[1], capacity: parts[2] } : null,
  };
}

/** The outline of a course: steps from cell to cell. */
function outline(course, x, y, values) {
  let path = "";
  values.forEach((value, cell) => {
    const from = course.start + cell * course.width;
    const to = Math.min(course.end, from + course.width);
    path += `${cell === 0 ? "M" : "L"}${x(from).toFixed(2)} ${y(value ?? 0).toFixed(2)}L${x(to).toFixed(2)} ${y(value ?? 0).toFixed(2)}`;
  });
  return path;
}

/** The value of a course at a time. */
function valueAt(course, values, time) {
  const cell = Math.floor((time - course.start) / course.width);
  return cell >= 0 && cell < values.length ? values[cell] : null;
}

/** The part of a lane that the timeline below shows; nothing if that is all of it. */
function windowOf(x, end, height) {
  const band = svg("rect", { class: "band", y: 0, height });
  const follow = () => {
    const [from, to] = [Math.max(0, shownWindow.from), Math.min(end, shownWindow.to)];
    band.setAttribute("x", String(x(from)));
    band.setAttribute("width", String(to - from >= end * 0.999 ? 0 : Math.max(2, x(to) - x(from))));
  };
  shownWindow.follow.push(follow);
  follow();
  return band;
}

function laneChart(resource, end, step) {
  const { line, use, capacity } = resource.course;
  const x = (time) => (time / end) * LANE.width;
  const height = LANE.line + LANE.gap + LANE.use;
  const chart = svg("svg", { viewBox: `0 0 ${LANE.width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": `${resource.path}: ${laneFacts(resource)}` });
  for (let at = step; at < end; at += step) chart.append(svg("line", { class: "rule", x1: x(at), x2: x(at), y1: 0, y2: height }));
  const longest = Math.max(1, ...line.most);
  const shown = resource.capacity === null ? use.most : [...use.most, ...capacity.most];
  const top = Math.max(1, ...shown);
  const onLine = (value) => LANE.line * (1 - value / longest);
  const onUse = (value) => height - LANE.use * (value / top);
  const filled = (course, y, values, base, name) => {
    if (values.length === 0) return;
    const closed = `${outline(course, x, y, values)}L${x(course.end).toFixed(2)} ${base}L${x(course.start).toFixed(2)} ${base}Z`;
    chart.append(svg("path", { class: name, d: closed }));
  };
  filled(line, onLine, line.most, LANE.line, "line-most");
  filled(line, onLine, line.mean, LANE.line, "line-mean");
  filled(use, onUse, use.mean, height, "use-mean");
  if (resource.capacity !== null) chart.append(svg("path", { class: "capacity", d: outline(capacity, x, onUse, capacity.mean) }));
  for (const base of [LANE.line, height - 0.5]) chart.append(svg("line", { class: "base", x1: 0, x2: LANE.width, y1: base, y2: base }));
  chart.append(windowOf(x, end, height));
  return { chart, longest, top };
}

const share = (value) => `${number(value * 100, 3)} %`;

function laneFacts(resource) {
  const { units, utilisation, in_use, line, wait, longest, granted } = resource;
  const used = units ? `utilisation ${share(utilisation)}` : `${number(in_use, 3)} in it on average`;
  const waits = granted > 0 ? `, wait ${span(wait)} on average, ${span(longest)} at most` : "";
  return `${used}, ${number(line, 3)} in line on average${waits}, ${granted} granted`;
}

/** One lane with its name and numbers. */
function lane(resource, end, step) {
  const name = element("div", { className: "lane-name" }, element("strong", {}, resource.path), element("span", { className: "hint" }, laneFacts(resource)));
  const body = element("div", { className: "lane-body" });
  const tops = element("div", { className: "lane-tops" });
  const made = element("div", { className: "lane" }, name, tops, body);
  if (!resource.course) {
    body.append(element("p", { className: "hint" }, "They began at different times, so they have no sum."));
    return made;
  }
  const { chart, longest, top } = laneChart(resource, end, step);
  const tip = element("div", { className: "tip", hidden: true });
  tops.append(element("span", {}, `line, up to ${number(longest, 3)}`), element("span", {}, `${resource.units ? "in use" : "level"}, up to ${number(top, 3)}`));
  body.append(chart, tip);
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const time = Math.max(0, Math.min(0.999999, (event.clientX - box.left) / box.width)) * end;
    const told = ["line", "use", "capacity"].map((part) => valueAt(resource.course[part], resource.course[part].mean, time));
    tip.hidden = false;
    const names = ["line", resource.units ? "in use" : "level", "capacity"];
    const shown = names.map((of, at) => (told[at] === null || (at === 2 && resource.capacity === null) ? null : `${of} ${number(told[at], 3)}`));
    tip.textContent = [clock(time, Math.max(1e9, resource.course.use.width)), ...shown.filter(Boolean)].join("\n");
    const at = event.clientX - box.left;
    tip.style.left = at < box.width / 2 ? `${at + 14}px` : "";
    tip.style.right = at < box.width / 2 ? "" : `${box.width - at + 14}px`;
  });
  chart.addEventListener("pointerleave", () => { tip.hidden = true; });
  return made;
}

function resourceLanes() {
  const { run } = data;
  const hint = byId("resources-hint");
  if (!run || run.resources.length === 0) {
    hint.textContent = run ? "The model has no resources, containers or stores." : data.run_note;
    return;
  }
  const end = Math.max(1, ...run.resources.map((one) => (one.course ? one.course.use.end : 0)));
  hint.append(`${runName(run)}, from 0 to ${span(end)}. Above: claims in line, with the largest number in each of ${run.resources[0].course ? run.resources[0].course.use.mean.length : 0} cells in light colour. Below: units in use, and the capacity as a line. A frame marks the part that the timeline below shows.${run.resources_note}`);
  const places = byId("resources-lanes");
  const step = timeStep(end / 8);
  const axis = element("div", { className: "lane-axis", "aria-hidden": "true" });
  for (let at = 0; at < end * 0.97; at += step) {
    const label = element("span", {}, clock(at, step));
    label.style.left = `${(at / end) * 100}%`;
    axis.append(label);
  }
  places.append(element("div", { className: "lane lane-scale" }, element("div", { className: "lane-name hint" }, "virtual time"), element("div"), element("div", { className: "lane-body" }, axis)));
  for (const group of grouped(run.resources)) {
    if (group.members.length === 1) {
      places.append(lane(group.members[0], end, step));
      continue;
    }
    const members = element("details", {}, element("summary", {}, `${group.name}: all ${group.members.length}`));
    // Drawn when they are wanted.
    members.addEventListener("toggle", () => {
      if (members.open && members.children.length === 1) members.append(...group.members.map((one) => lane(one, end, step)));
    });
    places.append(lane(together(group), end, step), members);
  }
}
