//! The entries of the structures of the event list.

use super::{EventId, EventKey};
use crate::time::VirtualTime;

/// An event's place in the total order and its identifier, in 24 bytes.
///
/// Its three words are always written and read as words: a read with another width than
/// the write just before it would stall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) time: u64,
    pub(super) sequence: u64,
    /// The pool in the upper 32 bits, the cell in the lower.
    pub(super) event: u64,
}

impl Entry {
    /// Fills places without an event. It comes after all other entries.
    pub(super) const VACANT: Self = Self { time: u64::MAX, sequence: u64::MAX, event: u64::MAX };

    #[inline(always)]
    pub(super) fn new(key: EventKey, id: EventId) -> Self {
        let event = u64::from(id.pool) << 32 | u64::from(id.cell);
        Self { time: key.time.as_nanos(), sequence: key.sequence, event }
    }

    /// The same entry, copied word by word.
    #[inline(always)]
    pub(super) fn words(&self) -> Self {
        Self { time: self.time, sequence: self.sequence, event: self.event }
    }

    /// Orders entries as [`EventKey`] does; one comparison of two words.
    #[inline(always)]
    pub(super) fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.sequence)
    }

    #[inline(always)]
    pub(super) fn is_vacant(&self) -> bool {
        self.sequence == u64::MAX
    }

    #[inline(always)]
    pub(super) fn time(&self) -> VirtualTime {
        VirtualTime::from_nanos(self.time)
    }

    #[inline(always)]
    pub(super) fn event_key(&self) -> EventKey {
        EventKey { time: self.time(), sequence: self.sequence }
    }

    #[inline(always)]
    pub(super) fn id(&self) -> EventId {
        EventId { pool: (self.event >> 32) as u16, cell: self.event as u32 }
    }
}
