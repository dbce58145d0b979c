//! The events of the current instant, and which of them can come next.

use super::log::Cause;
use crate::actor::ActorId;
use crate::event_list::EventId;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// An event that is due now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) sequence: u64,
    pub(crate) event: EventId,
    pub(crate) receiver: ActorId,
    /// Who sent the message; `None` if the event carries none.
    pub(crate) sender: Option<ActorId>,
    pub(crate) cause: Cause,
}

impl Due {
    fn pair(&self) -> Option<(ActorId, ActorId)> {
        Some((self.sender?, self.receiver))
    }
}

/// All events that are due now. The candidates are those without an earlier
/// one of the same sender and receiver. Cost: O(candidates) an event.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// The candidates, in the order in which they were scheduled.
    candidates: Vec<Due>,
    /// By sender and receiver, what comes after the candidate of the pair, in
    /// order; a pair without candidate is not listed.
    behind: FxHashMap<(ActorId, ActorId), VecDeque<Due>>,
}

impl Buffer {
    pub(crate) fn candidates(&self) -> &[Due] {
        &self.candidates
    }

    /// Adds an event that was scheduled after all others in the buffer.
    pub(crate) fn add(&mut self, due: Due) {
        if let Some(pair) = due.pair() {
            if let Some(behind) = self.behind.get_mut(&pair) {
                return behind.push_back(due);
            }
            self.behind.insert(pair, VecDeque::new());
        }
        self.candidates.push(due);
    }

    /// Takes a candidate out.
    pub(crate) fn take(&mut self, candidate: usize) -> Due {
        let due = self.candidates.remove(candidate);
        if let Some(pair) = due.pair() {
            match self.behind.get_mut(&pair).and_then(VecDeque::pop_front) {
                Some(next) => self.let_in(next),
                None => _ = self.behind.remove(&pair),
            }
        }
        due
    }

    fn let_in(&mut self, due: Due) {
        let place = self.candidates.partition_point(|other| other.sequence < due.sequence);
        self.candidates.insert(place, due);
    }

    /// Takes an event out that will not happen; its sequence number. Cost:
    /// O(events due now).
    pub(crate) fn cancel(&mut self, event: EventId) -> Option<u64> {
        if let Some(place) = self.candidates.iter().position(|due| due.event == event) {
            return Some(self.take(place).sequence);
        }
        // It is in one line at most, so the order of the lines does not matter.
        self.behind.values_mut().find_map(|line| {
            let place = line.iter().position(|due| due.event == event)?;
            line.remove(place).map(|due| due.sequence)
        })
    }
}
