//! Small counterexamples: a failing run is made smaller (workload, fault plan and tie
//! choices) as long as it fails.
//!
//! [`Shrinker`] does it by delta debugging (Zeller and Hildebrandt, "Simplifying and
//! isolating failure-inducing input", 2002): parts are left out, largest first, and what
//! still fails is made smaller again.
//!
//! Tie choices belong to the events of one run, and do not fit another workload. So a
//! smaller workload is tried without choices, with the old ones, and with a few shuffles;
//! what fails is kept with the choices that made it fail.

#[cfg(feature = "proptest")]
mod strategies;
mod workloads;

#[cfg(feature = "proptest")]
pub use strategies::{cases, check, fault_plans};

use crate::scenario::Scenario;
use flagfall::network::FaultPlan;
use flagfall::panics::caught;
use flagfall::tie::{TieChoices, TieGuide, TiePolicy};
use flagfall::{Config, ErrorKind, Simulation};
use std::collections::BTreeSet;

/// What a model is asked to do, as something that can be less.
pub trait Workload: Clone {
    /// Workloads with less in them, the smallest first; none if there is no
    /// less. Following any of them again and again must come to an end.
    fn smaller(&self) -> Vec<Self>;
}

/// The lists with parts left out: all, then each half, each quarter, and so on
/// to each item.
///
/// # Examples
/// ```
/// let smaller = flagfall_cli::shrink::smaller_lists(&[1, 2, 3]);
/// assert_eq!(smaller, [vec![], vec![3], vec![1, 2], vec![2, 3], vec![1, 3]]);
/// ```
#[must_use]
pub fn smaller_lists<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let mut without = BTreeSet::new();
    let mut lists = Vec::new();
    let mut part = items.len();
    while part > 0 {
        for start in (0..items.len()).step_by(part) {
            let end = (start + part).min(items.len());
            // A part may come up again, where halves are not exact.
            if without.insert((start, end)) {
                lists.push([&items[..start], &items[end..]].concat());
            }
        }
        part = if part == 1 { 0 } else { part.div_ceil(2) };
    }
    lists
}

/// A run: what is asked of a model, what goes wrong, and who comes first.
#[derive(Clone, Debug, PartialEq)]
pub struct Case<W> {
    /// What is asked.
    pub workload: W,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// Which of several simultaneous events comes first.
    pub ties: TiePolicy,
}

impl<W> Case<W> {
    /// Nothing goes wrong, and what was scheduled first happens first.
    pub fn new(workload: W) -> Self {
        Self { workload, faults: FaultPlan::new(), ties: TiePolicy::InOrder }
    }

    /// The settings of the run: those given, with the case's faults and ties.
    pub fn config(&self, config: &Config) -> Config {
        config.clone().faults(self.faults.clone()).ties(self.ties.clone())
    }
}

/// The smallest case found on which a property fails.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Counterexample<W> {
    /// The case. Its ties are given choices, or in order.
    pub case: Case<W>,
    /// How it fails.
    pub message: String,
    /// How many runs it took to find.
    pub runs: u64,
}

impl<W: Scenario> Counterexample<W> {
    /// The scenario file that repeats the run: `flagfall run FILE.toml`.
    #[must_use]
    pub fn scenario(&self, config: &Config) -> String {
        // A comment of TOML has no control characters; colours are some.
        let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
        let comment = |line: &str| format!("# {}\n", line.chars().map(plain).collect::<String>());
        let lines: Vec<String> = self.message.lines().map(comment).collect();
        lines.concat() + &self.case.workload.scenario(&self.case.config(config))
    }
}

/// Makes failing runs smaller.
///
/// # Examples
/// With rides as long as the gaps between them, does one taxi do? Not if the
/// next ride comes before the report of the last:
/// ```
/// use flagfall::{Config, Model, Simulation, Span, TiePolicy};
/// use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
/// use flagfall_cli::shrink::{Case, Shrinker};
///
/// let durations = Durations::Given(vec![Span::from_secs(1); 12]);
/// let fleet = TaxiFleet { fleet: 1, durations, ..TaxiFleet::default() };
/// let never_refuses = |fleet: &TaxiFleet, simulation: &mut Simulation| {
///     let day = fleet.run_in(simulation).map_err(|error| error.to_string())?.result;
///     if fleet.fleet == 0 || day.refused().is_empty() { Ok(()) } else { Err("a ride was refused".to_owned()) }
/// };
///
/// let case = Case { ties: TiePolicy::Shuffled(7), ..Case::new(fleet) };
/// let found = Shrinker::new(Config::new(42)).shrink(&case, never_refuses).expect("it fails");
/// assert_eq!(found.case.workload.durations.rides(), 2);
/// let file = found.scenario(&Config::new(42));
/// assert!(file.starts_with("# a ride was refused\nmodel = \"taxi\"\n"));
/// ```
#[derive(Clone, Debug)]
pub struct Shrinker {
    config: Config,
    budget: u64,
    shuffles: u64,
}

