//! Recording into collectors, and reading them.

use crate::collect::collectors::{Counter, Histogram, Level, Series, Tally};
use crate::gauge::{Bin, Data, Mistake, Observation};
use crate::resource::Environment;
use crate::statistics::{self, TimeAverage};

impl Counter {
    /// Adds to the count.
    ///
    /// # Panics
    /// If it is of another simulation, or if the count leaves 64 bits.
    #[inline]
    #[track_caller]
    pub fn add(&self, environment: &impl Environment, more: u64) {
        self.id.record(environment, |data, _| {
            let Data::Counter(count) = data else { return None };
            let sum = count.checked_add(more);
            Some(sum.map(|sum| *count = sum).ok_or_else(overflow))
        });
    }

    /// The count so far, or since the warm-up.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn count(&self, environment: &impl Environment) -> u64 {
        self.id.read(environment, |data, _| match data {
            Data::Counter(count) => Some(*count),
            _ => None,
        })
    }
}

#[cold]
fn overflow() -> Mistake {
    Mistake("its count leaves 64 bits".to_owned())
}

impl Tally {
    /// Records an observation: a span or a number.
    ///
    /// # Panics
    /// If it is of another simulation. If the observation is a span and the unit is not one of
    /// time, or if it is not a number, infinite or larger than 1e140.
    #[inline]
    #[track_caller]
    pub fn record(&self, environment: &impl Environment, observation: impl Into<Observation>) {
        let observation = observation.into();
        self.id.record(environment, |data, _| {
            let Data::Tally(observed) = data else { return None };
            Some(observed.record(observation))
        });
    }

    /// The observations so far, or since the warm-up, in its unit.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn tally(&self, environment: &impl Environment) -> statistics::Tally {
        self.id.read(environment, |data, _| match data {
            Data::Tally(observed) => Some(observed.tally()),
            _ => None,
        })
    }
}

impl Level {
    /// Changes the level by so much from now on.
    ///
    /// # Panics
    /// If it is of another simulation, or if the level leaves 64 bits.
    #[inline]
    #[track_caller]
    pub fn change(&self, environment: &impl Environment, by: i64) {
        self.id.record(environment, |data, kernel| {
            let Data::Level(level) = data else { return None };
            Some(level.change(kernel.now, by))
        });
    }

    /// Sets the level from now on.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[inline]
    #[track_caller]
    pub fn set(&self, environment: &impl Environment, level: i64) {
        self.id.record(environment, |data, kernel| {
            let Data::Level(watched) = data else { return None };
            Some(watched.set(kernel.now, level))
        });
    }

    /// The level now.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn level(&self, environment: &impl Environment) -> i64 {
        self.id.read(environment, |data, _| match data {
            Data::Level(level) => Some(level.level()),
            _ => None,
        })
    }

    /// Its average until now, since it was made or since the warm-up.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn average(&self, environment: &impl Environment) -> TimeAverage {
        self.id.read(environment, |data, kernel| match data {
            Data::Level(level) => Some(level.average(kernel.now)),
            _ => None,
        })
    }
}

impl Histogram {
    /// Records an observation: a span or a number. Cost: O(log edges).
    ///
    /// # Panics
    /// If it is of another simulation. If the observation is a span and the unit is not one of
    /// time, or if it is not a number.
    #[inline]
    #[track_caller]
    pub fn record(&self, environment: &impl Environment, observation: impl Into<Observation>) {
        let observation = observation.into();
        self.id.record(environment, |data, _| {
            let Data::Histogram(bins) = data else { return None };
            Some(bins.record(observation))
        });
    }

    /// Its bins, from the lowest on: one more than there are edges.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn bins(&self, environment: &impl Environment) -> Vec<Bin> {
        self.id.read(environment, |data, _| match data {
            Data::Histogram(bins) => Some(bins.bins()),
            _ => None,
        })
    }
}

impl Series {
    /// Records an observation: a span or a number.
    ///
    /// # Panics
    /// As [`Tally::record`].
    #[inline]
    #[track_caller]
    pub fn record(&self, environment: &impl Environment, observation: impl Into<Observation>) {
        let observation = observation.into();
        self.id.record(environment, |data, _| {
            let Data::Series(batches) = data else { return None };
            Some(batches.record(observation))
        });
    }

    /// The values so far, each the mean of [`batch`](Self::batch) observations.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn values(&self, environment: &impl Environment) -> Vec<f64> {
        self.id.read(environment, |data, _| match data {
            Data::Series(batches) => Some(batches.means()),
            _ => None,
        })
    }

    /// How many observations a value is the mean of: a power of two.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn batch(&self, environment: &impl Environment) -> u64 {
        self.id.read(environment, |data, _| match data {
            Data::Series(batches) => Some(batches.length()),
            _ => None,
        })
    }
}
