//! A 4-ary heap for events that are scheduled into a crowded near future.
//!
//! With four children per node, the height is half that of a binary heap. The children are adjacent
//! in memory (LaMarca and Ladner, "The influence of caches on the performance of heaps", 1996).

use super::cancelled::Cancelled;
use super::entry::Entry;

const ARITY: usize = 4;

#[derive(Clone, Debug, Default)]
pub(super) struct Heap {
    entries: Vec<Entry>,
}

impl Heap {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    pub(super) fn first(&self) -> Option<&Entry> {
        self.entries.first()
    }

    #[inline]
    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.sift_up(self.entries.len() - 1, entry);
    }

    #[inline(never)]
    pub(super) fn pop(&mut self) -> Option<Entry> {
        let last = self.entries.pop()?;
        let Some(&first) = self.entries.first() else { return Some(last) };
        // The last entry nearly always belongs near the bottom again. So the hole moves to
        // the bottom first, without comparing that entry.
        let mut hole = 0;
        while let Some(least) = self.least_child(hole) {
            self.entries[hole] = self.entries[least];
            hole = least;
        }
        self.sift_up(hole, last);
        Some(first)
    }

    /// Empties the heap, in no order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Entry> + '_ {
        self.entries.drain(..)
    }

    /// Drops the entries of cancelled events. Cost: O(n log n).
    pub(super) fn sweep(&mut self, cancelled: &mut Cancelled) {
        cancelled.filter(&mut self.entries);
        // A sorted array is a heap.
        self.entries.sort_unstable_by_key(Entry::key);
    }

    #[inline]
    fn sift_up(&mut self, mut index: usize, entry: Entry) {
        while index > 0 {
            let parent = (index - 1) / ARITY;
            if self.entries[parent].key() < entry.key() {
                break;
            }
            self.entries[index] = self.entries[parent];
            index = parent;
        }
        self.entries[index] = entry;
    }

    #[inline]
    fn least_child(&self, index: usize) -> Option<usize> {
        let first = index * ARITY + 1;
        let end = (first + ARITY).min(self.entries.len());
        let children = self.entries.get(first..end)?;
        let (mut least, mut least_key) = (0, children.first()?.key());
        for (child, entry) in children.iter().enumerate().skip(1) {
            let key = entry.key();
            // Selects instead of branches, because the processor cannot predict which child
            // is least.
            let smaller = key < least_key;
            least = if smaller { child } else { least };
            least_key = if smaller { key } else { least_key };
        }
        Some(first + least)
    }
}
