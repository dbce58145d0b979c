//! `flagfall ties`: what the order of simultaneous events decides.

use super::args::{Common, SearchArgs, System};
use super::exit::Failure;
use super::options::{actor_tree, config, message_log, parameter_training, taxi_fleet};
use super::output::{Stdout, talk};
use super::run::{command_line, without_panic_messages};
use crate::models::{Model, Run};
use crate::record::Record;
use crate::report::{json, ties as report};
use crate::search::{Outcomes, TieSearch};
use crate::simulation::{Config, Simulation, SimulationError};
use crate::tie::{TieChoices, TiePolicy};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Instant;

pub(super) fn ties(system: System, search: &SearchArgs) -> Result<(), Failure> {
    check(system.common())?;
    let config = config(system.common())?;
    match system {
        System::Taxi(args) => {
            let fleet = taxi_fleet(&args, &config)?;
            let (lang, summary) = (args.common.lang.into(), args.common.summary);
            explore("taxi", &fleet, (&args.common, &config), search, |out, run, config| {
                json::taxi(out, (&fleet, run), config, lang, summary)
            })
        }
        System::ParameterServer(args) => {
            let model = parameter_training(&args)?;
            let summary = args.common.summary;
            explore(
                "parameter-server",
                &model,
                (&args.common, &config),
                search,
                |out, run, config| json::parameter_server(out, (&model, run), config, summary),
            )
        }
        System::ActorTree(args) => {
            let model = actor_tree(&args)?;
            let summary = args.common.summary;
            explore("actor-tree", &model, (&args.common, &config), search, |out, run, config| {
                json::actor_tree(out, (&model, run), config, summary)
            })
        }
        System::Messages(args) => {
            let model = message_log(&args)?;
            let summary = args.common.summary;
            explore("messages", &model, (&args.common, &config), search, |out, run, config| {
                json::message_log(out, (&model, run), config, summary)
            })
        }
    }
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
            "{option} is for one run, and `flagfall ties` makes many: give it to `flagfall run`"
        ))),
    }
}

fn explore<M: Model>(
    name: &str,
    model: &M,
    (common, config): (&Common, &Config),
    search: &SearchArgs,
    write: impl Fn(&mut dyn Write, &Run<M::Result>, &Config) -> io::Result<()>,
) -> Result<(), Failure> {
    // What the digest says of the order is no outcome.
    let plain = config.clone().digest(false);
    let object = |run: &Run<M::Result>, config: &Config| -> io::Result<String> {
        let mut bytes = Vec::new();
        write(&mut bytes, run, config)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let start = Instant::now();
    let found: Outcomes<report::RunResult> = without_panic_messages(|| {
        let settings = TieSearch::new().budget(search.budget).samples(search.samples);
        let found = settings.seed(config.seed).run(|ties| {
            let mut simulation = Simulation::new(plain.clone().ties(ties.clone()));
            let ran = model.run_in(&mut simulation);
            let result = match ran {
                Ok(run) => object(&run, &plain).map_err(|error| error.to_string()),
                Err(error) => Err(failure(&error)),
            };
            (result, simulation.tie_log())
        });
        let again = command_line();
        found.map_err(|error| Failure::Bug { text: error.to_string(), again })
    })?;
    let records = records(model, config);
    let mut out = Stdout::new();
    if common.json {
        let chosen = |ties: &TieChoices| {
            let config = config.clone().ties(TiePolicy::Chosen(ties.clone()));
            let run = without_panic_messages(|| Ok(model.run(config.clone()))).ok()?.ok()?;
            object(&run, &config).ok()
        };
        let objects: Vec<_> = found.outcomes.iter().map(|outcome| chosen(&outcome.ties)).collect();
        out.report(|out| json::ties(out, name, &found, &objects, &records))?;
    } else {
        out.report(|out| report::text(out, &found, &records))?;
    }
    out.finish()?;
    if !common.quiet {
        let millis = start.elapsed().as_secs_f64() * 1e3;
        talk(format_args!(
            "{name}: seed {}, {} runs, {} of them given up as known, wall {millis:.0} ms",
            config.seed, found.runs, found.redundant
        ));
    }
    match found.outcomes.len() {
        several if search.expect_one && several > 1 => Err(Failure::Several(format!(
            "{several} outcomes, and one was expected: the order of simultaneous events decides"
        ))),
        _ if search.expect_one && !found.complete => Err(Failure::Several(
            "one outcome was expected, and not every order was accounted for: raise --budget"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

/// A failure without the number of its event, which depends on the order.
fn failure(error: &SimulationError) -> String {
    let SimulationError { kind, actor, time, .. } = error;
    format!("actor {actor}: {kind} (virtual time {time})")
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
