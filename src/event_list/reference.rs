//! The reference order on the `priority-queue` crate.
//!
//! The crate does not keep equal priorities in order and replaces equal
//! items without a word. Both are met here: the priority is the whole
//! [`EventKey`], which is never equal, and the item is the slot, which is
//! unique while pending. Its index hashes every item on every operation; the
//! identity hash of small integers would degrade it to a list, so the hash
//! must mix.

use super::EventKey;
use priority_queue::PriorityQueue;
use rustc_hash::FxBuildHasher;
use std::cmp::Reverse;
use std::fmt;

#[derive(Default)]
pub(super) struct Reference {
    queue: PriorityQueue<u32, Reverse<EventKey>, FxBuildHasher>,
}

impl Reference {
    pub(super) fn insert(&mut self, key: EventKey, slot: u32) {
        let replaced = self.queue.push(slot, Reverse(key));
        debug_assert!(replaced.is_none(), "slot {slot} was pending already");
    }

    pub(super) fn peek(&self) -> Option<EventKey> {
        self.queue.peek().map(|(_, Reverse(key))| *key)
    }

    pub(super) fn pop(&mut self) -> Option<(EventKey, u32)> {
        self.queue.pop().map(|(slot, Reverse(key))| (key, slot))
    }

    pub(super) fn remove(&mut self, slot: u32) {
        self.queue.remove(&slot);
    }

    pub(super) fn change(&mut self, key: EventKey, slot: u32) {
        self.queue.change_priority(&slot, Reverse(key));
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.queue.iter()).finish()
    }
}
