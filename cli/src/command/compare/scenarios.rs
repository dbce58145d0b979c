//! The scenarios of a comparison: from several files, or from a grid.

use crate::command::arguments::{Reader, tree};
use crate::command::given::is_scenario_file;
use crate::command::options::CompareArgs;
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::command::scenario_file::expand;
use crate::command::sweep::{Point, points};
use crate::command::talk::{Failure, talk};
use crate::study::ScenarioEntry;
use crate::words::shown;
use flagfall::experiment::Grid;
use std::ffi::OsString;

/// A scenario, and what it is called.
pub(crate) struct Candidate {
    pub(crate) entry: ScenarioEntry,
    pub(crate) point: Point,
}

impl Candidate {
    fn new(name: String, model: &str, point: Point) -> Self {
        let entry = ScenarioEntry { name, model: model.to_owned(), run: point.words.clone() };
        Self { entry, point }
    }
}

pub(crate) fn of(
    scenario: Option<&Scenario>,
    args: &CompareArgs,
    program: &Program,
) -> Result<Vec<Candidate>, Failure> {
    let usage = |message: &str| Err(Failure::Usage(message.to_owned()));
    if let Some(path) = args.files.iter().find(|path| !is_scenario_file(path.as_os_str())) {
        return Err(Failure::Usage(format!(
            "{} is neither a model nor a scenario file, NAME.toml: see `flagfall list`",
            shown(path)
        )));
    }
    match (scenario, &args.options.set[..]) {
        (Some(_), []) => usage(
            "a comparison is between scenarios: vary an option with --set, like --set fleet=4,5, \
             or name several scenario files",
        ),
        (Some(scenario), factors) => {
            check(scenario, program)?;
            let grid = Grid::new(factors.to_vec());
            let grid = grid.map_err(|error| Failure::Usage(format!("--set: {error}")))?;
            of_grid(scenario, &grid, program)
        }
        (None, [_, ..]) => usage(
            "--set varies an option of a model: name the model, like compare taxi, or one file",
        ),
        (None, []) if args.files.len() < 2 => usage(
            "a comparison is between two scenarios or more: name their files, or vary an option of \
             a model, like compare taxi --set fleet=4,5",
        ),
        (None, []) => {
            args.files.iter().map(|path| of_file(path.as_os_str().to_owned(), program)).collect()
        }
    }
}

/// Checks that the options of runs are those of a comparison.
fn check(scenario: &Scenario, program: &Program) -> Result<(), Failure> {
    scenario.options.check_for_replications("a comparison", &program.name)?;
    if scenario.options.antithetic {
        return Err(Failure::Usage(
            "--antithetic: a comparison takes its replications as independent, and those of a pair \
             are not: leave it out, or use `sweep`"
                .to_owned(),
        ));
    }
    Ok(())
}

/// The scenario in a file, as `flagfall run FILE.toml` reads it.
fn of_file(path: OsString, program: &Program) -> Result<Candidate, Failure> {
    let (name, tree) = (shown(&path), tree(program));
    let expanded = expand(&tree, vec![program.name.as_str().into(), "run".into(), path])?;
    if let Some(note) = &expanded.note {
        talk(format_args!("note: {note}"));
    }
    let words = expanded.arguments.iter().skip(1);
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let scenario = Reader::new(program).read(&words[1..]).map_err(|error| {
        let refused = expanded.refused(&error, &tree);
        refused.unwrap_or_else(|| Failure::Usage(format!("{name}: {error}")))
    })?;
    check(&scenario, program)?;
    let model = scenario.model.name().to_owned();
    let point = Point::of(scenario, words).map_err(|failure| expanded.placed(failure, &tree))?;
    Ok(Candidate::new(name, &model, point))
}

fn of_grid(scenario: &Scenario, grid: &Grid, program: &Program) -> Result<Vec<Candidate>, Failure> {
    const MOST: usize = 100;
    if grid.points() < 2 || grid.points() > MOST {
        let points = grid.points();
        let wanted = if points < 2 { "two are the least" } else { "100 are the most" };
        return Err(Failure::Usage(format!("--set gives {points} scenarios: {wanted}")));
    }
    let names = (0..grid.points()).map(|point| {
        let factors = grid.factors().iter().zip(grid.levels(point));
        let names = factors.map(|(factor, level)| format!("{}={level}", factor.name));
        names.collect::<Vec<_>>().join(" ")
    });
    let model = scenario.model.name();
    let points = points(scenario, grid, program)?;
    let compared = names.zip(points);
    Ok(compared.map(|(name, point)| Candidate::new(name, model, point)).collect())
}
