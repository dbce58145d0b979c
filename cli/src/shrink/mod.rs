//! Small counterexamples: a failing run is made smaller, workload, fault plan
//! and tie choices together, as long as it fails.
//!
//! A property that fails on a thousand rides, a dozen rules of what goes wrong
//! and a shuffle says little; one that fails on two rides and one tie says what
//! is wrong. [`Shrinker`] looks for it by delta debugging (Zeller and
//! Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): parts
//! are left out, largest first, and whatever still fails goes on.
//!
//! Tie choices belong to the events of one run, so they are lost when the
//! workload changes. A smaller workload is therefore tried without choices, with
//! the old ones, and with a few shuffles; what fails is kept with the choices
//! that made it fail.

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
            // A part may come up again, where halves are no halves.
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
/// use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
/// use flagfall::model::Model;
/// use flagfall_cli::shrink::{Case, Shrinker};
/// use flagfall::{Config, Simulation, Span, TiePolicy};
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
/// assert_eq!(found.case.workload.durations.len(), 2);
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
        let failure = search.fails(&case.workload, &case.faults, &case.ties);
        failure.map(|(_, message)| message)
    }

    /// The smallest case found from that on which the property fails; `None` if
    /// it holds there.
    ///
    /// The property gets a new simulation each time, runs the workload in it, and
    /// says how it fails; a panic is a failure, too. It must come to the same on
    /// the same case. Cost: a run for each case that is tried, one for each
    /// shuffle.
    pub fn shrink<W: Workload>(
        &self,
        case: &Case<W>,
        mut property: impl FnMut(&W, &mut Simulation) -> Result<(), String>,
    ) -> Option<Counterexample<W>> {
        let mut search = Search { shrinker: self, property: &mut property, runs: 0 };
        let (ties, message) = search.fails(&case.workload, &case.faults, &case.ties)?;
        let mut found = Found { case: Case { ties, ..case.clone() }, message };
        // What one part allows may depend on the others.
        while search.smaller_workload(&mut found)
            || search.fewer_faults(&mut found)
            || search.fewer_ties(&mut found)
        {}
        let Found { case, message } = found;
        Some(Counterexample { case, message, runs: search.runs })
    }
}

/// What fails, and how.
struct Found<W> {
    case: Case<W>,
    message: String,
}

/// What is asked of runs; called once for each.
type Property<'a, W> = dyn FnMut(&W, &mut Simulation) -> Result<(), String> + 'a;

struct Search<'a, W> {
    shrinker: &'a Shrinker,
    property: &'a mut Property<'a, W>,
    runs: u64,
}

impl<W> Search<'_, W> {
    /// Whether the property fails: under which choices, and how.
    fn fails(
        &mut self,
        workload: &W,
        faults: &FaultPlan,
        ties: &TiePolicy,
    ) -> Option<(TiePolicy, String)> {
        if self.runs == self.shrinker.budget {
            return None;
        }
        self.runs += 1;
        // A guide notes what it chooses.
        let policy = match ties {
            TiePolicy::Shuffled(seed) => TiePolicy::Guided(TieGuide::shuffled(*seed)),
            other => other.clone(),
        };
        let config = self.shrinker.config.clone().faults(faults.clone()).ties(policy);
        let mut simulation = Simulation::new(config);
        let verdict = caught(|| (self.property)(workload, &mut simulation));
        let message = match verdict {
            Ok(Ok(())) => return None,
            Ok(Err(message)) => message,
            Err(panic) => panic.message().to_owned(),
        };
        // Choices that do not fit this run say nothing about the property.
        if matches!(
            simulation.failure().map(|error| &error.kind),
            Some(ErrorKind::TieChoice { .. })
        ) {
            return None;
        }
        let ties = match ties {
            TiePolicy::Shuffled(_) => chosen(simulation.tie_log().choices()),
            other => other.clone(),
        };
        Some((ties, message))
    }

    /// The same, with whatever order makes it fail: the usual one, that of the
    /// choices known, or a shuffle.
    fn fails_somehow(
        &mut self,
        workload: &W,
        faults: &FaultPlan,
        ties: &TiePolicy,
    ) -> Option<(TiePolicy, String)> {
        let mut policies = vec![TiePolicy::InOrder];
        if *ties != TiePolicy::InOrder {
            policies.push(ties.clone());
            policies.extend((0..self.shrinker.shuffles).map(TiePolicy::Shuffled));
        }
        policies.iter().find_map(|ties| self.fails(workload, faults, ties))
    }
}

impl<W: Workload> Search<'_, W> {
    fn smaller_workload(&mut self, found: &mut Found<W>) -> bool {
        for workload in found.case.workload.smaller() {
            let Case { faults, ties, .. } = &found.case;
            if let Some((ties, message)) = self.fails_somehow(&workload, faults, ties) {
                let faults = found.case.faults.clone();
                *found = Found { case: Case { workload, faults, ties }, message };
                return true;
            }
        }
        false
    }

    fn fewer_faults(&mut self, found: &mut Found<W>) -> bool {
        for rules in smaller_lists(found.case.faults.rules()) {
            let faults = rules.into_iter().fold(FaultPlan::new(), FaultPlan::rule);
            let Case { workload, ties, .. } = &found.case;
            if let Some((ties, message)) = self.fails_somehow(workload, &faults, ties) {
                let workload = workload.clone();
                *found = Found { case: Case { workload, faults, ties }, message };
                return true;
            }
        }
        false
    }

    fn fewer_ties(&mut self, found: &mut Found<W>) -> bool {
        let TiePolicy::Chosen(choices) = &found.case.ties else { return false };
        let list: Vec<(u64, u32)> = choices.iter().collect();
        for list in smaller_lists(&list) {
            let fewer = chosen(list.into_iter().collect());
            let Case { workload, faults, .. } = &found.case;
            if let Some((ties, message)) = self.fails(workload, faults, &fewer) {
                (found.case.ties, found.message) = (ties, message);
                return true;
            }
        }
        false
    }
}

/// No choices are the usual order.
fn chosen(choices: TieChoices) -> TiePolicy {
    if choices.is_empty() { TiePolicy::InOrder } else { TiePolicy::Chosen(choices) }
}
