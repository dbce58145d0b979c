//! The capacity of a resource over time.

use super::ResourceStatistics;
use crate::time::{Span, VirtualTime};

/// Exact integrals of a capacity that changes, and of the units in use beyond it. A capacity that
/// never changes costs nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staffing {
    start: VirtualTime,
    /// When the capacity changed last.
    since: VirtualTime,
    /// Units times nanoseconds before that.
    staffed: u128,
    /// Units in use beyond the capacity, times nanoseconds.
    over: u128,
    /// How many units are down, and since when.
    down: u64,
    down_since: VirtualTime,
    /// Units down times nanoseconds before that.
    was_down: u128,
    changed: bool,
}

impl Staffing {
    pub(crate) fn new(start: VirtualTime) -> Self {
        Self {
            start,
            since: start,
            staffed: 0,
            over: 0,
            down: 0,
            down_since: start,
            was_down: 0,
            changed: false,
        }
    }

    /// Counts the time for which there were so many units.
    pub(crate) fn change(&mut self, now: VirtualTime, capacity: u64) {
        self.staffed += units(now - self.since, capacity);
        self.since = now;
        self.changed = true;
    }

    /// Counts the time for which other units were down.
    pub(crate) fn set_down(&mut self, now: VirtualTime, down: u64) {
        self.was_down += units(now - self.down_since, self.down);
        (self.down, self.down_since) = (down, now);
    }

    /// Drops what was counted before that time. Units that are down stay so.
    pub(crate) fn begin_anew(&mut self, at: VirtualTime) {
        *self = Self { down: self.down, changed: self.changed, ..Self::new(at) };
    }

    /// Counts a span in which so many units were in use beyond the capacity.
    pub(crate) fn pass(&mut self, span: Span, over: u64) {
        self.over += units(span, over);
    }

    /// The statistics with what depends on the capacity. All is to be counted up to now.
    pub(crate) fn read(
        &self,
        now: VirtualTime,
        capacity: u64,
        read: ResourceStatistics,
    ) -> ResourceStatistics {
        if !self.changed {
            return read;
        }
        let span = (now - self.start).as_nanos();
        let mean = |integral: u128| if span == 0 { 0.0 } else { integral as f64 / span as f64 };
        let mean_capacity = mean(self.staffed + units(now - self.since, capacity));
        let mean_overtime = mean(self.over);
        let within = read.mean_in_use - mean_overtime;
        let utilisation = if mean_capacity > 0.0 { within / mean_capacity } else { 0.0 };
        let mean_down = mean(self.was_down + units(now - self.down_since, self.down));
        ResourceStatistics { utilisation, mean_capacity, mean_overtime, mean_down, ..read }
    }
}

fn units(span: Span, units: u64) -> u128 {
    u128::from(span.as_nanos()) * u128::from(units)
}
