// The timeline's controls: play, step, search, zoom, by mouse, touch and keyboard.
"use strict";

function timeline() {
  const { run } = data;
  const hint = byId("timeline-hint");
  if (!run || run.time.length === 0) {
    hint.textContent = run ? "The run has no events." : data.run_note;
    return;
  }
  const size = run.time.length;
  hint.append(`${runName(run)}: `, element("code", {}, run.command), run.note ? ` ${run.note}` : "");
  const canvas = element("canvas", { tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Gantt chart of actors over virtual time. Arrow keys step through events, plus and minus zoom.");
  canvas.setAttribute("aria-describedby", "timeline-keys");
  const height = Math.max(220, Math.min(560, HEAD + run.actors.length * ROW));
  canvas.style.height = `${height}px`;
  byId("timeline-chart").append(canvas);
  const tip = element("div", { className: "tip", hidden: true });
  byId("timeline-chart").append(tip);
  const chart = new Chart(run, canvas, height);
  const overview = new Overview(chart, byId("timeline-overview"));
  const folds = new FoldButtons(chart, byId("timeline-chart"));
  chart.followers.push(() => overview.follow(), () => folds.follow(), () => showWindow(chart));
  let playing = null;
  let found = [];

  const button = (text, label, act) => {
    const made = element("button", { type: "button", title: label, "aria-label": label }, text);
    made.addEventListener("click", act);
    return made;
  };
  const play = button("▶ Play", "Play or pause (space)", () => toggle());
  const scrub = element("input", { type: "range", className: "scrub", min: "0", max: String(size - 1), step: "1", value: "0" });
  scrub.setAttribute("aria-label", "Event");
  const search = element("input", { type: "search", placeholder: "actor, message or kind", autocomplete: "off", spellcheck: false });
  const matches = element("span", { className: "hint" });
  matches.setAttribute("role", "status");
  const [speedLabel, speed] = select("Speed", [[2, "2 events/s"], [8, "8 events/s"], [30, "30 events/s"], [120, "120 events/s"]], 8, () => { if (playing) { pause(); toggle(); } });
  byId("timeline-controls").append(
    button("First", "First event (Home)", () => go(0)),
    button("◀ Step", "One event back (left arrow)", () => go(chart.current - 1)),
    play,
    button("Step ▶", "One event on (right arrow)", () => go(chart.current + 1)),
    button("Last", "Last event (End)", () => go(size - 1)),
    speedLabel,
    button("+", "Zoom in (+)", () => zoom(0.5)),
    button("−", "Zoom out (-)", () => zoom(2)),
    button("Fit", "Whole run (0)", () => fit()),
    element("label", { className: "grow" }, "Search (/)", search),
    button("‹", "Match before (N)", () => jump(-1)),
    button("›", "Next match (n)", () => jump(1)),
    matches,
  );
  const list = element("tbody");
  const now = element("p", { className: "now" });
  now.setAttribute("aria-live", "polite");
  now.id = "timeline-now";
  const table = element("table", { "aria-label": "Events around the current one" },
    element("thead", {}, element("tr", {}, ...["time", "actor", "what", "message"].map((name) => element("th", { scope: "col", className: "left" }, name)))), list);
  byId("timeline-detail").append(scrub, element("div", { className: "detail" }, element("div", {}, now, keys()), element("div", { className: "scroll" }, table)));

  function go(at) {
    chart.current = Math.max(0, Math.min(size - 1, at));
    chart.reveal(chart.current);
    show();
    if (chart.current === size - 1) pause();
  }

  function show() {
    chart.draw();
    scrub.value = String(chart.current);
    scrub.setAttribute("aria-valuetext", `event ${chart.current + 1} of ${size}`);
    now.textContent = recordText(run, chart.current);
    const first = Math.max(0, Math.min(chart.current - 3, size - 9));
    list.replaceChildren();
    for (let at = first; at < Math.min(size, first + 9); at += 1) {
      const text = run.text[at] >= 0 ? run.texts[run.text[at]] : "";
      const said = activityOf(run, at);
      const cells = [seconds(run.time[at]), actorName(run, run.receiver[at]), run.kinds[run.kind[at]], said ? `${said}: ${text}` : text];
      const line = element("tr", {}, ...cells.map((cell) => element("td", { title: cell }, cell)));
      line.children[1].title = run.actors[run.receiver[at]];
      if (at === chart.current) line.setAttribute("aria-current", "true");
      line.addEventListener("click", () => go(at));
      list.append(line);
    }
  }

  function pause() {
    clearInterval(playing);
    playing = null;
    play.textContent = "▶ Play";
    play.setAttribute("aria-pressed", "false");
    now.setAttribute("aria-live", "polite");
  }

  function toggle() {
    if (playing) { pause(); return; }
    if (chart.current === size - 1) go(0);
    play.textContent = "⏸ Pause";
    play.setAttribute("aria-pressed", "true");
    // A hundred sentences a second are no help.
    now.setAttribute("aria-live", "off");
    playing = setInterval(() => go(chart.current + 1), 1000 / Number(speed.value));
  }

  function zoom(factor, around = run.time[chart.current]) {
    chart.zoom(factor, around >= chart.from && around <= chart.to ? around : undefined);
    chart.draw();
  }

  function fit() {
    chart.fit();
    chart.draw();
  }

  /** Opens or closes the folded arrow that the current event belongs to. */
  function unfold() {
    const arrow = chart.parts.arrows.find(({ at, fold }) => at === chart.current && fold >= 0);
    if (arrow) folds.toggle(arrow.fold);
  }

  function jump(by) {
    if (found.length === 0) return;
    const next = by > 0 ? found.find((at) => at > chart.current) : found.findLast((at) => at < chart.current);
    go(next ?? (by > 0 ? found[0] : found[found.length - 1]));
    matches.textContent = `match ${found.indexOf(chart.current) + 1} of ${found.length}`;
  }

  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    found = [];
    if (wanted) for (let at = 0; at < size; at += 1) if (recordHas(run, at, wanted)) found.push(at);
    chart.found = new Set(found);
    const isNamed = (path, actor) => [path, actorName(run, actor)].some((name) => name.toLowerCase().includes(wanted));
    chart.foundActors = new Set(wanted ? run.actors.flatMap((path, actor) => (isNamed(path, actor) ? [actor] : [])) : []);
    matches.textContent = wanted ? `${found.length} ${found.length === 1 ? "match" : "matches"}` : "";
    chart.draw();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") jump(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") canvas.focus();
  });
  scrub.addEventListener("input", () => go(Number(scrub.value)));

  const acts = {
    ArrowRight: (event) => (event.shiftKey ? panBy(0.2) : go(chart.current + 1)),
    ArrowLeft: (event) => (event.shiftKey ? panBy(-0.2) : go(chart.current - 1)),
    ArrowDown: () => scrollBy(ROW),
    ArrowUp: () => scrollBy(-ROW),
    Home: () => go(0),
    End: () => go(size - 1),
    " ": toggle,
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(2),
    0: fit,
    n: () => jump(1),
    N: () => jump(-1),
    "/": () => search.focus(),
    Enter: unfold,
  };
  canvas.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  });
  const panBy = (share) => { chart.pan(share); chart.draw(); };
  const scrollBy = (pixels) => { chart.scrollBy(pixels); chart.draw(); };

  pointer(chart, canvas, tip, { go, zoom });
  const stretch = firstReadable(chart);
  const air = stretch ? (stretch.to - stretch.from) * 0.01 : 0;
  if (stretch) chart.view(stretch.from - air, stretch.to + air);
  else chart.fit();
  drawings.push(show, () => overview.draw());
}

