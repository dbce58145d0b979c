//! Choosing the best of several scenarios, with a promised chance of a right choice.

use super::{ExperimentError, Results};
use crate::statistics::{Best, KimNelson, Rinott, StatisticsError, Tally, Zone};

/// Replications of several systems, side by side in columns, until one is chosen by [`KimNelson`].
///
/// Replications that failed, and those in which a system has no value, count for none.
#[derive(Clone, Debug, PartialEq)]
pub struct UntilSelected {
    /// The rule, without replications.
    pub rule: KimNelson,
    /// The column of each system.
    pub of: Vec<String>,
    /// The fewest replications.
    pub first: u64,
    /// The most replications, also without a choice.
    pub most: u64,
}

/// A procedure of selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// That of Kim and Nelson, for points with common random numbers: [`KimNelson`].
    KimNelson,
    /// That of Rinott, for independent points: [`Rinott`].
    Rinott,
}

impl Procedure {
    /// Its short name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::KimNelson => "kn",
            Self::Rinott => "rinott",
        }
    }
}

/// A choice among the points of an experiment. It goes on in rounds, so that points that are left
/// out get no more replications. How many replications each round has, depends on the results alone.
///
/// # Examples
/// Which of three tills has the shortest mean service?
/// ```
/// use flagfall::experiment::{Experiment, Finished, Procedure, Replications, Selection};
/// use flagfall::experiment::{Selected, Stored};
/// use flagfall::statistics::{Best, Zone};
/// use flagfall::{Config, Measures, Simulation, SimulationError, Span};
///
/// let means = [60, 75, 62].map(Span::from_secs);
/// let served = |till: usize, replication: u64| -> Result<Finished, SimulationError> {
///     // Tills with nothing in common, for the example: they take more replications.
///     let config = Config::new(till as u64).replication(replication);
///     let mut simulation = Simulation::new(config);
///     simulation.process("till", async move |p| {
///         let mut services = p.stream("services");
///         for _ in 0..100 {
///             p.sleep(services.exponential(means[till])).await;
///         }
///     });
///     simulation.run()?;
///     let mut measures = Measures::new();
///     let end = simulation.last_event() - flagfall::VirtualTime::ZERO;
///     measures.add("mean", "s", end.as_secs_f64() / 100.0);
///     Ok(Finished { measures, events: simulation.events(), digest: None })
/// };
/// let selection = Selection {
///     procedure: Procedure::KimNelson,
///     best: Best::Min,
///     of: "mean".to_owned(),
///     zone: Zone { indifference: 2.0, chance: 0.95, first: 10 },
///     most: 10_000,
/// };
/// let experiment = Experiment::new(Replications::Fixed(1));
/// let keep = |_: &[_], _: &[_]| Ok::<(), std::convert::Infallible>(());
/// let (results, selected) =
///     experiment.select_into(3, &selection, Stored::default(), served, keep)?;
/// assert_eq!(selected, Selected::Point(0));
/// // The slow one is left out early.
/// assert!(results.of_point(1).len() < results.of_point(2).len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// How it is chosen.
    pub procedure: Procedure,
    /// Whether the largest mean is the best, or the smallest.
    pub best: Best,
    /// The name of the measure.
    pub of: String,
    /// What is promised.
    pub zone: Zone,
    /// The most replications of a point, also without a choice.
    pub most: u64,
}

/// What results come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// That point is the choice.
    Point(usize),
    /// It takes so many replications of each point in all.
    More(Vec<u64>),
    /// No choice was made with the most replications, or none has the measure at all points.
    Nothing,
}

impl Selection {
    /// The most points: the differences of all pairs are kept.
    pub const MOST_POINTS: usize = 1_000;

    /// Checks it for that many points.
    ///
    /// # Errors
    /// As [`Rinott::new`].
    pub fn check(&self, points: usize) -> Result<(), StatisticsError> {
        KimNelson::new(points, self.best, self.zone)?;
        match self.procedure {
            Procedure::KimNelson => Ok(()),
            Procedure::Rinott => Rinott::new(points, self.zone).map(drop),
        }
    }

