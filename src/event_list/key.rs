//! The total order, and how events are named.

use crate::time::VirtualTime;

/// The place of an event in the total order of a run.
///
/// Events happen in the order of **(time, sequence)**. Sequence numbers are given
/// out as events are scheduled and never repeat, so no two keys are equal and the
/// order leaves nothing to chance: of two due at one instant, the one scheduled
/// first happens first. (A [`TiePolicy`](crate::TiePolicy) chooses among those
/// that are due, and leaves their keys alone.)
///
/// The order of the fields is the order of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey {
    /// When the event is due.
    pub time: VirtualTime,
    /// When it was scheduled, counted in events.
    pub sequence: u64,
}

/// A hint about the events scheduled through it: each is due no earlier than
/// the one before. An event that is not goes another way, so a wrong hint
/// costs time and never order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub enum Lane {
    /// No hint.
    None,
    /// Due at the current instant.
    Now,
    /// Due after the usual latency.
    Link,
}

/// Names a scheduled event by where the caller keeps what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId {
    /// Which of the caller's pools.
    pub pool: u16,
    /// Which cell of the pool.
    pub cell: u32,
}
