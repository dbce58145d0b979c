//! A 4-ary heap that records where each slot stands, so that any event can
//! be removed or moved without searching.
//!
//! Four children a node halve the height of a binary heap, and the four are
//! neighbours in memory (LaMarca and Ladner, "The influence of caches on the
//! performance of heaps", 1996).

use super::EventKey;
use crate::time::VirtualTime;

const ARITY: usize = 4;

/// An [`EventKey`] and its slot, laid out in 24 bytes.
#[derive(Clone, Copy, Debug)]
struct Entry {
    time: VirtualTime,
    sequence: u64,
    tie_rank: u32,
    slot: u32,
}

impl Entry {
    fn new(key: EventKey, slot: u32) -> Self {
        Self { time: key.time, sequence: key.sequence, tie_rank: key.tie_rank, slot }
    }

    #[inline]
    fn key(&self) -> EventKey {
        EventKey { time: self.time, tie_rank: self.tie_rank, sequence: self.sequence }
    }
}

#[derive(Debug, Default)]
pub(super) struct IndexedHeap {
    entries: Vec<Entry>,
    /// Where the entry of a slot stands in `entries`; meaningless for slots
    /// that are not in the heap.
    position: Vec<u32>,
}

impl IndexedHeap {
    pub(super) fn insert(&mut self, key: EventKey, slot: u32) {
        if self.position.len() <= slot as usize {
            self.position.resize(slot as usize + 1, u32::MAX);
        }
        let entry = Entry::new(key, slot);
        self.entries.push(entry);
        self.sift_up(self.entries.len() - 1, entry);
    }

    pub(super) fn peek(&self) -> Option<EventKey> {
        self.entries.first().map(Entry::key)
    }

    pub(super) fn pop(&mut self) -> Option<(EventKey, u32)> {
        let first = *self.entries.first()?;
        let last = self.entries.pop()?;
        if !self.entries.is_empty() {
            // The last entry nearly always belongs near the bottom again, so
            // the hole is sent all the way down before it is looked at.
            let hole = self.sink_hole(0);
            self.sift_up(hole, last);
        }
        Some((first.key(), first.slot))
    }

    pub(super) fn remove(&mut self, slot: u32) {
        self.remove_at(self.position[slot as usize] as usize);
    }

    pub(super) fn change(&mut self, key: EventKey, slot: u32) {
        self.settle(self.position[slot as usize] as usize, Entry::new(key, slot));
    }

    fn remove_at(&mut self, index: usize) {
        let last = self.entries.pop().expect("removing from a heap that holds the slot");
        if index < self.entries.len() {
            self.settle(index, last);
        }
    }

    /// Puts `entry` where `index` is and restores the order around it.
    fn settle(&mut self, index: usize, entry: Entry) {
        if index > 0 && entry.key() < self.entries[(index - 1) / ARITY].key() {
            self.sift_up(index, entry);
        } else {
            self.sift_down(index, entry);
        }
    }

    fn sift_up(&mut self, mut index: usize, entry: Entry) {
        while index > 0 {
            let parent = (index - 1) / ARITY;
            if self.entries[parent].key() < entry.key() {
                break;
            }
            self.place(index, self.entries[parent]);
            index = parent;
        }
        self.place(index, entry);
    }

    fn sift_down(&mut self, mut index: usize, entry: Entry) {
        while let Some(least) = self.least_child(index) {
            if entry.key() < self.entries[least].key() {
                break;
            }
            self.place(index, self.entries[least]);
            index = least;
        }
        self.place(index, entry);
    }

    /// Moves least children up along one path to a leaf; returns the leaf.
    fn sink_hole(&mut self, mut index: usize) -> usize {
        while let Some(least) = self.least_child(index) {
            self.place(index, self.entries[least]);
            index = least;
        }
        index
    }

    #[inline]
    fn least_child(&self, index: usize) -> Option<usize> {
        let first = index * ARITY + 1;
        let end = (first + ARITY).min(self.entries.len());
        let children = self.entries.get(first..end)?;
        let (mut least, mut least_key) = (0, children.first()?.key());
        for (child, entry) in children.iter().enumerate().skip(1) {
            let key = entry.key();
            // Selects instead of branches: which child is least is a coin
            // toss that the processor would lose half of the time.
            let smaller = key < least_key;
            least = if smaller { child } else { least };
            least_key = if smaller { key } else { least_key };
        }
        Some(first + least)
    }

    #[inline]
    fn place(&mut self, index: usize, entry: Entry) {
        self.entries[index] = entry;
        self.position[entry.slot as usize] = index as u32;
    }
}
