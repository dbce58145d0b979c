//! A run as a Gantt chart: when actors were busy, when messages waited, and arrows for messages.
//!
//! The script of a page and the Python package draw it. Neither works out what is drawn.

use super::folds::Folds;
use super::recorded::{Event, Recorded};
use flagfall::record::RecordKind;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Spans that overlap on one actor stand on at most so many lanes.
const MOST_LANES: usize = 3;

/// What is drawn beside the records. Each part names its record, whose receiver and time it has.
#[derive(Debug, Default)]
struct Gantt {
    bars: Vec<Bar>,
    /// Record, and when the message came into the mailbox that it was taken from, or the claim into
    /// the line.
    waits: Vec<(usize, u64)>,
    /// Record, and whether the message was lost: it came from another actor.
    arrows: Vec<(usize, bool)>,
    /// How many lanes each actor has.
    lanes: Vec<usize>,
}

/// A span in which the receiver of a record was busy, or in which somebody held units of the sender,
/// which is a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    /// The record at its end; the record at its beginning if units are held to the end of the run.
    at: usize,
    since: u64,
    until: u64,
    /// The lane among those of its row.
    lane: usize,
}

impl Bar {
    /// The bar that ends with a record. The record also says when it began.
    fn ending(at: usize, event: &Event) -> Option<Self> {
        let since = event.from.filter(|since| *since < event.time)?;
        Some(Self { at, since, until: event.time, lane: 0 })
    }
}

impl Gantt {
    fn of(recorded: &Recorded) -> Self {
        let mut gantt = Self::default();
        // Grants whose units are still held, by claimant, resource and time.
        let mut held: FxHashMap<_, VecDeque<usize>> = FxHashMap::default();
        let mut queued: FxHashMap<_, VecDeque<u64>> = FxHashMap::default();
        for (at, event) in recorded.events.iter().enumerate() {
            let key = (event.receiver, event.sender, event.cause, event.message);
            match event.is {
                RecordKind::Resumed => gantt.bars.extend(Bar::ending(at, event)),
                RecordKind::Released | RecordKind::Preempted => {
                    let claim = (event.receiver, event.sender, event.from.unwrap_or(event.time));
                    held.get_mut(&claim).and_then(VecDeque::pop_front);
                    gantt.bars.extend(Bar::ending(at, event));
                }
                RecordKind::Granted | RecordKind::Withdrawn => {
                    if event.is == RecordKind::Granted {
                        let claim = (event.receiver, event.sender, event.time);
                        held.entry(claim).or_default().push_back(at);
                    }
                    let since = event.from.filter(|since| *since < event.time);
                    gantt.waits.extend(since.map(|since| (at, since)));
                }
                RecordKind::Queued | RecordKind::Delayed => {
                    queued.entry(key).or_default().push_back(event.time);
                }
                RecordKind::Taken => {
                    let since = queued.get_mut(&key).and_then(VecDeque::pop_front);
                    gantt
                        .waits
                        .extend(since.filter(|since| *since < event.time).map(|since| (at, since)));
                }
                _ => {}
            }
            if is_arrow(event) {
                let lost = matches!(event.is, RecordKind::Lost | RecordKind::Undeliverable);
                gantt.arrows.push((at, lost));
            }
        }
        let still = held.into_values().flatten().map(|at| {
            let since = recorded.events[at].time;
            Bar { at, since, until: recorded.end, lane: 0 }
        });
        gantt.bars.extend(still.filter(|bar| bar.since < bar.until));
        gantt.put_on_lanes(recorded);
        gantt
    }

    /// Bars in the order in which they begin. What overlaps on one actor stands on lanes of its
    /// own, the last of which takes all that is too much.
    fn put_on_lanes(&mut self, recorded: &Recorded) {
        let events = &recorded.events;
        let mut free: Vec<Vec<u64>> = vec![Vec::new(); recorded.actors.texts.len()];
        self.bars.sort_by_key(|bar| (bar.since, bar.at));
        for Bar { at, since, until, lane } in &mut self.bars {
            let lanes = &mut free[row_of(&events[*at])];
            *lane = lanes.iter().position(|end| end <= since).unwrap_or(lanes.len());
            if *lane < MOST_LANES && *lane == lanes.len() {
                lanes.push(0);
            }
            *lane = (*lane).min(MOST_LANES - 1);
            lanes[*lane] = lanes[*lane].max(*until);
        }
        self.lanes = free.iter().map(Vec::len).collect();
    }
}

