//! A level over virtual time.

use super::{Mistake, Stat};
use crate::statistics::{StatisticsError, TimeAverage, TimeWeighted};
use crate::time::VirtualTime;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Watched {
    pub(super) level: TimeWeighted,
}

impl Watched {
    pub(crate) fn new(now: VirtualTime, level: i64) -> Self {
        Self { level: TimeWeighted::new(now, level) }
    }

    #[inline]
    pub(crate) fn set(&mut self, now: VirtualTime, level: i64) -> Result<(), Mistake> {
        self.level.set(now, level).map_err(mistake)
    }

    #[inline]
    pub(crate) fn change(&mut self, now: VirtualTime, by: i64) -> Result<(), Mistake> {
        self.level.change(now, by).map_err(mistake)
    }

    pub(super) fn begin_anew(&mut self, at: VirtualTime) {
        // It is not later than now: if the level has changed since, there is nothing before.
        let _ = self.level.restart(at);
    }

    pub(crate) fn level(&self) -> i64 {
        self.level.level()
    }

    pub(crate) fn average(&self, now: VirtualTime) -> TimeAverage {
        self.level.average(now).unwrap_or_default()
    }

    pub(super) fn has(stat: Stat) -> bool {
        matches!(stat, Stat::Mean | Stat::Deviation | Stat::Min | Stat::Max | Stat::Last)
    }

    pub(super) fn read(&self, stat: Stat, now: VirtualTime) -> Option<f64> {
        let average = self.level.average(now).ok()?;
        match stat {
            Stat::Mean => average.mean(),
            Stat::Deviation => average.variance().map(libm::sqrt),
            Stat::Min => average.lowest().map(|level| level as f64),
            Stat::Max => average.highest().map(|level| level as f64),
            Stat::Last => Some(self.level() as f64),
            _ => None,
        }
    }
}

#[cold]
fn mistake(error: StatisticsError) -> Mistake {
    Mistake(error.to_string())
}
