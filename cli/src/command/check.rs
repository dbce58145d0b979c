//! Scenario files up to where their runs would begin.

use super::program::Program;
use super::scenario_file::scenario_of;

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
    let program = Program::flagfall();
    let (mut scenario, placed) = scenario_of(&program, text)?;
    if !scenario.files().is_empty() {
        return Ok(None);
    }
    let config = scenario.prepare().map_err(placed)?;
    Ok(Some(scenario.model.scenario(&config)))
}