/// The actor or resource on whose row the bar of a record stands.
fn row_of(event: &Event) -> usize {
    match event.is {
        RecordKind::Granted | RecordKind::Released | RecordKind::Preempted => {
            event.sender.unwrap_or(event.receiver)
        }
        _ => event.receiver,
    }
}

/// Whether a record is drawn with an arrow from the sender.
fn is_arrow(event: &Event) -> bool {
    let arrives = matches!(
        event.is,
        RecordKind::Handled
            | RecordKind::Queued
            | RecordKind::Undeliverable
            | RecordKind::Answered
            | RecordKind::Started
            | RecordKind::Delayed
            | RecordKind::Lost
    );
    let of_another = event.sender.is_some_and(|sender| sender != event.receiver);
    arrives && of_another && event.from.is_some()
}

/// What a chart of a run shows: columns of its records, and the parts that are drawn beside them.
/// Times are in nanoseconds. Actors, texts, kinds and folds are named by their places in lists, and
/// -1 is none of them. A fold has the number of its pairs of a question and an answer.
#[must_use]
pub fn timeline(recorded: &Recorded, note: &str) -> Value {
    let column =
        |value: fn(&Event) -> Value| -> Vec<Value> { recorded.events.iter().map(value).collect() };
    let Gantt { bars, waits, arrows, lanes } = Gantt::of(recorded);
    let of_bars = |value: &dyn Fn(&Bar, &Event) -> Value| -> Vec<Value> {
        bars.iter().map(|bar| value(bar, &recorded.events[bar.at])).collect()
    };
    let (wait, since): (Vec<_>, Vec<_>) = waits.into_iter().unzip();
    let Folds { of_arrow, counts } = Folds::of(recorded, &arrows);
    let (arrow, lost): (Vec<_>, Vec<_>) = arrows.into_iter().unzip();
    let or_none = |place: Option<usize>| place.map_or(Value::from(-1), Value::from);
    json!({
        "note": note,
        "end": recorded.end,
        "actors": recorded.actors.texts,
        "titles": recorded.titles,
        "lanes": lanes,
        "texts": recorded.messages.texts,
        "kinds": recorded.kinds.texts,
        "marks": recorded.marks,
        "event": column(|event| event.event.into()),
        "time": column(|event| event.time.into()),
        "kind": column(|event| event.kind.into()),
        "receiver": column(|event| event.receiver.into()),
        "sender": column(|event| event.sender.map_or(Value::from(-1), Value::from)),
        "cause": column(|event| event.cause.into()),
        "from": column(|event| event.from.into()),
        "text": column(|event| event.message.map_or(Value::from(-1), Value::from)),
        "bars": {
            "at": of_bars(&|bar, _| bar.at.into()),
            "since": of_bars(&|bar, _| bar.since.into()),
            "until": of_bars(&|bar, _| bar.until.into()),
            "row": of_bars(&|_, event| row_of(event).into()),
            "lane": of_bars(&|bar, _| bar.lane.into()),
            "says": of_bars(&|_, event| or_none(event.activity.or(event.message))),
        },
        "waits": {"at": wait, "since": since},
        "arrows": {"at": arrow, "lost": lost, "fold": of_arrow.into_iter().map(or_none).collect::<Vec<_>>()},
        "folds": counts,
    })
}

#[cfg(test)]
mod tests {
    use super::{Bar, Gantt};
    use crate::report::page::recorded::{Event, Mark, Recorded};
    use flagfall::actor::DeathCause;
    use flagfall::record::RecordKind;

    /// Kind, time, beginning, receiver and sender of a record.
    type Row = (RecordKind, u64, Option<u64>, usize, Option<usize>);

    fn recorded(rows: &[Row]) -> Recorded {
        let mut recorded = Recorded::default();
        recorded.actors.texts = ["a", "b"].map(str::to_owned).to_vec();
        let events = rows.iter().map(|&(is, time, from, receiver, sender)| Event {
            event: 0,
            time,
            kind: 0,
            is,
            receiver,
            sender,
            cause: 7,
            from,
            message: None,
            activity: None,
        });
        recorded.events = events.collect();
        recorded
    }

