//! `flagfall ties`: what the order of simultaneous events decides.

use super::args::{Common, SearchArgs, System};
use super::exit::Failure;
use super::output::{Stdout, talk};
use super::own::program;
use super::progress::Progress;
use super::run::{command_line, without_panic_messages};
use super::system::{self, Runnable, Visitor};
use crate::report::json;
use crate::report::ties::{self as report, RunResult};
use crate::words::counted;
use flagfall::model::{Model, Run};
use flagfall::record::Record;
use flagfall::search::{Outcomes, TieSearch};
use flagfall::tie::{TieChoices, TiePolicy};
use flagfall::{Config, Simulation, SimulationError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Instant;

pub(super) fn ties(system: &System, search: &SearchArgs) -> Result<(), Failure> {
    check(system.common())?;
    system::visit(system, Explore { search })
}

/// Options of single runs mean nothing for thousands of them.
fn check(common: &Common) -> Result<(), Failure> {
    let refused = [
        (common.trace, "--trace"),
        (common.record.is_some(), "--record"),
        (common.pace.is_some(), "--pace"),
        (common.ties.policy(0) != TiePolicy::InOrder, "--ties"),
    ];
    match refused.into_iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, option)) => Err(Failure::Usage(format!(
            "{option} is for one run, and `{name} ties` makes many: give it to `{name} run`",
            name = program().name()
        ))),
    }
}

/// A search over the orders of a system.
struct Explore<'a> {
    search: &'a SearchArgs,
}

impl Visitor for Explore<'_> {
    type Output = ();

    fn visit<S: Runnable>(self, model: &S, config: Config, common: &Common) -> Result<(), Failure> {
        let start = Instant::now();
        let found = self.outcomes(model, &config, common)?;
        self.check_measure(&found)?;
        let of = self.search.of.as_deref();
        write(model, (&config, common, of), &found)?;
        if !common.quiet {
            let millis = start.elapsed().as_secs_f64() * 1e3;
            talk(format_args!(
                "{}: seed {}, {}, {} of them given up as known, wall {millis:.0} ms",
                model.name(),
                config.seed,
                counted(found.runs, "run"),
                found.redundant
            ));
        }
        self.judge(&found)
    }
}

impl Explore<'_> {
    /// What the orders come to.
    fn outcomes<S: Runnable>(
        &self,
        model: &S,
        config: &Config,
        common: &Common,
    ) -> Result<Outcomes<RunResult>, Failure> {
        // What the digest says of the order is no outcome.
        let plain = config.clone().digest(false);
        let Self { search } = self;
        let mut runs = 0_u64;
        let mut progress = Progress::new(common.quiet);
        without_panic_messages(|| {
            let settings = TieSearch::new().budget(search.budget).samples(search.samples);
            let found = settings.seed(config.seed).run(|ties| {
                runs += 1;
                progress.tell(|| format!("{}: {}", model.name(), counted(runs, "run")));
                let mut simulation = Simulation::new(plain.clone().ties(ties.clone()));
                let ran = model.run_in(&mut simulation);
                let result = match ran.and_then(|run| simulation.unless_stuck(run)) {
                    Ok(run) => {
                        object(model, &run, &plain, common).map_err(|error| error.to_string())
                    }
                    Err(error) => Err(failure(&error)),
                };
                (result, simulation.tie_log())
            });
            let again = command_line();
            found.map_err(|error| Failure::Bug { text: error.to_string(), again })
        })
    }

    /// Whether runs have the measure that is asked about.
    fn check_measure(&self, found: &Outcomes<RunResult>) -> Result<(), Failure> {
        let Some(of) = &self.search.of else { return Ok(()) };
        let results = || found.outcomes.iter().map(|outcome| &outcome.result);
        let Some(known) = results().map(report::measures).find(|known| !known.is_empty()) else {
            // All runs fail, which the outcomes say.
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

    /// Whether that is what was expected.
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

/// Writes what a search found as the user wants it.
fn write<S: Runnable>(
    model: &S,
    (config, common, of): (&Config, &Common, Option<&str>),
    found: &Outcomes<RunResult>,
) -> Result<(), Failure> {
    let records = records(model, config);
    let mut out = Stdout::new();
    if common.json {
        let chosen = |ties: &TieChoices| {
            let config = config.clone().ties(TiePolicy::Chosen(ties.clone()));
            let run = without_panic_messages(|| Ok(model.run(config.clone()))).ok()?.ok()?;
            object(model, &run, &config, common).ok()
        };
        let objects: Vec<_> = found.outcomes.iter().map(|outcome| chosen(&outcome.ties)).collect();
        out.report(|out| json::ties(out, (model.name(), of), found, &objects, &records))?;
    } else {
        out.report(|out| report::text(out, found, &records, of))?;
    }
    out.finish()
}

/// A run as `flagfall run --json` prints it.
fn object<S: Runnable>(
    model: &S,
    run: &Run<S::Result>,
    config: &Config,
    common: &Common,
) -> io::Result<String> {
    let mut bytes = Vec::new();
    model.json(&mut bytes, run, config, common)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A failure without the number of its event, which depends on the order.
fn failure(error: &SimulationError) -> String {
    let SimulationError { kind, actor, time, .. } = error;
    let actor = if actor.is_empty() { String::new() } else { format!("actor {actor}: ") };
    format!("{actor}{kind} (virtual time {time})")
}

/// What happened at each event of the usual run: its first record.
fn records<M: Model>(model: &M, config: &Config) -> BTreeMap<u64, String> {
    let records = Rc::new(RefCell::new(BTreeMap::new()));
    let noted = Rc::clone(&records);
    let mut simulation = Simulation::new(config.clone());
    simulation.observe(move |record: &Record<'_>| {
        let from = record.sender.to_string();
        let from = if from.is_empty() { from } else { format!(" (from {from})") };
        noted.borrow_mut().entry(record.event).or_insert_with(|| format!("{record}{from}"));
    });
    // How it ends is known.
    let _ = without_panic_messages(|| Ok(model.run_in(&mut simulation).is_ok()));
    drop(simulation);
    Rc::try_unwrap(records).map(RefCell::into_inner).unwrap_or_default()
}
