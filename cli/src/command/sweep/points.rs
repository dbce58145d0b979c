//! The points of a study: scenarios that are ready to run many times.

use crate::command::arguments::Reader;
use crate::command::given::option;
use crate::command::own::AnyModel;
use crate::command::program::Program;
use crate::command::running::run_while;
use crate::command::scenario::{Scenario, subcommand};
use crate::command::talk::{Failure, ModelPanic, host_goes_on, nearest};
use crate::limits;
use crate::words::one_line;
use clap::{Arg, Command};
use flagfall::experiment::{Finished, Grid};
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::panics::caught;
use flagfall::{Config, Limits, Simulation, SimulationError};

/// Options that cannot vary: they do not change a run, or the study sets them.
const NO_FACTORS: [&str; 17] = [
    "digest",
    "digest-of",
    "event-list",
    "html",
    "json",
    "lang",
    "no-digest",
    "pace",
    "quiet",
    "record",
    "replication",
    "snapshot",
    "snapshot-at",
    "snapshot-every",
    "summary",
    "trace",
    "verbose",
];

/// Options about the output of single runs: they are not part of a study.
pub(crate) const HIDDEN: [&str; 4] = ["quiet", "verbose", "json", "summary"];

pub(crate) struct Point {
    pub(crate) words: Vec<String>,
    model: AnyModel,
    config: Config,
}

impl Point {
    pub(crate) fn of(mut scenario: Scenario, words: Vec<String>) -> Result<Self, Failure> {
        if scenario.reads_standard_input() {
            return Err(Failure::Usage(
                "a study runs many times, and standard input can be read once: put it into a file"
                    .to_owned(),
            ));
        }
        // Nothing shows the lists of single runs.
        scenario.options.summary = true;
        let config = scenario.prepare()?;
        Ok(Self { words, model: scenario.model, config })
    }

    /// Makes a replication. `goes_on` is asked every few milliseconds; if it says no, the error
    /// counts for nothing.
    pub(crate) fn run(
        &self,
        replication: u64,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Finished, String> {
        let run = || {
            let run = self.run_while(replication, goes_on).map_err(|error| error.to_string())?;
            let run = run.ok_or_else(|| "it did not end".to_owned())?;
            Ok(Finished::of(&self.model, &run))
        };
        // A panic outside of any handler is a failed replication like any other.
        caught(run).unwrap_or_else(|panic| match panic.get() {
            Some(ModelPanic(text)) => Err(text.clone()),
            None => panic.resume(),
        })
    }

    /// As [`Model::run`]; `None` if it was not to go on.
    fn run_while(
        &self,
        replication: u64,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Run<Measures>>, SimulationError> {
        let mut simulation = Simulation::new(self.config.clone().replication(replication));
        let handles = self.model.start(&mut simulation);
        if !run_while(&mut simulation, goes_on)? {
            return Ok(None);
        }
        let run = Run::of(&simulation, self.model.collect(&simulation, &handles));
        simulation.unless_stuck(run).map(Some)
    }

    /// The command that runs one replication by itself.
    pub(crate) fn command(&self, program: &Program, replication: u64) -> String {
        let words = self.words.iter().cloned();
        program.shell_line(words.chain([format!("--replication={replication}")]))
    }

    /// All that decides the results of its runs.
    pub(crate) fn scenario(&self) -> String {
        // Limits only decide whether a run fails: with other limits, failed runs can be tried
        // again in the same folder.
        let unlimited = self.config.clone().limits(Limits::default());
        let Config { digest, ingredients, digest_of, .. } = &self.config;
        let scenario = self.model.identity(&unlimited);
        format!("{scenario}digest {digest:?} {ingredients:?} {digest_of:?}")
    }

    /// The limits of its runs, as options.
    pub(crate) fn limits(&self) -> Vec<(&'static str, String)> {
        limits::texts(&self.config.limits)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.config.seed
    }
}

/// The points of a grid: the scenario with other levels. All are checked before any is run.
pub(crate) fn points(
    scenario: &Scenario,
    grid: &Grid,
    program: &Program,
) -> Result<Vec<Point>, Failure> {
    points_with(scenario, grid, program, None)
}

/// As [`points`], but each with a seed of its own, so that they have no random numbers in common.
pub(super) fn independent_points(
    scenario: &Scenario,
    grid: &Grid,
    program: &Program,
) -> Result<Vec<Point>, Failure> {
    if grid.factors().iter().any(|factor| factor.name == "seed") {
        return Err(Failure::Usage(
            "--procedure rinott gives each point a seed of its own: leave --set seed out, or choose \
             by kn"
                .to_owned(),
        ));
    }
    points_with(scenario, grid, program, Some(scenario.options.seed))
}

/// The seed of the first point, if each has one of its own: others have those after it.
fn points_with(
    scenario: &Scenario,
    grid: &Grid,
    program: &Program,
    seed: Option<u64>,
) -> Result<Vec<Point>, Failure> {
    check_factors(scenario, grid, program)?;
    let names: Vec<&str> = grid.factors().iter().map(|factor| factor.name.as_str()).collect();
    let without: Vec<&str> = HIDDEN.into_iter().chain(seed.map(|_| "seed")).collect();
    let base = scenario.words(&without, "a study")?;
    let mut reader = Reader::new(program);
    let goes_on = host_goes_on();
    let point = |point| {
        if !goes_on() {
            return Err(Failure::Ended);
        }
        let levels = names.iter().zip(grid.levels(point));
        let levels = levels.map(|(name, level)| format!("--{name}={level}"));
        let own = seed.map(|seed| format!("--seed={}", seed.wrapping_add(point as u64)));
        let words: Vec<String> = base.iter().cloned().chain(levels).chain(own).collect();
        let scenario = reader.read(&words[1..]).map_err(|error| {
            let told = reader.told(&error, &words[1..]);
            Failure::Usage(format!("at the point `{}`: {told}", words.join(" ")))
        })?;
        Point::of(scenario, words)
    };
    (0..grid.points()).map(point).collect()
}

fn check_factors(scenario: &Scenario, grid: &Grid, program: &Program) -> Result<(), Failure> {
    let system = scenario.model.name();
    let command = program.find(system).map_or_else(Command::default, |kind| subcommand(kind));
    let longs = command.get_arguments().filter_map(Arg::get_long);
    let takes_values =
        |name: &&str| option(&command, name).is_some_and(|arg| arg.get_action().takes_values());
    let options: Vec<&str> =
        longs.filter(takes_values).filter(|name| !NO_FACTORS.contains(name)).collect();
    for factor in grid.factors() {
        let name = &factor.name;
        if name == "replication" {
            return Err(Failure::Usage(
                "--set replication: say with --replications how many there are".to_owned(),
            ));
        }
        if !options.contains(&name.as_str()) {
            let shown = one_line(name);
            return Err(Failure::Usage(format!(
                "--set {shown}: {system} has no option {shown} that can vary{}",
                nearest(name, &options)
            )));
        }
        if let Some(given) = scenario.given.iter().find(|given| given.name == *name) {
            return Err(Failure::Usage(format!(
                "{name} is given twice, by {} and by --set {factor}: leave one of them out",
                given.shown()
            )));
        }
    }
    Ok(())
}
