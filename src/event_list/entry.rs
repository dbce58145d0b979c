//! What the structures of the event list move about.

use super::{EventId, EventKey};
use crate::time::VirtualTime;

/// How many bits of an entry's order word hold the sequence number.
pub(super) const SEQUENCE_BITS: u32 = 48;

/// An event's place in the total order and its identifier, in 24 bytes.
///
/// Three words, always written and read as words: a read that is wider or
/// narrower than the write just before it would have to wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) time: u64,
    /// Tie rank in the upper 16 bits, sequence number in the lower 48.
    pub(super) order: u64,
    /// Pool in the upper 32 bits, cell in the lower.
    pub(super) event: u64,
}

impl Entry {
    /// What fills places that hold no event; comes after all that do.
    pub(super) const VACANT: Self = Self { time: u64::MAX, order: u64::MAX, event: u64::MAX };

    #[inline(always)]
    pub(super) fn new(key: EventKey, id: EventId) -> Self {
        let order = u64::from(key.tie_rank) << SEQUENCE_BITS | key.sequence;
        let event = u64::from(id.pool) << 32 | u64::from(id.cell);
        Self { time: key.time.as_nanos(), order, event }
    }

    /// The same entry, copied word by word.
    #[inline(always)]
    pub(super) fn words(&self) -> Self {
        Self { time: self.time, order: self.order, event: self.event }
    }

    /// Orders entries as [`EventKey`] does; one comparison of two words.
    #[inline(always)]
    pub(super) fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.order)
    }

    #[inline(always)]
    pub(super) fn is_vacant(&self) -> bool {
        self.order == u64::MAX
    }

    #[inline(always)]
    pub(super) fn time(&self) -> VirtualTime {
        VirtualTime::from_nanos(self.time)
    }

    /// The place in the total order.
    pub(super) fn event_key(&self) -> EventKey {
        let sequence = self.order & ((1 << SEQUENCE_BITS) - 1);
        EventKey { time: self.time(), tie_rank: (self.order >> SEQUENCE_BITS) as u16, sequence }
    }

    #[inline(always)]
    pub(super) fn sequence(&self) -> u64 {
        self.order & ((1 << SEQUENCE_BITS) - 1)
    }

    #[inline(always)]
    pub(super) fn id(&self) -> EventId {
        EventId { pool: (self.event >> 32) as u16, cell: self.event as u32 }
    }
}
