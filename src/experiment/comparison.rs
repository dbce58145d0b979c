//! Comparison of scenarios under common random numbers.

use super::{
    Column, Compared, ComparedMeasure, Experiment, ExperimentError, Finished, Numbers,
    Replications, Row, Shortage, Stopping, Stored, UntilPrecise, UntilSelected,
};
use crate::measure::{Measure, MeasureKind, Measures};
use crate::statistics::{
    Best, KimNelson, Paired, Precision, StatisticsError, StoppingRule, Tally, Zone,
};
use std::fmt;

/// Scenarios that run replication by replication with common random numbers, and the pairs
/// that are compared.
///
/// The level applies to all intervals of differences of one measure together: by Bonferroni's
/// inequality, each of n intervals has the level 1 - (1 - level) / n.
///
/// Source: Law and Kelton, "Simulation Modeling and Analysis", third edition (2000),
/// sections 10.2.1 (pairs), 10.3 (comparing more than two) and 11.2 (common random numbers).
///
/// # Examples
/// ```
/// use flagfall::experiment::{Comparison, Finished, Replications};
/// use flagfall::{Config, Measures, Simulation, SimulationError, Span};
///
/// // A walk of `steps` steps with random pauses.
/// fn walk(config: Config, steps: u32) -> Result<Finished, SimulationError> {
///     let mut simulation = Simulation::new(config);
///     simulation.process("walker", async move |p| {
///         let mut pauses = p.stream("pauses");
///         for _ in 0..steps {
///             p.sleep(pauses.exponential(Span::from_mins(1))).await;
///         }
///     });
///     simulation.run()?;
///     let mut measures = Measures::new();
///     let end = simulation.last_event() - flagfall::VirtualTime::ZERO;
///     measures.span("length", end);
///     Ok(Finished { measures, events: simulation.events(), digest: simulation.digest() })
/// }
///
/// let compared = Comparison::of_all_pairs(2, 0.95)?.run(
///     &Replications::Fixed(50),
///     1,
///     |scenario, replication| walk(Config::new(42).replication(replication), [20, 22][scenario]),
/// )?;
/// let length = compared.measure("length").expect("a measure of walks");
/// let difference = length.pairs[0].interval(0.95)?;
/// assert!(difference.high() < 0.0, "20 steps take less time than 22");
/// assert!(length.pairs[0].variance_ratio() < Some(1.0), "common random numbers help");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Comparison {
    scenarios: usize,
    pairs: Vec<(usize, usize)>,
    level: f64,
    until: Option<UntilSelected>,
    short: fn(&Shortage),
}

impl Comparison {
    /// Compares every pair of `scenarios` scenarios. The confidence level is that of all
    /// intervals together.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] if there are fewer than two scenarios,
    /// [`StatisticsError::Probability`] if the level is out of range.
    pub fn of_all_pairs(scenarios: usize, level: f64) -> Result<Self, StatisticsError> {
        let pairs = (0..scenarios).flat_map(|one| (one + 1..scenarios).map(move |o| (one, o)));
        Self::new(scenarios, pairs.collect(), level)
    }

    /// Compares the first scenario with each other one: fewer pairs have narrower intervals.
    ///
    /// # Errors
    /// As [`Comparison::of_all_pairs`].
    pub fn with_first(scenarios: usize, level: f64) -> Result<Self, StatisticsError> {
        Self::new(scenarios, (1..scenarios).map(|other| (0, other)).collect(), level)
    }

    fn new(
        scenarios: usize,
        pairs: Vec<(usize, usize)>,
        level: f64,
    ) -> Result<Self, StatisticsError> {
        if scenarios < 2 {
            return Err(StatisticsError::TooFew { needed: 2, got: scenarios as u64 });
        }
        let comparison = Self { scenarios, pairs, level, until: None, short: |_| () };
        StoppingRule::new(Precision::Absolute(1.0), level)?;
        StoppingRule::new(Precision::Absolute(1.0), comparison.pair_level())?;
        Ok(comparison)
    }

    /// Sets a function that is called if not all threads can be started. Runs go on with
    /// fewer threads.
    #[must_use]
    pub fn on_shortage(self, short: fn(&Shortage)) -> Self {
        Self { short, ..self }
    }

