//! The ties of one run, each swapped alone.

use super::instant::{InstantOrder, MOST_STEPS, Race};
use crate::tie::{TieGuide, TieLog, TieStep};
use crate::time::VirtualTime;

/// Two events that could come in the other order, and the guide for it.
pub(super) struct Swap {
    pub(super) first: u64,
    pub(super) second: u64,
    pub(super) time: VirtualTime,
    pub(super) guide: TieGuide,
}

/// All swaps of a run with a complete log, in the order of their later events.
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

/// The guide of the swapped run: the same steps up to the first event, then those that
/// lead to the second, the second, and then the usual order.
fn turned(steps: &[TieStep], start: usize, instant: &InstantOrder, race: Race) -> TieGuide {
    let at = start + race.first;
    let mut picks: Vec<u64> = steps[..at].iter().map(|step| step.sequence).collect();
    // Without the first event, the events that these steps schedule have other numbers.
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
