//! Cancelled events that still have an entry.

use super::EventId;
use super::entry::Entry;

/// One bit per cell of each pool: set while the entry of a cancelled event is still in a
/// structure. Without cancellations, it takes no memory and no look-ups.
#[derive(Clone, Debug, Default)]
pub(super) struct Cancelled {
    pools: Vec<Vec<u64>>,
    count: usize,
    /// Cancelled events whose entries were removed.
    swept: Vec<EventId>,
}

impl Cancelled {
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    pub(super) fn insert(&mut self, id: EventId) {
        let (word, bit) = place(id);
        let words = self.pools.get_mut(id.pool as usize);
        match words.and_then(|words| words.get_mut(word)) {
            Some(word) => {
                debug_assert_eq!(*word & bit, 0, "{id:?} is cancelled already");
                *word |= bit;
            }
            None => self.grow(id),
        }
        self.count += 1;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, id: EventId) {
        let (pool, (word, bit)) = (id.pool as usize, place(id));
        if self.pools.len() <= pool {
            self.pools.resize_with(pool + 1, Vec::new);
        }
        self.pools[pool].resize(word + 1, 0);
        self.pools[pool][word] = bit;
    }

    /// Returns whether the entry's event was cancelled. Then the caller drops the entry, and
    /// the event counts as swept.
    #[inline(always)]
    pub(super) fn sweep(&mut self, id: EventId) -> bool {
        let (word, bit) = place(id);
        let words = self.pools.get_mut(id.pool as usize);
        match words.and_then(|words| words.get_mut(word)) {
            Some(word) if *word & bit != 0 => *word &= !bit,
            _ => return false,
        }
        self.count -= 1;
        self.swept.push(id);
        true
    }

    #[inline]
    pub(super) fn filter(&mut self, entries: &mut Vec<Entry>) {
        if self.count > 0 {
            entries.retain(|entry| !self.sweep(entry.id()));
        }
    }

    #[inline]
    pub(super) fn next_swept(&mut self) -> Option<EventId> {
        self.swept.pop()
    }
}

#[inline]
fn place(id: EventId) -> (usize, u64) {
    ((id.cell / u64::BITS) as usize, 1 << (id.cell % u64::BITS))
}