/** Drag to pan, wheel with Ctrl to zoom, click to choose, hover to read. */
function pointer(chart, canvas, tip, { go, zoom }) {
  const held = new Map();
  let moved = false;
  const place = (event) => { const box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; };
  canvas.addEventListener("pointerdown", (event) => {
    held.set(event.pointerId, place(event));
    moved = false;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const { x, y } = place(event);
    const last = held.get(event.pointerId);
    if (!last) { hover(x, y); return; }
    if (!moved && Math.hypot(x - last.x, y - last.y) < 4) return;
    moved = true;
    tip.hidden = true;
    if (held.size === 1) {
      chart.pan((last.x - x) / chart.room);
      if (event.pointerType === "mouse") chart.scrollBy(last.y - y);
    } else {
      const other = [...held].find(([id]) => id !== event.pointerId)[1];
      const before = Math.max(20, Math.abs(last.x - other.x));
      chart.zoom(before / Math.max(20, Math.abs(x - other.x)), chart.time((x + other.x) / 2));
    }
    held.set(event.pointerId, { x, y });
    chart.draw();
  });
  const release = (event) => {
    if (held.delete(event.pointerId) && !moved && event.type === "pointerup") {
      const { x, y } = place(event);
      const at = chart.under(x, y);
      if (at !== null) go(at);
    }
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 120), chart.time(place(event).x));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) { chart.pan((event.deltaX || event.deltaY) / chart.width); chart.draw(); }
    else if (chart.most > 0 && (event.deltaY < 0 ? chart.scroll > 0 : chart.scroll < chart.most)) { chart.scrollBy(event.deltaY); chart.draw(); }
    else return;
    event.preventDefault();
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => zoom(0.5, chart.time(place(event).x)));

  function hover(x, y) {
    const at = chart.under(x, y);
    tip.hidden = at === null;
    if (at === null) return;
    tip.style.whiteSpace = "normal";
    tip.style.maxWidth = "24rem";
    tip.textContent = recordText(chart.run, at);
    tip.style.left = x < chart.width / 2 ? `${x + 14}px` : "";
    tip.style.right = x < chart.width / 2 ? "" : `${chart.width - x + 14}px`;
    tip.style.top = `${Math.max(4, Math.min(chart.height - 70, y + 12))}px`;
  }
}

function keys() {
  const line = element("p", { className: "keys", id: "timeline-keys" });
  const all = [["←", "→", "step"], ["space", "play, pause"], ["+", "-", "0", "zoom, fit"], ["Shift ←", "Shift →", "pan"], ["↑", "↓", "actors"], ["Enter", "open or fold polling"], ["/", "n", "N", "search, matches"], ["Home", "End", "ends"]];
  all.forEach((group, at) => {
    for (const key of group.slice(0, -1)) line.append(element("kbd", {}, key), " ");
    line.append(group[group.length - 1], at < all.length - 1 ? " · " : "");
  });
  line.append(element("br"), "Bars: busy, or who held a resource; thin bars: a message waits in the mailbox, or a claim in the line; arrows: messages; dashed: lost or undeliverable; crosses: deaths and what came of them; diamonds: found; × 42: as many questions and answers, which a click opens. The strip above is the whole run: drag its window or the edges of it, or use arrow keys there. Drag to pan, Ctrl and wheel to zoom, click an event.");
  return line;
}
