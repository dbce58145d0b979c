//! Counts of observations between given edges.

use super::{Mistake, Observation, Stat};
use crate::measure::nanos_in;

/// More edges are a mistake: the counts would not be looked at.
const MOST: usize = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct Bins {
    /// Rising.
    pub(super) edges: Vec<f64>,
    /// One more than edges: the first up to the first edge, the last beyond the last.
    pub(super) counts: Vec<u64>,
    pub(super) nanos: f64,
}

/// How many observations of a histogram are above one edge, up to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bin {
    /// The edge below, which does not belong to it; minus infinity for the first.
    pub above: f64,
    /// The edge above, which does; infinity for the last.
    pub up_to: f64,
    /// How many observations there are.
    pub count: u64,
}

impl Bins {
    pub(crate) fn new(unit: &str, edges: &[f64]) -> Result<Self, Mistake> {
        let rise = edges.windows(2).all(|pair| pair[0] < pair[1]);
        if edges.is_empty() || edges.len() > MOST || !rise || !edges.iter().all(|e| e.is_finite()) {
            return Err(Mistake(format!(
                "its edges are not 1 to {MOST} numbers, each larger than the one before"
            )));
        }
        let counts = vec![0; edges.len() + 1];
        Ok(Self { edges: edges.to_vec(), counts, nanos: nanos_in(unit) })
    }

    /// Cost: O(log edges).
    #[inline]
    pub(crate) fn record(&mut self, observation: Observation) -> Result<(), Mistake> {
        let number = observation.number(self.nanos)?;
        if number.is_nan() {
            return Err(Mistake("NaN is not a number".to_owned()));
        }
        self.counts[self.edges.partition_point(|edge| *edge < number)] += 1;
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    pub(super) fn has(&self, stat: Stat) -> bool {
        match stat {
            Stat::Count => true,
            Stat::UpTo(edge) => self.edges.contains(&edge),
            _ => false,
        }
    }

    fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub(super) fn read(&self, stat: Stat) -> Option<f64> {
        match stat {
            Stat::Count => Some(self.count() as f64),
            Stat::UpTo(edge) => {
                let bins = self.edges.iter().position(|own| *own == edge)? + 1;
                let below: u64 = self.counts[..bins].iter().sum();
                (self.count() > 0).then(|| below as f64 / self.count() as f64)
            }
            _ => None,
        }
    }

    pub(crate) fn bins(&self) -> Vec<Bin> {
        let below = std::iter::once(f64::NEG_INFINITY).chain(self.edges.iter().copied());
        let upper = self.edges.iter().copied().chain([f64::INFINITY]);
        let bins = below.zip(upper).zip(&self.counts);
        bins.map(|((above, up_to), count)| Bin { above, up_to, count: *count }).collect()
    }
}
