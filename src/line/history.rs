//! The course of a resource over time.

use crate::statistics::LevelHistory;
use crate::time::VirtualTime;

/// How the line, the use and the capacity of a resource went over time, since it was
/// [watched](crate::Resource::watch): at most 512 cells of equal length each, with exact integrals.
///
/// It goes on at the end of the warm-up.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResourceHistory {
    /// How many claims waited.
    pub line: LevelHistory,
    /// How many units were in use; the level of a container, or the number of items of a store.
    pub in_use: LevelHistory,
    /// How many units there were. That of a store without a bound is the largest number.
    pub capacity: LevelHistory,
}

impl ResourceHistory {
    pub(crate) fn new(now: VirtualTime) -> Self {
        let (line, in_use, capacity) =
            (LevelHistory::new(now), LevelHistory::new(now), LevelHistory::new(now));
        Self { line, in_use, capacity }
    }

    /// Counts the time since the last call.
    #[cold]
    pub(crate) fn pass(
        &mut self,
        now: VirtualTime,
        (in_use, waiting, capacity): (u64, usize, u64),
    ) {
        let level = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.line.pass(now, level(waiting as u64));
        self.in_use.pass(now, level(in_use));
        self.capacity.pass(now, level(capacity));
    }
}
