//! The results of a comparison.

use crate::measure::MeasureKind;
use crate::statistics::{
    Best, Bounds, Estimate, Paired, StatisticsError, Tally, WithBest, with_the_best,
};

/// The results of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The pairs of scenarios, in the order of each measure's pairs.
    pub pairs: Vec<(usize, usize)>,
    /// How many replications were made of each scenario, with failed ones.
    pub replications: u64,
    /// Replications in which a scenario failed. They count for no scenario.
    pub failed: Vec<(u64, String)>,
    /// The measures of all scenarios, each at its place in the first scenario that has it.
    pub measures: Vec<ComparedMeasure>,
    /// The scenario that was chosen, if one was to be: see
    /// [`Comparison::selecting`](crate::experiment::Comparison::selecting).
    pub selected: Option<usize>,
}

/// One measure of all scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedMeasure {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// The kind of its values, by the model and by the values seen.
    pub kind: MeasureKind,
    /// The values of each scenario.
    pub scenarios: Vec<Tally>,
    /// The values of each pair, over the replications in which both are defined.
    pub pairs: Vec<Paired>,
}

impl Compared {
    /// The measure of that name.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<&ComparedMeasure> {
        self.measures.iter().find(|measure| measure.name == name)
    }
}

impl ComparedMeasure {
    /// The estimate of the mean of a scenario.
    ///
    /// # Errors
    /// As [`Estimate::of`].
    pub fn estimate(&self, scenario: usize, level: f64) -> Result<Estimate, StatisticsError> {
        self.kind.estimate(&self.scenarios[scenario], level)
    }

    /// Whether a pair differs at that level: its interval does not cover 0. If all
    /// differences are equal, there is no interval, and the sign test decides: whether that
    /// number of equal signs is unlikely enough if both signs are equally likely. `None` for
    /// fewer than two replications, and for differences without an [`Estimate`].
    #[must_use]
    pub fn differs(&self, pair: usize, level: f64) -> Option<bool> {
        let difference = self.pairs[pair].difference();
        let estimate = Estimate::of(difference, level).ok().filter(|of| of.count > 1)?;
        Some(match estimate.bounds {
            Bounds::Student { half_width } => estimate.mean.abs() > half_width,
            _ => {
                let chance = libm::exp2(1.0 - difference.count() as f64);
                estimate.mean != 0.0 && chance <= 1.0 - level
            }
        })
    }

    /// Which scenarios can be the best, by the differences of all pairs: see [`with_the_best`].
    /// `pairs` are those of the comparison, and all of them.
    ///
    /// # Errors
    /// As [`with_the_best`]; [`StatisticsError::TooFew`] if not all pairs were compared.
    pub fn with_the_best(
        &self,
        pairs: &[(usize, usize)],
        best: Best,
        level: f64,
    ) -> Result<Vec<WithBest>, StatisticsError> {
        let difference = |one: usize, other: usize| {
            let pair = pairs.iter().position(|pair| *pair == (one, other));
            let paired = pair.and_then(|pair| self.pairs.get(pair));
            paired
                .map(|paired| *paired.difference())
                .ok_or(StatisticsError::TooFew { needed: 1, got: 0 })
        };
        with_the_best(self.scenarios.len(), best, level, difference)
    }

    /// The scenarios with a mean, from the lowest to the highest. Equal ones keep their order.
    #[must_use]
    pub fn ranking(&self) -> Vec<usize> {
        let mean = |scenario: &usize| self.scenarios[*scenario].mean();
        let mut ranked: Vec<usize> = (0..self.scenarios.len()).collect();
        ranked.retain(|scenario| mean(scenario).is_some());
        ranked.sort_by(|one, other| mean(one).partial_cmp(&mean(other)).expect("means are finite"));
        ranked
    }
}