    /// The confidence level of each interval, so that all intervals of one measure together
    /// have the level asked for.
    #[must_use]
    pub fn pair_level(&self) -> f64 {
        1.0 - (1.0 - self.level) / self.pairs.len() as f64
    }

    /// Replications until the difference of every pair in those measures is that precise at
    /// [`pair_level`](Self::pair_level), but at most `most`.
    ///
    /// # Errors
    /// As [`StoppingRule::new`].
    pub fn until(
        &self,
        precision: Precision,
        of: &[String],
        most: u64,
    ) -> Result<Replications, StatisticsError> {
        let mut until = UntilPrecise::new(precision, self.pair_level())?;
        let names = |name: &String| {
            let pairs = self.pairs.iter();
            pairs.map(|pair| of_pair(*pair, name)).collect::<Vec<_>>()
        };
        until.of = of.iter().flat_map(names).collect();
        until.most = most;
        Ok(Replications::UntilPrecise(until))
    }

    /// Chooses the scenario with the largest or smallest mean of a measure, by [`KimNelson`].
    /// [`until_selected`](Self::until_selected) makes as many replications as that takes, at most
    /// `most`.
    ///
    /// # Errors
    /// As [`KimNelson::new`].
    pub fn selecting(
        self,
        best: Best,
        zone: Zone,
        of: &str,
        most: u64,
    ) -> Result<Self, StatisticsError> {
        let rule = KimNelson::new(self.scenarios, best, zone)?;
        let of = (0..self.scenarios).map(|scenario| of_scenario(scenario, of)).collect();
        let until = UntilSelected { rule, of, first: zone.first, most };
        Ok(Self { until: Some(until), ..self })
    }

    /// Replications until the scenario is chosen, if one is to be.
    #[must_use]
    pub fn until_selected(&self) -> Option<Replications> {
        self.until.clone().map(Replications::UntilSelected)
    }

    /// Runs all scenarios on `threads` threads. `run` gets the number of the scenario and that
    /// of the replication. The result is the same for any number of threads.
    ///
    /// # Errors
    /// As [`Experiment::run`].
    pub fn run<F: fmt::Display>(
        &self,
        replications: &Replications,
        threads: usize,
        run: impl Fn(usize, u64) -> Result<Finished, F> + Sync,
    ) -> Result<Compared, ExperimentError> {
        self.run_while(replications, threads, run, || Ok(()))
    }

    /// As [`run`](Self::run), and asks `goes_on` after some replications whether to go on.
    ///
    /// # Errors
    /// [`ExperimentError`]; `Keep` with the error of `goes_on`, after which no more replications
    /// are run.
    pub fn run_while<F: fmt::Display, E>(
        &self,
        replications: &Replications,
        threads: usize,
        run: impl Fn(usize, u64) -> Result<Finished, F> + Sync,
        mut goes_on: impl FnMut() -> Result<(), E>,
    ) -> Result<Compared, ExperimentError<E>> {
        let together =
            |_: usize, replication| self.replication(|scenario| run(scenario, replication));
        let experiment =
            Experiment::new(replications.clone()).threads(threads).on_shortage(self.short);
        let results = experiment.run_into(1, Stored::default(), together, |_, _| goes_on())?;
        self.compared(&results.columns, results.rows.into_iter().map(Ok))
    }

    /// One replication of all scenarios as one result, so that they have the same number of
    /// replications and their differences can have a precision. `run` gets the number of the
    /// scenario. Measure `x` of scenario 0 is called `0.x`, and `0-1.x` is what it has more than
    /// scenario 1.
    ///
    /// # Errors
    /// The number of the first scenario that failed, from 1, and its error.
    pub fn replication<F: fmt::Display>(
        &self,
        mut run: impl FnMut(usize) -> Result<Finished, F>,
    ) -> Result<Finished, String> {
        let each = (0..self.scenarios)
            .map(|one| run(one).map_err(|error| format!("scenario {}: {error}", one + 1)));
        each.collect::<Result<Vec<_>, String>>().map(|finished| self.together(&finished))
    }

