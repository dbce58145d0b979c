//! `flagfall ties`: searches what the order of simultaneous events decides.

use super::options::{SearchArgs, for_one_run};
use super::own::{AnyModel, Handles};
use super::program::Program;
use super::running::{observed, run_model};
use super::scenario::Scenario;
use super::talk::{Failure, Progress, done_here, host_ends, print, talk, without_panic_messages};
use crate::report::json;
use crate::report::ties::{self as report, RunResult};
use crate::words::counted;
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::panics::Enough;
use flagfall::search::{Outcomes, TieSearch};
use flagfall::tie::{TieChoices, TiePolicy};
use flagfall::{Config, Simulation, SimulationError};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering;
use std::time::Instant;

pub(crate) fn ties(
    mut scenario: Scenario,
    search: &SearchArgs,
    program: &Program,
) -> Result<(), Failure> {
    scenario.options.check_for_many("a search", &program.name)?;
    if scenario.options.ties.policy(0) != TiePolicy::InOrder {
        return Err(for_one_run("--ties", "a search", &program.name));
    }
    let config = scenario.prepare()?;
    let start = Instant::now();
    let explore = Explore { scenario: &scenario, config, search };
    let found = explore.outcomes()?;
    explore.check_measure(&found)?;
    explore.write(&found)?;
    if !scenario.options.quiet {
        let millis = start.elapsed().as_secs_f64() * 1e3;
        talk(format_args!(
            "{}: seed {}, {}, {} of them stopped early as duplicates, wall {millis:.0} ms",
            scenario.model.name(),
            explore.config.seed,
            counted(found.runs, "run"),
            found.redundant
        ));
    }
    explore.judge(&found)
}

struct Explore<'a> {
    scenario: &'a Scenario,
    config: Config,
    search: &'a SearchArgs,
}

impl Explore<'_> {
    fn outcomes(&self) -> Result<Outcomes<RunResult>, Failure> {
        let Self { scenario: Scenario { model, options, .. }, config, search } = self;
        // The digest depends on the order, and is not part of the outcome.
        let plain = config.clone().digest(false);
        let mut runs = 0_u64;
        let mut progress = Progress::new(options.quiet);
        let (ends, done) = (host_ends(), done_here());
        without_panic_messages(|| {
            let settings = TieSearch::new().budget(search.budget).samples(search.samples);
            let found = settings.seed(config.seed).run(|ties| {
                runs += 1;
                done.add(1);
                progress.tell(|| format!("{}: {}", model.name(), counted(runs, "run")));
                if ends.as_ref().is_some_and(|ends| ends.load(Ordering::Relaxed)) {
                    // The whole search ends, and nobody reads how.
                    Enough::unwind();
                }
                let mut simulation = Simulation::new(plain.clone().ties(ties.clone()));
                let result = match run_model(model, &mut simulation) {
                    Ok((run, handles)) => {
                        let object = self.object((&simulation, &handles), &run, &plain);
                        object.map_err(|error| error.to_string())
                    }
                    Err(Failure::Run(error)) => Err(failure(&error)),
                    Err(other) => Err(other.text()),
                };
                (result, simulation.tie_log())
            });
            found.map_err(|error| Failure::Bug(error.to_string()))
        })
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

    fn write(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
        let Self { scenario: Scenario { model, options, .. }, config, search } = self;
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

    fn check_measure(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
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

    fn judge(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
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
