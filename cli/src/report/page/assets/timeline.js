// One run as a Gantt chart of actors over virtual time: what it is made of.
"use strict";

const HANDLED = ["handled", "taken", "resumed", "answered", "started"];
const ARRIVED = ["handled", "queued", "undeliverable", "answered", "started", "delayed", "lost"];

/** Busy and waiting spans, arrows and the row of each actor, from the records of a run. */
function gantt(run) {
  const bars = [];
  const waits = [];
  const arrows = [];
  const queued = new Map();
  const size = run.time.length;
  for (let at = 0; at < size; at += 1) {
    const kind = run.kinds[run.kind[at]];
    const [time, from, receiver, sender] = [run.time[at], run.from[at], run.receiver[at], run.sender[at]];
    const key = `${receiver} ${sender} ${run.cause[at]} ${run.text[at]}`;
    if (kind === "resumed" && from !== null && from < time) bars.push({ at, actor: receiver, from, to: time });
    if (kind === "queued" || kind === "delayed") {
      if (!queued.has(key)) queued.set(key, []);
      queued.get(key).push(time);
    }
    if (kind === "taken") {
      const since = queued.get(key)?.shift();
      if (since !== undefined && since < time) waits.push({ at, actor: receiver, from: since, to: time });
    }
    if (ARRIVED.includes(kind) && sender >= 0 && sender !== receiver && from !== null) arrows.push({ at, from, to: time, sender, receiver, lost: kind === "lost" || kind === "undeliverable" });
  }
  // What overlaps on one actor stands on lanes of its own, up to three.
  const free = run.actors.map(() => []);
  for (const bar of bars.sort((a, b) => a.from - b.from || a.at - b.at)) {
    const lanes = free[bar.actor];
    let lane = lanes.findIndex((end) => end <= bar.from);
    if (lane < 0) lane = lanes.length < 3 ? lanes.length : 2;
    lanes[lane] = Math.max(lanes[lane] ?? 0, bar.to);
    bar.lane = lane;
  }
  for (const bar of bars) bar.lanes = free[bar.actor].length;
  return { bars, waits, arrows };
}

/** Whether record `at` has that text in its actors, its message or its kind. */
function recordHas(run, at, wanted) {
  const texts = [run.actors[run.receiver[at]], run.sender[at] >= 0 ? run.actors[run.sender[at]] : "", run.text[at] >= 0 ? run.texts[run.text[at]] : "", run.kinds[run.kind[at]]];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

/** One record as a sentence. */
function recordText(run, at) {
  const from = run.sender[at] >= 0 && run.sender[at] !== run.receiver[at] ? ` from ${run.actors[run.sender[at]]}` : "";
  const text = run.text[at] >= 0 ? ` ${run.texts[run.text[at]]}` : "";
  return `Event ${run.event[at]} at ${seconds(run.time[at])}: ${run.actors[run.receiver[at]]} ${run.kinds[run.kind[at]]}${text}${from}`;
}