    /// How many replications each point gets at first.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.zone.first.min(self.most).max(1)
    }

    /// What the results so far come to. It depends on nothing else.
    ///
    /// # Errors
    /// [`ExperimentError::NoMeasure`] if no run has the measure,
    /// [`ExperimentError::Selection`] as [`check`](Self::check).
    pub fn judge<E>(&self, results: &Results) -> Result<Selected, ExperimentError<E>> {
        let Some(column) = results.column(&self.of) else {
            if results.columns.is_empty() {
                return Ok(Selected::Nothing);
            }
            let known = results.columns.iter().map(|column| column.name.to_string()).collect();
            return Err(ExperimentError::NoMeasure { name: self.of.clone(), known });
        };
        let values = |point: usize| -> Vec<Option<f64>> {
            let rows = results.of_point(point).iter();
            rows.map(|row| *row.outcome.as_ref().ok()?.values.get(column)?).collect()
        };
        let values: Vec<_> = (0..results.points()).map(values).collect();
        self.judge_values(&values).map_err(ExperimentError::Selection)
    }

    /// As [`judge`](Self::judge), of the values at each point, by replication: `None` if one failed
    /// or has no value.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn judge_values(&self, values: &[Vec<Option<f64>>]) -> Result<Selected, StatisticsError> {
        match self.procedure {
            Procedure::KimNelson => self.judge_by_kim_nelson(values),
            Procedure::Rinott => self.judge_by_rinott(values),
        }
    }

    fn judge_by_kim_nelson(
        &self,
        values: &[Vec<Option<f64>>],
    ) -> Result<Selected, StatisticsError> {
        let mut rule = KimNelson::new(values.len(), self.best, self.zone)?;
        let mut taken = 0;
        while rule.selected().is_none() {
            let is_there = |point: &usize| taken < values[*point].len();
            if !rule.left().iter().all(is_there) {
                break;
            }
            rule.add_if_known(|point| values[point][taken]);
            taken += 1;
        }
        if let Some(point) = rule.selected() {
            return Ok(Selected::Point(point));
        }
        let taken = taken as u64;
        if taken >= self.most || rule.count() == 0 && taken >= self.zone.first {
            return Ok(Selected::Nothing);
        }
        // Not all have a value. A rough estimate is not followed too far.
        let expected = rule.expected().saturating_mul(taken) / rule.count().max(1);
        let next = expected.clamp(taken + taken / 8 + 1, taken + taken / 2 + 8).min(self.most);
        let mut counts: Vec<u64> = values.iter().map(|values| values.len() as u64).collect();
        rule.left().iter().for_each(|point| counts[*point] = next);
        Ok(Selected::More(counts))
    }

    fn judge_by_rinott(&self, values: &[Vec<Option<f64>>]) -> Result<Selected, StatisticsError> {
        let rule = Rinott::new(values.len(), self.zone)?;
        let mut counts = Vec::new();
        let mut chosen: Option<(usize, f64)> = None;
        let mut is_short = false;
        for (point, values) in values.iter().enumerate() {
            let (mut first, mut all) = (Tally::new(), Tally::new());
            for value in values.iter().flatten() {
                // Equal numbers have no variance to go by.
                let is_over = first.count() >= self.zone.first && first.min() != first.max();
                if all.add(*value).is_ok() && !is_over {
                    let _ = first.add(*value);
                }
            }
            let wanted = rule.replications(&first).max(self.zone.first);
            let taken = values.len() as u64;
            if all.count() == 0 && taken >= self.zone.first {
                return Ok(Selected::Nothing);
            }
            let missing = wanted.saturating_sub(all.count());
            is_short |= missing > 0;
            counts.push(taken.saturating_add(missing).min(self.most));
            if missing > 0 && taken >= self.most {
                return Ok(Selected::Nothing);
            }
            let merit = self.best.merit(all.mean().unwrap_or(0.0));
            if chosen.is_none_or(|(_, best)| merit > best) {
                chosen = Some((point, merit));
            }
        }
        match chosen {
            Some((point, _)) if !is_short => Ok(Selected::Point(point)),
            _ => Ok(Selected::More(counts)),
        }
    }
}
