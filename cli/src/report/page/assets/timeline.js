// One run as a Gantt chart of actors over virtual time: what it is made of.
"use strict";

/** Busy and waiting spans and arrows, as the page says which records have them. */
function gantt(run) {
  const span = (at, from) => ({ at, from, to: run.time[at], actor: run.receiver[at] });
  const { bars, waits, arrows } = run;
  return {
    bars: bars.at.map((at, place) => ({ ...span(at, run.from[at]), lane: bars.lane[place], lanes: run.lanes[run.receiver[at]] })),
    waits: waits.at.map((at, place) => span(at, waits.since[place])),
    arrows: arrows.at.map((at, place) => ({ at, from: run.from[at], to: run.time[at], sender: run.sender[at], receiver: run.receiver[at], lost: arrows.lost[place] })),
  };
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
