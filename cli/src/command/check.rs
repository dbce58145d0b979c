//! Scenario files up to where their runs would begin.

use super::args::{BuiltIn, Cli, Command, Common, System};
use super::exit::Failure;
use super::scenario_file;
use super::system::{Runnable, Visitor, visit};
use clap::Parser;
use flagfall::Config;

/// Reads the text of a scenario file with all checks that `flagfall run FILE.toml`
/// makes before the run begins, and gives the scenario as the model itself writes
/// it ([`Scenario::scenario`](crate::scenario::Scenario::scenario)); of a grid, all levels are
/// checked, and the first point is given.
///
/// `None` if the text names other files: they are not read.
///
/// # Errors
/// The text of what the command would tell.
pub fn check_scenario(text: &str) -> Result<Option<String>, String> {
    let expanded = scenario_file::command_line(text)?;
    let cli = Cli::try_parse_from(&expanded.arguments).map_err(|error| {
        expanded.refused(&error).map_or_else(|| error.to_string(), |failure| failure.text())
    })?;
    let Command::Run { system } = cli.command else { return Ok(None) };
    if names_files(&system) {
        return Ok(None);
    }
    visit(&system, Written).map(Some).map_err(|failure| expanded.placed(failure).text())
}

fn names_files(system: &System) -> bool {
    let durations =
        matches!(system, System::BuiltIn(BuiltIn::Taxi(args)) if args.durations_file.is_some());
    durations || system.common().faults.is_some()
}

/// Writes scenarios instead of running them.
struct Written;

impl Visitor for Written {
    type Output = String;

    fn visit<S: Runnable>(self, model: &S, config: Config, _: &Common) -> Result<String, Failure> {
        Ok(model.scenario(&config))
    }
}