    #[test]
    fn spans_that_overlap_stand_on_lanes_of_their_own_up_to_three() {
        let holds = [(0, 10), (1, 9), (2, 8), (3, 7), (10, 12), (4, 4)];
        let row = |&(from, time): &(u64, u64)| (RecordKind::Resumed, time, Some(from), 0, Some(0));
        let other = (RecordKind::Resumed, 5, Some(1), 1, Some(1));
        let rows: Vec<_> = holds.iter().map(row).chain([other]).collect();
        let gantt = Gantt::of(&recorded(&rows));
        // What takes no time is no bar. The fourth overlaps three others.
        let bars: Vec<_> = gantt.bars.iter().map(|bar| (bar.at, bar.lane)).collect();
        assert_eq!(bars, [(0, 0), (1, 1), (6, 0), (2, 2), (3, 2), (4, 0)]);
        assert_eq!(gantt.lanes, [3, 1]);
    }

    #[test]
    fn waits_end_in_the_order_in_which_they_began() {
        let (queued, taken) = (RecordKind::Queued, RecordKind::Taken);
        let rows = [
            (queued, 1, Some(0), 0, Some(1)),
            (queued, 2, Some(0), 0, Some(1)),
            (taken, 2, Some(0), 0, Some(1)),
            (taken, 2, Some(0), 0, Some(1)),
            (taken, 9, Some(0), 1, Some(0)),
        ];
        let gantt = Gantt::of(&recorded(&rows));
        // The second did not wait, and nobody knows since when the last one did.
        assert_eq!(gantt.waits, [(2, 1)]);
        assert_eq!(gantt.arrows, [(0, false), (1, false)]);
    }

    #[test]
    fn claims_are_waits_of_the_claimant_and_bars_of_the_resource() {
        let rows = [
            (RecordKind::Claimed, 2, Some(2), 0, Some(1)),
            (RecordKind::Granted, 5, Some(2), 0, Some(1)),
            (RecordKind::Granted, 5, Some(5), 1, Some(0)),
            (RecordKind::Released, 9, Some(5), 0, Some(1)),
            (RecordKind::Withdrawn, 9, Some(7), 0, Some(1)),
        ];
        let gantt = Gantt::of(&recorded(&rows));
        assert_eq!(gantt.waits, [(1, 2), (4, 7)]);
        assert_eq!(gantt.bars, [Bar { at: 3, since: 5, until: 9, lane: 0 }]);
        assert_eq!(gantt.lanes, [0, 1]);
        assert_eq!(gantt.arrows, []);
    }

    #[test]
    fn what_is_held_at_the_end_has_bars_that_end_there() {
        let grant = |time| (RecordKind::Granted, time, Some(time), 0, Some(1));
        let end = |kind, time, from| (kind, time, Some(from), 0, Some(1));
        let rows = [
            grant(2),
            grant(2),
            grant(3),
            end(RecordKind::Released, 5, 2),
            end(RecordKind::Preempted, 6, 3),
            grant(6),
            // It began before the first record.
            end(RecordKind::Released, 8, 1),
            grant(9),
        ];
        let mut recorded = recorded(&rows);
        recorded.end = 9;
        let gantt = Gantt::of(&recorded);
        let bar = |at, since, until, lane| Bar { at, since, until, lane };
        let wanted = [bar(6, 1, 8, 0), bar(1, 2, 9, 1), bar(3, 2, 5, 2), bar(4, 3, 6, 2)];
        assert_eq!(gantt.bars, [&wanted[..], &[bar(5, 6, 9, 2)]].concat());
        assert_eq!(gantt.lanes, [0, 3]);
    }

    #[test]
    fn arrows_are_messages_between_two_actors_whose_sending_is_known() {
        let rows = [
            (RecordKind::Handled, 1, Some(0), 0, Some(1)),
            (RecordKind::Handled, 1, Some(0), 0, Some(0)),
            (RecordKind::Handled, 1, Some(0), 0, None),
            (RecordKind::Handled, 1, None, 0, Some(1)),
            (RecordKind::Taken, 1, Some(0), 0, Some(1)),
            (RecordKind::Lost, 0, Some(0), 0, Some(1)),
            (RecordKind::Undeliverable, 2, Some(0), 1, Some(0)),
        ];
        let gantt = Gantt::of(&recorded(&rows));
        assert_eq!(gantt.arrows, [(0, false), (5, true), (6, true)]);
    }

    #[test]
    fn ends_are_crosses() {
        assert_eq!(Mark::of(RecordKind::Taken), Mark::Handled);
        assert_eq!(Mark::of(RecordKind::Died(DeathCause::Killed)), Mark::Ended);
        assert_eq!(Mark::of(RecordKind::Lost), Mark::Ended);
        assert_eq!(Mark::of(RecordKind::Queued), Mark::Other);
    }
}
