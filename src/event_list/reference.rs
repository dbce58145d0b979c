//! The reference order on the `priority-queue` crate.
//!
//! The crate does not keep equal priorities in order, and replaces equal items silently. Neither
//! happens here: the priority is the whole [`EventKey`], which is unique, and the item is the
//! event's identifier, which is unique while pending. The crate's index hashes every item in every
//! operation. An identity hash of small integers would make it a list, so the hash must mix.

use super::{EventId, EventKey};
use priority_queue::PriorityQueue;
use rustc_hash::FxBuildHasher;
use std::cmp::Reverse;
use std::fmt;

#[derive(Clone, Default)]
pub(super) struct Reference {
    queue: PriorityQueue<EventId, Reverse<EventKey>, FxBuildHasher>,
    cancelled: Vec<EventId>,
}

impl Reference {
    pub(super) fn insert(&mut self, key: EventKey, id: EventId) {
        let replaced = self.queue.push(id, Reverse(key));
        debug_assert!(replaced.is_none(), "{id:?} was pending already");
    }

    pub(super) fn peek(&self) -> Option<EventKey> {
        self.queue.peek().map(|(_, Reverse(key))| *key)
    }

    pub(super) fn pop(&mut self) -> Option<(EventKey, EventId)> {
        self.queue.pop().map(|(id, Reverse(key))| (key, id))
    }

    pub(super) fn cancel(&mut self, id: EventId) {
        let removed = self.queue.remove(&id);
        debug_assert!(removed.is_some(), "{id:?} was not pending");
        self.cancelled.push(id);
    }

    pub(super) fn next_swept(&mut self) -> Option<EventId> {
        self.cancelled.pop()
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.queue.iter()).finish()
    }
}
