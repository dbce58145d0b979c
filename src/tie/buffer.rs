//! The events of the current instant, and which of them can come next.

use super::log::Cause;
use super::sender::Sender;
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
    pub(crate) sender: Sender,
    pub(crate) cause: Cause,
}

/// The messages of one sender to one receiver, which keep their order.
type Line = (Sender, ActorId);

impl Due {
    fn line(&self) -> Option<Line> {
        (self.sender != Sender::Nobody).then_some((self.sender, self.receiver))
    }
}

/// All events that are due now. The candidates are those that do not
/// [stay behind](Sender::stays_behind) an earlier event of the same receiver.
/// Cost: O(candidates) per event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer {
    /// The candidates, in the order in which they were scheduled.
    candidates: Vec<Due>,
    /// By sender and receiver: the events that stay behind the candidate of that line, in
    /// order. A line without a candidate has no entry. All messages to a receiver stay
    /// behind a message of an unknown sender.
    behind: FxHashMap<Line, VecDeque<Due>>,
}

impl Buffer {
    pub(crate) fn candidates(&self) -> &[Due] {
        &self.candidates
    }

    /// Adds an event that was scheduled after all others in the buffer.
    pub(crate) fn add(&mut self, due: Due) {
        if let Some(line) = due.line() {
            for earlier in [(Sender::Unknown, due.receiver), line] {
                if let Some(behind) = self.behind.get_mut(&earlier) {
                    return behind.push_back(due);
                }
            }
            self.behind.insert(line, VecDeque::new());
        }
        self.let_in(due);
    }

    /// Removes a candidate.
    pub(crate) fn take(&mut self, candidate: usize) -> Due {
        let due = self.candidates.remove(candidate);
        let Some(line) = due.line() else { return due };
        let mut behind = self.behind.remove(&line).unwrap_or_default();
        while let Some(next) = behind.pop_front() {
            if next.line() == Some(line) {
                self.let_in(next);
                self.behind.insert(line, behind);
                break;
            }
            // No message of an unknown sender is left before it.
            self.add(next);
        }
        due
    }

    fn let_in(&mut self, due: Due) {
        let place = self.candidates.partition_point(|other| other.sequence < due.sequence);
        self.candidates.insert(place, due);
    }

    /// Removes a cancelled event, and returns its sequence number. Cost: O(events due now).
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

    /// Everything in the buffer, in the order in which it was scheduled.
    pub(crate) fn all(&self) -> Vec<Due> {
        // Sequence numbers are unique, so the order of the lines does not matter.
        let behind = self.behind.values().flatten();
        let mut all: Vec<Due> = self.candidates.iter().chain(behind).copied().collect();
        all.sort_unstable_by_key(|due| due.sequence);
        all
    }
}
