//! The total order of events, and their identifiers.

use crate::time::VirtualTime;

/// The place of an event in the total order of a run.
///
/// Events happen in the order of **(time, sequence)**. Each scheduled event gets the next
/// sequence number, so no two keys are equal and the order is defined: of two events due at
/// one instant, the one scheduled first happens first. A [`TiePolicy`](crate::TiePolicy)
/// chooses among the events that are due, and does not change their keys.
///
/// The order of the fields is the order of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct EventKey {
    /// When the event is due.
    pub time: VirtualTime,
    /// How many events were scheduled before it.
    pub sequence: u64,
}

/// A hint that each event scheduled with it is due no earlier than the one before. An event
/// that is due earlier is stored elsewhere: a wrong hint costs time, but the order is right.
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

/// Names a scheduled event by the place where the caller keeps its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct EventId {
    /// Which of the caller's pools.
    pub pool: u16,
    /// Which cell of the pool.
    pub cell: u32,
}