    /// The measures of all scenarios and the differences of all pairs.
    fn together(&self, finished: &[Finished]) -> Finished {
        let mut measures = Measures::new();
        for (scenario, finished) in finished.iter().enumerate() {
            for measure in finished.measures.as_slice() {
                let name = of_scenario(scenario, &measure.name).into();
                measures.push(Measure { name, ..measure.clone() });
            }
        }
        for pair in &self.pairs {
            let others = finished[pair.1].measures.as_slice();
            for Measure { name, unit, value, .. } in finished[pair.0].measures.as_slice() {
                let other = others.iter().find(|other| other.name == *name && other.unit == *unit);
                if let Some(other) = other {
                    let difference = value.zip(other.value).map(|(one, other)| one - other);
                    measures.add(of_pair(*pair, name), unit.clone(), difference);
                }
            }
        }
        let events = finished.iter().map(|finished| finished.events).sum();
        Finished { measures, events, digest: None }
    }

    /// The results of replications as [`replication`](Self::replication) makes them, in their
    /// order. Memory grows with those that failed, and not with the others.
    ///
    /// # Errors
    /// The first error among the rows.
    pub fn compared<E>(
        &self,
        columns: &[Column],
        rows: impl IntoIterator<Item = Result<Row, E>>,
    ) -> Result<Compared, E> {
        let (mut replications, mut failed) = (0, Vec::new());
        let mut measures = self.measures(columns);
        let mut stopping = self.until_selected().map(Stopping::new);
        for row in rows {
            let row = row?;
            if let Some(stopping) = &mut stopping {
                // Rows of a study that was stopped by hand may lack the measure.
                let _ = stopping.judge::<std::convert::Infallible>(columns, &row);
            }
            replications += 1;
            match row.outcome {
                Ok(Numbers { values, .. }) => measures.iter_mut().for_each(|one| one.add(&values)),
                Err(error) => failed.push((row.replication, error)),
            }
        }
        let measures = measures.into_iter().map(|one| one.compared).collect();
        let selected = stopping.and_then(|stopping| stopping.selected());
        Ok(Compared { pairs: self.pairs.clone(), replications, failed, measures, selected })
    }

    /// The measures in those columns, without values.
    fn measures(&self, columns: &[Column]) -> Vec<Adding> {
        let mut known: Vec<Adding> = Vec::new();
        let find = |name: String| columns.iter().position(|column| column.name == name);
        for column in columns {
            let name = column.name.split_once('.').filter(|(of, _)| !of.contains('-'));
            let Some((_, name)) = name else { continue };
            if known.iter().any(|known| known.compared.name == name) {
                continue;
            }
            let both = |pair: &(usize, usize)| {
                find(of_pair(*pair, name))?;
                find(of_scenario(pair.0, name)).zip(find(of_scenario(pair.1, name)))
            };
            known.push(Adding {
                kind: column.kind,
                scenarios: (0..self.scenarios).map(|one| find(of_scenario(one, name))).collect(),
                pairs: self.pairs.iter().map(both).collect(),
                compared: ComparedMeasure {
                    name: name.to_owned(),
                    unit: column.unit.to_string(),
                    kind: column.kind.seen_in([]),
                    scenarios: vec![Tally::new(); self.scenarios],
                    pairs: vec![Paired::new(); self.pairs.len()],
                },
            });
        }
        known
    }
}

/// A measure to which replications are added.
struct Adding {
    /// Its kind, by the model.
    kind: MeasureKind,
    /// The column of each scenario.
    scenarios: Vec<Option<usize>>,
    /// The columns of both scenarios of each pair.
    pairs: Vec<Option<(usize, usize)>>,
    compared: ComparedMeasure,
}

impl Adding {
    fn add(&mut self, values: &[Option<f64>]) {
        let Self { kind, compared, .. } = self;
        for (tally, column) in compared.scenarios.iter_mut().zip(&self.scenarios) {
            let Some(value) = column.and_then(|column| values[column]) else { continue };
            // A number that is too large for a tally is left out.
            let _ = tally.add(value);
            if kind.seen_in([value]) != compared.kind {
                compared.kind = *kind;
            }
        }
        for (paired, columns) in compared.pairs.iter_mut().zip(&self.pairs) {
            let both = columns.and_then(|(one, other)| values[one].zip(values[other]));
            if let Some((one, other)) = both {
                let _ = paired.add(one, other);
            }
        }
    }
}

fn of_scenario(scenario: usize, name: &str) -> String {
    format!("{scenario}.{name}")
}

fn of_pair((one, other): (usize, usize), name: &str) -> String {
    format!("{one}-{other}.{name}")
}
