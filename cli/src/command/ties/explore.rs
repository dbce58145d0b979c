//! What is searched: the runs of a scenario, and what is said of them.

use crate::command::options::SearchArgs;
use crate::command::own::{AnyModel, Handles};
use crate::command::running::{observed, run_model};
use crate::command::scenario::Scenario;
use crate::command::talk::{Done, Failure, done_here, host_ends, print, without_panic_messages};
use crate::report::json;
use crate::report::ties::{self as report, RunResult};
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::panics::Enough;
use flagfall::search::{Outcomes, SearchError, TieSearch};
use flagfall::tie::{TieChoices, TieLog, TiePolicy};
use flagfall::{Config, Simulation, SimulationError};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A scenario whose ties are searched. Several threads may run it.
pub(super) struct Explore<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) config: Config,
    pub(super) search: &'a SearchArgs,
    /// How many runs were begun.
    pub(super) runs: AtomicU64,
    /// Nobody needs more runs.
    pub(super) stop: AtomicBool,
    ends: Option<Arc<AtomicBool>>,
    done: Arc<Done>,
}

/// A search ends only by a mistake of the engine or of the model.
pub(super) fn bug(error: SearchError) -> Failure {
    Failure::Bug(error.to_string())
}

impl<'a> Explore<'a> {
    pub(super) fn new(scenario: &'a Scenario, config: Config, search: &'a SearchArgs) -> Self {
        let (runs, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        Self { scenario, config, search, runs, stop, ends: host_ends(), done: done_here() }
    }

    pub(super) fn settings(&self) -> TieSearch {
        let SearchArgs { budget, samples, .. } = self.search;
        TieSearch::new().budget(*budget).samples(*samples).seed(self.config.seed)
    }

    /// Makes a run of the search. If the search is to end, it unwinds with [`Enough`], and
    /// nobody reads how.
    pub(super) fn run(&self, ties: &TiePolicy) -> (RunResult, TieLog) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        self.done.add(1);
        let is_set = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        if is_set(&self.stop) || self.ends.as_deref().is_some_and(is_set) {
            Enough::unwind();
        }
        // The digest depends on the order, and is not part of the outcome.
        let plain = self.config.clone().digest(false);
        let mut simulation = Simulation::new(plain.clone().ties(ties.clone()));
        let ran = run_model(&self.scenario.model, &mut simulation);
        let log = simulation.tie_log();
        let result = match ran {
            // Nobody reads the result.
            _ if log.is_redundant() => Err(String::new()),
            Ok((run, handles)) => {
                let object = self.object((&simulation, &handles), &run, &plain);
                object.map_err(|error| error.to_string())
            }
            Err(Failure::Run(error)) => Err(failure(&error)),
            Err(other) => Err(other.text()),
        };
        (result, log)
    }

    /// A run as `flagfall run --json` prints it.
    fn object(
        &self,
        ended: (&Simulation, &Handles),
        run: &Run<Measures>,
        config: &Config,
    ) -> io::Result<String> {
        let mut bytes = Vec::new();
        let Scenario { model, .. } = self.scenario;
        model.json(ended, (config, run), self.scenario.shown(), &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The run with those choices, unless it fails.
    fn chosen(&self, ties: &TieChoices) -> Option<String> {
        let config = self.config.clone().ties(TiePolicy::Chosen(ties.clone()));
        let mut simulation = Simulation::new(config.clone());
        let ran = without_panic_messages(|| run_model(&self.scenario.model, &mut simulation));
        let (run, handles) = ran.ok()?;
        self.object((&simulation, &handles), &run, &config).ok()
    }

    pub(super) fn write(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
        let Self { scenario: Scenario { model, options, .. }, config, search, .. } = self;
        let of = search.of.as_deref();
        let records = records(model, config);
        if options.json {
            let objects: Vec<_> =
                found.outcomes.iter().map(|outcome| self.chosen(&outcome.ties)).collect();
            print(|out| json::ties(out, (model.name(), of), found, &objects, &records))
        } else {
            print(|out| report::text(out, found, &records, of))
        }
    }

    pub(super) fn check_measure(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
        let Some(of) = &self.search.of else { return Ok(()) };
        let results = || found.outcomes.iter().map(|outcome| &outcome.result);
        let Some(known) = results().map(report::measures).find(|known| !known.is_empty()) else {
            // All runs fail, and the outcomes say so.
            return Ok(());
        };
        if known.contains(of) {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "--of {of}: there is no such measure; there are {}",
            known.join(", ")
        )))
    }

    pub(super) fn judge(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
        let one = self.search.expect_one;
        let (several, what) = match &self.search.of {
            Some(of) => (report::groups(found, of).len(), format!("numbers of {of}")),
            None => (found.outcomes.len(), "outcomes".to_owned()),
        };
        match several {
            several if one && several > 1 => Err(Failure::Several(format!(
                "{several} {what}, and one was expected: the order of simultaneous events decides"
            ))),
            _ if one && !found.complete => Err(Failure::Several(
                "one outcome was expected, and not every order was accounted for: raise --budget"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }
}

/// A failure without the number of its event, as that depends on the order.
fn failure(error: &SimulationError) -> String {
    let SimulationError { kind, actor, time, .. } = error;
    let actor = if actor.is_empty() { String::new() } else { format!("actor {actor}: ") };
    format!("{actor}{kind} (virtual time {time})")
}

/// The first record of each event of the usual run.
fn records(model: &AnyModel, config: &Config) -> BTreeMap<u64, String> {
    let mut simulation = Simulation::new(config.clone());
    let records = observed(&mut simulation, BTreeMap::new(), |noted, record| {
        let from = record.sender.to_string();
        let from = if from.is_empty() { from } else { format!(" (from {from})") };
        noted.entry(record.event).or_insert_with(|| format!("{record}{from}"));
        true
    });
    // Its end is known already.
    let _ = without_panic_messages(|| Ok(model.run_in(&mut simulation).is_ok()));
    records.take()
}
