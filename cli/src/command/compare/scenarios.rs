//! The scenarios of a comparison: of several files, or of a grid.

use super::CompareArgs;
use crate::command::args::{Cli, Command};
use crate::command::exit::Failure;
use crate::command::output::talk;
use crate::command::scenario_file;
use crate::command::sweep::{Point, Points, Words, for_many_runs, prepared};
use crate::words::shown;
use clap::Parser;
use flagfall::experiment::Grid;
use std::ffi::OsString;
use std::path::PathBuf;

/// One of those that are compared.
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) model: String,
    /// The arguments that run it: with `--replication=I` one replication.
    pub(super) words: Vec<String>,
    pub(super) point: Box<dyn Point>,
}

/// The scenarios that the command line names.
pub(super) fn of(args: &CompareArgs, arguments: &[OsString]) -> Result<Vec<Scenario>, Failure> {
    let usage = |message: &str| Err(Failure::Usage(message.to_owned()));
    let is_scenario = |path: &&PathBuf| path.extension().is_some_and(|end| end == "toml");
    if let Some(path) = args.files.iter().find(|path| !is_scenario(path)) {
        return Err(Failure::Usage(format!(
            "{} is neither a model nor a scenario file, NAME.toml: see `flagfall list`",
            shown(path)
        )));
    }
    match (&args.system, &args.options.set[..]) {
        (Some(_), []) => usage(
            "a comparison is between scenarios: vary an option with --set, like --set fleet=4,5, \
             or name several scenario files",
        ),
        (Some(system), factors) => {
            for_many_runs(system.common(), "a comparison")?;
            let grid = Grid::new(factors.to_vec());
            let grid = grid.map_err(|error| Failure::Usage(format!("--set: {error}")))?;
            of_grid(system.name(), &grid, arguments)
        }
        (None, [_, ..]) => usage(
            "--set varies an option of a model: name the model, like compare taxi, or one file",
        ),
        (None, []) if args.files.len() < 2 => usage(
            "a comparison is between two scenarios or more: name their files, or vary an option of \
             a model, like compare taxi --set fleet=4,5",
        ),
        (None, []) => args.files.iter().map(|path| of_file(path.as_os_str().to_owned())).collect(),
    }
}

/// The scenario of a file, as `flagfall run FILE.toml` reads it.
fn of_file(path: OsString) -> Result<Scenario, Failure> {
    let name = shown(&path);
    let expanded = scenario_file::expand(vec!["flagfall".into(), "run".into(), path])?;
    if let Some(note) = &expanded.note {
        talk(format_args!("note: {note}"));
    }
    let cli = Cli::try_parse_from(&expanded.arguments).map_err(|error| {
        expanded.refused(&error).unwrap_or_else(|| Failure::Usage(format!("{name}: {error}")))
    })?;
    let Command::Run { system } = cli.command else { unreachable!("it begins with run") };
    for_many_runs(system.common(), "a comparison")?;
    let words = expanded.arguments.iter().skip(1);
    let words = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let model = system.name().to_owned();
    let point = prepared(*system).map_err(|failure| expanded.placed(failure))?;
    Ok(Scenario { name, model, words, point })
}

/// The scenarios of a grid.
fn of_grid(model: &str, grid: &Grid, arguments: &[OsString]) -> Result<Vec<Scenario>, Failure> {
    const MOST: usize = 100;
    if grid.points() < 2 || grid.points() > MOST {
        let points = grid.points();
        let wanted = if points < 2 { "two are the least" } else { "100 are the most" };
        return Err(Failure::Usage(format!("--set gives {points} scenarios: {wanted}")));
    }
    let points = Points::of(&Words::of(arguments, model)?, grid)?;
    let names = (0..grid.points()).map(|point| {
        let factors = grid.factors().iter().zip(grid.levels(point));
        let names = factors.map(|(factor, level)| format!("{}={level}", factor.name));
        names.collect::<Vec<_>>().join(" ")
    });
    let scenarios = names.zip(points.words).zip(points.models);
    Ok(scenarios
        .map(|((name, words), point)| Scenario { name, model: model.to_owned(), words, point })
        .collect())
}
