//! Observations in their order, in bounded memory.

use super::{Mistake, Observation};
use crate::measure::nanos_in;
use crate::statistics::Tally;

/// How many values a series has at most; an even number.
const MOST: usize = 8_192;

/// Means of equally many observations each, in order. When there are as many as there may be, two
/// neighbours become one, and the next are of twice as many.
#[derive(Clone, Debug)]
pub(crate) struct Batches {
    pub(super) means: Vec<f64>,
    /// How many observations a batch has.
    pub(super) length: u64,
    /// The batch that is not full yet.
    pub(super) open: Tally,
    pub(super) nanos: f64,
}

impl Batches {
    pub(crate) fn new(unit: &str) -> Self {
        Self { means: Vec::new(), length: 1, open: Tally::new(), nanos: nanos_in(unit) }
    }

    #[inline]
    pub(crate) fn record(&mut self, observation: Observation) -> Result<(), Mistake> {
        let number = observation.number(self.nanos)?;
        self.open.add(number).map_err(|error| Mistake(error.to_string()))?;
        if self.open.count() >= self.length {
            self.close();
        }
        Ok(())
    }

    fn close(&mut self) {
        self.means.extend(self.open.mean());
        self.open = Tally::new();
        if self.means.len() >= MOST {
            let pairs = self.means.chunks_exact(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0);
            self.means = pairs.collect();
            self.length *= 2;
        }
    }

    pub(super) fn clear(&mut self) {
        (self.means, self.length, self.open) = (Vec::new(), 1, Tally::new());
    }

    /// The means of the full batches.
    pub(crate) fn means(&self) -> Vec<f64> {
        self.means.clone()
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn is_possible(&self) -> bool {
        self.means.len() < MOST
            && self.length.is_power_of_two()
            && self.open.count() < self.length
            && self.means.iter().all(|mean| mean.is_finite())
    }
}
