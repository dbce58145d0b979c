//! Which events were cancelled and still have an entry somewhere.

use super::EventId;
use super::entry::Entry;

/// One bit a cell of each pool: set while the entry of a cancelled event is
/// still in a structure. Nothing is kept, and nothing looked up, as long as
/// nothing is cancelled.
#[derive(Clone, Debug, Default)]
pub(super) struct Cancelled {
    pools: Vec<Vec<u64>>,
    count: usize,
    /// Events whose entries are gone since they were cancelled.
    swept: Vec<EventId>,
}

impl Cancelled {
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn insert(&mut self, id: EventId) {
        let (pool, (word, bit)) = (id.pool as usize, place(id));
        if self.pools.len() <= pool {
            self.pools.resize_with(pool + 1, Vec::new);
        }
        let words = &mut self.pools[pool];
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        debug_assert_eq!(words[word] & bit, 0, "{id:?} is cancelled already");
        words[word] |= bit;
        self.count += 1;
    }

    #[inline]
    pub(super) fn contains(&self, id: EventId) -> bool {
        let (word, bit) = place(id);
        let words = self.pools.get(id.pool as usize);
        words.and_then(|words| words.get(word)).is_some_and(|word| word & bit != 0)
    }

    /// Accounts for an entry of a cancelled event that is dropped.
    pub(super) fn sweep(&mut self, id: EventId) {
        let (word, bit) = place(id);
        self.pools[id.pool as usize][word] &= !bit;
        self.count -= 1;
        self.swept.push(id);
    }

    /// Drops the entries of cancelled events.
    #[inline]
    pub(super) fn filter(&mut self, entries: &mut Vec<Entry>) {
        if self.count > 0 {
            entries.retain(|entry| {
                let dead = self.contains(entry.id());
                if dead {
                    self.sweep(entry.id());
                }
                !dead
            });
        }
    }

    /// An event whose entry is gone since it was cancelled.
    #[inline]
    pub(super) fn next_swept(&mut self) -> Option<EventId> {
        self.swept.pop()
    }
}

#[inline]
fn place(id: EventId) -> (usize, u64) {
    ((id.cell / u64::BITS) as usize, 1 << (id.cell % u64::BITS))
}
