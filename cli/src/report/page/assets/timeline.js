// One run as a Gantt chart of actors over virtual time: what it is made of.
"use strict";

/** What an actor is called by its model, or its path. */
const actorName = (run, actor) => run.titles[actor] ?? run.actors[actor];

/** Busy and waiting spans and arrows, as the page says which records have them. */
function gantt(run) {
  const span = (at, from, to = run.time[at], actor = run.receiver[at]) => ({ at, from, to, actor });
  const { bars, waits } = run;
  const arrows = run.arrows.at.map((at, place) => ({ at, from: run.from[at], to: run.time[at], sender: run.sender[at], receiver: run.receiver[at], lost: run.arrows.lost[place], fold: run.arrows.fold[place] }));
  // The bars of resources say who held them, which is in the record anyway.
  const own = bars.at.map((at, place) => [at, bars.says[place]]).filter(([at], place) => bars.row[place] === run.receiver[at]);
  run.said = new Map(own);
  return {
    bars: bars.at.map((at, place) => ({ ...span(at, bars.since[place], bars.until[place], bars.row[place]), says: bars.says[place], lane: bars.lane[place], lanes: run.lanes[bars.row[place]] })),
    waits: waits.at.map((at, place) => span(at, waits.since[place])),
    arrows,
    folds: foldsOf(run, arrows),
  };
}

/** What the actor of record `at` has done until then, if its model has words of its own for that. */
function activityOf(run, at) {
  const said = run.said.get(at) ?? -1;
  return said >= 0 && said !== run.text[at] ? run.texts[said] : "";
}

/** Whether record `at` has that text in its actors, its message or its kind. */
function recordHas(run, at, wanted) {
  const names = [run.receiver[at], run.sender[at]].filter((actor) => actor >= 0).flatMap((actor) => [run.actors[actor], actorName(run, actor)]);
  const texts = [...names, activityOf(run, at), run.text[at] >= 0 ? run.texts[run.text[at]] : "", run.kinds[run.kind[at]]];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

/** One record as a sentence. */
function recordText(run, at) {
  const from = run.sender[at] >= 0 && run.sender[at] !== run.receiver[at] ? ` from ${actorName(run, run.sender[at])}` : "";
  const text = run.text[at] >= 0 ? ` ${run.texts[run.text[at]]}` : "";
  const activity = activityOf(run, at);
  return `Event ${run.event[at]} at ${seconds(run.time[at])}: ${actorName(run, run.receiver[at])} ${run.kinds[run.kind[at]]}${text}${from}${activity ? `, after ${activity}` : ""}`;
}
