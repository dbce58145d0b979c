//! A run for a host that is no terminal, as the Python package.

use super::arguments::Reader;
use super::program::Program;
use super::running::check_stuck;
use super::scenario::Scenario;
use super::talk::{Failure, without_panic_messages};
use flagfall::model::{Model, Run};
use flagfall::{Simulation, SimulationError, VirtualTime};
use std::fmt;

/// Why a hosted run has no result.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NoResult {
    /// The command would have ended with that code and that text.
    Failed(u8, String),
    /// The host wanted it to end.
    Interrupted,
}

impl fmt::Display for NoResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(_, text) => f.write_str(text),
            Self::Interrupted => f.write_str("the run was interrupted"),
        }
    }
}

impl std::error::Error for NoResult {}

impl From<Failure> for NoResult {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.code(), failure.text())
    }
}

/// How many events pass between two questions whether to go on: some milliseconds.
const BETWEEN: u32 = 1 << 14;

/// Makes the run of the command `flagfall run` with those words, the model first, and
/// returns what `--json` prints. Nothing is printed, and no signal is watched; `goes_on` is
/// asked every few milliseconds instead.
///
/// # Errors
/// [`NoResult`]: the words are wrong, the run failed or got stuck, or was to end.
///
/// # Examples
/// ```
/// let words = ["taxi", "--seed=42", "--rides=3"].map(str::to_owned);
/// let json = flagfall_cli::run_to_json(&words, &mut || true)?;
/// assert!(json.starts_with(r#"{"schema":"flagfall/run/"#));
/// # Ok::<(), flagfall_cli::NoResult>(())
/// ```
pub fn run_to_json(
    words: &[String],
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<String, NoResult> {
    let program = Program::flagfall();
    let mut reader = Reader::new(&program);
    let mut scenario =
        reader.read(words).map_err(|error| Failure::Usage(reader.told(&error, words)))?;
    check(&scenario)?;
    let config = scenario.prepare()?;
    let model = &scenario.model;
    let mut simulation = Simulation::new(config);
    let ran = without_panic_messages(|| {
        let handles = model.start(&mut simulation);
        if !run_while(&mut simulation, goes_on)? {
            return Ok(None);
        }
        let measures = model.collect(&simulation, &handles);
        Ok(Some((Run::of(&simulation, measures), handles)))
    });
    let Some((run, handles)) = ran? else { return Err(NoResult::Interrupted) };
    check_stuck(&simulation)?;
    let mut json = Vec::new();
    let (ended, said) = ((&simulation, &handles), (simulation.config(), &run));
    let written = model.json(ended, said, scenario.shown(), &mut json);
    written.map_err(Failure::from)?;
    String::from_utf8(json).map_err(|error| Failure::Bug(error.to_string()).into())
}

/// What makes sense on a terminal alone, or writes files, is refused by name.
fn check(scenario: &Scenario) -> Result<(), Failure> {
    let options = &scenario.options;
    let refused = [
        ("trace", options.trace),
        ("pace", options.pace.is_some()),
        ("verbose", options.verbose),
        ("record", options.record.is_some()),
        ("snapshot", options.snapshot.file.is_some()),
    ];
    match refused.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((name, _)) => Err(Failure::Usage(format!(
            "{name} is of the command alone: leave it out, or run `flagfall run {} --{name}`",
            scenario.model.name()
        ))),
    }
}

/// Runs to the end, as [`Simulation::run`] does; `false` if it was not to go on.
fn run_while(
    simulation: &mut Simulation,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<bool, SimulationError> {
    let last = simulation.config().horizon.unwrap_or(VirtualTime::MAX);
    loop {
        for _ in 0..BETWEEN {
            let is_due = simulation.next_time().is_some_and(|time| time <= last);
            if !is_due || !simulation.step()? {
                simulation.run()?;
                return Ok(true);
            }
        }
        if !goes_on() {
            return Ok(false);
        }
    }
}
