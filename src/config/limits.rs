//! Where a run is stopped with an error.

use crate::time::VirtualTime;

/// Limits of a run. A run that reaches one ends with an error that names it, at the
/// same event on every machine.
///
/// # Examples
/// ```
/// use flagfall::Config;
///
/// let config = Config::new(42).max_events(1_000_000).max_live_actors(1_000);
/// assert_eq!(config.limits.events, 1_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Limits {
    /// Events in all.
    pub events: u64,
    /// Events at one instant: stops an endless exchange of messages that take no time.
    pub events_per_instant: u64,
    /// Actors and processes alive at once: stops a model that spawns without end.
    /// Each takes some hundred bytes.
    pub live_actors: u64,
    /// Owners above one actor or process: stops an endless chain of actors that each
    /// spawn the next one.
    pub owners: u64,
    /// Entries for names whose actors are dead, of about 60 bytes each. A name must be
    /// remembered while its owner lives, because the next actor of that name draws
    /// other numbers. Names that are used again share an entry. So do names that differ
    /// in their last number and are used one after the other (`("customer", 7)`,
    /// `order-0007`). Other names take one entry each.
    pub remembered_names: u64,
    /// Events scheduled at once.
    pub pending_events: u64,
    /// Messages waiting in one mailbox.
    pub mailbox_length: u64,
    /// No event may happen later than this.
    pub end_time: VirtualTime,
}

impl Default for Limits {
    /// 20 million events at one instant, 5 million live actors, 1 million owners above
    /// one actor, 20 million remembered names. About 4 billion pending events and waiting
    /// messages, the largest number that the identifiers hold. No limit of events and time.
    fn default() -> Self {
        let ids = u64::from(u32::MAX) - 1;
        Self {
            events: u64::MAX,
            events_per_instant: 20_000_000,
            live_actors: 5_000_000,
            owners: 1_000_000,
            remembered_names: 20_000_000,
            pending_events: ids,
            mailbox_length: ids,
            end_time: VirtualTime::MAX,
        }
    }
}