impl Shrinker {
    /// Runs happen under those settings; their faults and ties are the case's.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, budget: 10_000, shuffles: 8 }
    }

    /// How many runs it may take; 10,000 unless set.
    #[must_use]
    pub fn budget(self, runs: u64) -> Self {
        Self { budget: runs, ..self }
    }

    /// How many shuffles of the ties are tried on each smaller case, if that
    /// which fails needs more than the usual order; 8 unless set.
    #[must_use]
    pub fn shuffles(self, shuffles: u64) -> Self {
        Self { shuffles, ..self }
    }

    /// How the property fails on that case; `None` if it holds.
    pub fn failure<W>(
        &self,
        case: &Case<W>,
        mut property: impl FnMut(&W, &mut Simulation) -> Result<(), String>,
    ) -> Option<String> {
        let mut search = Search { shrinker: self, property: &mut property, runs: 0 };
        search.failure(case).map(|(_, message)| message)
    }

    /// The smallest case found from that on which the property fails; `None` if
    /// it holds there.
    ///
    /// The property gets a new simulation each time, runs the workload in it, and says how
    /// it fails; a panic is a failure, too. The same case must give the same answer. Cost: a
    /// run for each case and each shuffle that is tried.
    pub fn shrink<W: Workload>(
        &self,
        case: &Case<W>,
        mut property: impl FnMut(&W, &mut Simulation) -> Result<(), String>,
    ) -> Option<Counterexample<W>> {
        let mut search = Search { shrinker: self, property: &mut property, runs: 0 };
        let mut found = search.fails(case.clone())?;
        while let Some(smaller) = search.smaller(&found.case) {
            found = smaller;
        }
        Some(Counterexample { runs: search.runs, ..found })
    }
}

/// What is asked of runs; called once for each.
type Property<'a, W> = dyn FnMut(&W, &mut Simulation) -> Result<(), String> + 'a;

struct Search<'a, W> {
    shrinker: &'a Shrinker,
    property: &'a mut Property<'a, W>,
    runs: u64,
}

impl<W> Search<'_, W> {
    /// Runs a case; if the property fails: under which choices, and how.
    fn failure(&mut self, case: &Case<W>) -> Option<(TiePolicy, String)> {
        if self.runs == self.shrinker.budget {
            return None;
        }
        self.runs += 1;
        let mut config = case.config(&self.shrinker.config);
        if let TiePolicy::Shuffled(seed) = case.ties {
            // A guide notes what it chooses.
            config.ties = TiePolicy::Guided(TieGuide::shuffled(seed));
        }
        let mut simulation = Simulation::new(config);
        let message = match caught(|| (self.property)(&case.workload, &mut simulation)) {
            Ok(Ok(())) => return None,
            Ok(Err(message)) => message,
            Err(panic) => panic.message().to_owned(),
        };
        // Choices that do not fit this run say nothing about the property.
        let kind = simulation.failure().map(|error| &error.kind);
        if matches!(kind, Some(ErrorKind::TieChoice { .. })) {
            return None;
        }
        let ties = match &case.ties {
            TiePolicy::Shuffled(_) => chosen(simulation.tie_log().choices()),
            other => other.clone(),
        };
        Some((ties, message))
    }
}

impl<W: Workload> Search<'_, W> {
    /// The case with the choices that were made, if the property fails on it.
    fn fails(&mut self, case: Case<W>) -> Option<Counterexample<W>> {
        let (ties, message) = self.failure(&case)?;
        Some(Counterexample { case: Case { ties, ..case }, message, runs: self.runs })
    }

    /// The same, in whatever order makes it fail: the usual one, that of the choices
    /// known, or a shuffle.
    fn fails_in_some_order(&mut self, case: &Case<W>) -> Option<Counterexample<W>> {
        let mut policies = vec![TiePolicy::InOrder];
        if case.ties != TiePolicy::InOrder {
            policies.push(case.ties.clone());
            policies.extend((0..self.shrinker.shuffles).map(TiePolicy::Shuffled));
        }
        policies.into_iter().find_map(|ties| self.fails(Case { ties, ..case.clone() }))
    }

    /// The first smaller case that fails: a smaller workload, then fewer faults, then fewer
    /// choices. What one part allows may depend on the others, so each is tried again after
    /// each success.
    fn smaller(&mut self, case: &Case<W>) -> Option<Counterexample<W>> {
        let workloads = case.workload.smaller().into_iter();
        let workloads = workloads.map(|workload| Case { workload, ..case.clone() });
        let plans = smaller_lists(case.faults.rules()).into_iter();
        let plans = plans.map(|rules| rules.into_iter().fold(FaultPlan::new(), FaultPlan::rule));
        let plans = plans.map(|faults| Case { faults, ..case.clone() });
        if let Some(found) = workloads.chain(plans).find_map(|case| self.fails_in_some_order(&case))
        {
            return Some(found);
        }
        let TiePolicy::Chosen(choices) = &case.ties else { return None };
        let choices: Vec<(u64, u32)> = choices.iter().collect();
        let fewer = smaller_lists(&choices).into_iter();
        let fewer = fewer.map(|list| chosen(list.into_iter().collect()));
        fewer.map(|ties| Case { ties, ..case.clone() }).find_map(|case| self.fails(case))
    }
}

/// No choices are the usual order.
fn chosen(choices: TieChoices) -> TiePolicy {
    if choices.is_empty() { TiePolicy::InOrder } else { TiePolicy::Chosen(choices) }
}
