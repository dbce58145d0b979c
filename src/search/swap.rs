//! The ties of one run, each turned round by itself.

use super::instant::{InstantOrder, MOST_STEPS, Race};
use crate::tie::{TieGuide, TieLog, TieStep};
use crate::time::VirtualTime;

/// Two events that could have come the other way round, and how to make them.
pub(super) struct Swap {
    pub(super) first: u64,
    pub(super) second: u64,
    pub(super) time: VirtualTime,
    pub(super) guide: TieGuide,
}

/// All swaps of a run that was noted as a whole, in the order of their later
/// events.
pub(super) fn swaps(log: &TieLog) -> Vec<Swap> {
    let mut swaps = Vec::new();
    let mut start = 0;
    for steps in log.steps.chunk_by(|a, b| a.time == b.time) {
        if steps.len() <= MOST_STEPS {
            let instant = InstantOrder::new(&steps.iter().collect::<Vec<_>>(), start as u64);
            swaps.extend(instant.races.iter().map(|race| Swap {
                first: steps[race.first].event,
                second: steps[race.second].event,
                time: steps[race.first].time,
                guide: turned(&log.steps, start, &instant, *race),
            }));
        }
        start += steps.len();
    }
    swaps
}

/// The same run up to the first of the two, then what leads to the second,
/// that one, and the usual order.
fn turned(steps: &[TieStep], start: usize, instant: &InstantOrder, race: Race) -> TieGuide {
    let at = start + race.first;
    let mut picks: Vec<u64> = steps[..at].iter().map(|step| step.sequence).collect();
    // What these steps schedule has other numbers when the first is not there.
    let mut next = steps[at].scheduled.start;
    let mut moved: Vec<(std::ops::Range<u64>, u64)> = Vec::new();
    for step in instant.without_first(race).into_iter().map(|step| &steps[start + step]) {
        let number = step.sequence;
        let found = moved.iter().find(|(scheduled, _)| scheduled.contains(&number));
        picks.push(found.map_or(number, |(scheduled, now)| now + (number - scheduled.start)));
        moved.push((step.scheduled.clone(), next));
        next += step.scheduled.end - step.scheduled.start;
    }
    TieGuide { picks, ..TieGuide::default() }
}
