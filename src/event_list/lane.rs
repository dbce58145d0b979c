//! Queues of events that were scheduled in the order they are due.

use super::{EventKey, Lane};
use std::collections::VecDeque;

/// The queues behind [`Lane::Now`] and [`Lane::Link`].
///
/// Entries of cancelled events stay until they come to the front; the event
/// list cleans the fronts, so `first` is always pending.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    queues: [VecDeque<(EventKey, u32)>; 2],
}

impl Lanes {
    /// Appends the event if the lane's order allows; `false` if it does not.
    #[inline]
    pub(super) fn append(&mut self, lane: Lane, key: EventKey, slot: u32) -> bool {
        let queue = match lane {
            Lane::None => return false,
            Lane::Now => &mut self.queues[0],
            Lane::Link => &mut self.queues[1],
        };
        if queue.back().is_some_and(|(last, _)| *last > key) {
            return false;
        }
        queue.push_back((key, slot));
        true
    }

    /// The first event of all lanes, and its lane.
    #[inline]
    pub(super) fn first(&self) -> Option<(EventKey, usize)> {
        let front = |lane: usize| self.queues[lane].front().map(|(key, _)| (*key, lane));
        match (front(0), front(1)) {
            (Some(now), Some(link)) => Some(now.min(link)),
            (now, link) => now.or(link),
        }
    }

    /// Takes the first event off a lane that has one.
    #[inline]
    pub(super) fn pop(&mut self, lane: usize) -> u32 {
        self.queues[lane].pop_front().expect("the lane has a first event").1
    }

    /// Drops entries from the front until one is pending.
    #[inline]
    pub(super) fn clean(&mut self, is_pending: impl Fn(EventKey, u32) -> bool) {
        for queue in &mut self.queues {
            while queue.front().is_some_and(|(key, slot)| !is_pending(*key, *slot)) {
                queue.pop_front();
            }
        }
    }
}
