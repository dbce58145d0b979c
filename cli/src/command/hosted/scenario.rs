//! Scenarios that are read and checked once, and run many times.

use super::NoResult;
use crate::command::given::Given;
use crate::command::own::{AnyModel, Handles, View};
use crate::command::running::{
    PORTION as BETWEEN, check_stuck, first_records, run_while, unanswered, unknown_paths,
};
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, without_panic_messages};
use crate::report::page::{Recorded, timeline};
use flagfall::measure::Measures;
use flagfall::model::{Model, Run};
use flagfall::{Config, Simulation};
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

/// How many bytes are written between two such questions: less than a millisecond.
const PORTION: usize = 1 << 16;

/// A model and its options, read and checked once, for any number of runs. Copies share
/// what was read.
#[derive(Clone, Debug)]
pub struct HostedScenario(Arc<Checked>);

#[derive(Debug)]
struct Checked {
    scenario: Scenario,
    config: Config,
    reads_files: bool,
    /// What the model says of its options.
    note: Option<String>,
}

/// The result of a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct HostedRun {
    /// Its measures and its digest.
    pub run: Run<Measures>,
    /// What the command prints as notes.
    pub notes: Vec<String>,
    /// The seed of its streams.
    pub seed: u64,
    /// Which replication of the scenario it was.
    pub replication: u64,
    scenario: HostedScenario,
    json: OnceLock<String>,
}

impl HostedScenario {
    pub(super) fn new(mut scenario: Scenario) -> Result<Self, NoResult> {
        check(&scenario)?;
        let config = scenario.prepare()?;
        let reads_files = !scenario.files().is_empty();
        let note = without_panic_messages(|| Ok(scenario.model.note()))?;
        Ok(Self(Arc::new(Checked { scenario, config, reads_files, note })))
    }

    /// The name of the model.
    #[must_use]
    pub fn model(&self) -> &'static str {
        self.0.scenario.model.name()
    }

    /// Whether options name files. They were read when the scenario was.
    #[must_use]
    pub fn reads_files(&self) -> bool {
        self.0.reads_files
    }

    /// The scenario file that says the same: what decides what happens, in TOML. What files
    /// said stands in it.
    #[must_use]
    pub fn toml(&self) -> String {
        self.0.scenario.model.scenario(&self.0.config)
    }

    /// Makes the run with that seed and that replication instead of its own, and returns
    /// its result. Nothing is printed, and no signal is watched; `goes_on` is asked every
    /// few milliseconds instead.
    ///
    /// # Errors
    /// [`NoResult`]: the run failed or got stuck, or was to end.
    pub fn run(
        &self,
        seed: Option<u64>,
        replication: Option<u64>,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<HostedRun, NoResult> {
        let (_, config) = self.parts(seed, replication);
        let (seed, replication) = (config.seed, config.replication);
        let mut simulation = Simulation::new(config);
        let (run, handles) = self.to_the_end(&mut simulation, goes_on)?;
        let mut notes = Vec::new();
        notes.extend(self.0.note.clone());
        notes.extend(unknown_paths(&simulation));
        notes.extend(unanswered(simulation.config(), &simulation));
        let json = OnceLock::new();
        // A shorter one is made again for its lists, which take longer to write than it took.
        if run.events >= BETWEEN {
            let _ = json.set(self.json((&simulation, &handles), &run, goes_on)?);
        }
        Ok(HostedRun { run, notes, seed, replication, scenario: self.clone(), json })
    }

    /// The words of [`Host::scenario`](super::Host::scenario) that make such a scenario.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: an option is not UTF-8.
    pub fn words(&self) -> Result<Vec<String>, NoResult> {
        let mut words = self.0.scenario.words(&["json"], "a run")?;
        // Before them stands the command.
        Ok(words.split_off(1))
    }

    /// The model, and the settings of its run with that seed and that replication.
    pub(super) fn parts(&self, seed: Option<u64>, replication: Option<u64>) -> (&AnyModel, Config) {
        let Scenario { model, options, .. } = &self.0.scenario;
        let mut config = self.0.config.clone();
        config.seed = seed.unwrap_or(config.seed);
        config.replication = replication.unwrap_or(config.replication);
        // A shuffle may be of the seed.
        config.ties = options.ties.policy(config.seed);
        (model, config)
    }

    /// Makes the run in a simulation of this scenario that has not begun.
    fn to_the_end(
        &self,
        simulation: &mut Simulation,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<(Run<Measures>, Handles), NoResult> {
        let Scenario { model, .. } = &self.0.scenario;
        let ran = without_panic_messages(|| {
            let handles = model.start(simulation);
            if !run_while(simulation, goes_on)? {
                return Ok(None);
            }
            let measures = model.collect(simulation, &handles);
            Ok(Some((Run::of(simulation, measures), handles)))
        });
        let Some((run, handles)) = ran? else { return Err(NoResult::Interrupted) };
        // It says who waits, which takes longer than to see that somebody does.
        if run.stuck.is_some() {
            check_stuck(simulation)?;
        }
        Ok((run, handles))
    }

    /// What `--json` prints of it.
    fn json(
        &self,
        ended: View<'_>,
        run: &Run<Measures>,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<String, NoResult> {
        let Scenario { model, .. } = &self.0.scenario;
        let shown = self.0.scenario.shown();
        let mut out = Asking { written: Vec::new(), next: PORTION, goes_on, ends: false };
        let told = without_panic_messages(|| {
            let written = model.json(ended, (ended.0.config(), run), shown, &mut out);
            written.map_err(Failure::from)
        });
        if out.ends {
            return Err(NoResult::Interrupted);
        }
        told?;
        String::from_utf8(out.written).map_err(|error| Failure::Bug(error.to_string()).into())
    }
}

impl HostedRun {
    /// The object that `flagfall run --json` prints, with the end of its line. For a short run
    /// it is written when it is first asked for: the run is made again for it.
    ///
    /// # Errors
    /// [`NoResult`]: made again, it is another run. That is a mistake of the model.
    pub fn json(&self) -> Result<&str, NoResult> {
        if let Some(json) = self.json.get() {
            return Ok(json);
        }
        let mut simulation = self.simulation();
        let (run, handles) = self.scenario.to_the_end(&mut simulation, &mut || true)?;
        self.check_equal(&run)?;
        let json = self.scenario.json((&simulation, &handles), &run, &mut || true)?;
        Ok(self.json.get_or_init(|| json))
    }

    /// What a chart of the run shows, as JSON: its actors, when they were busy, when messages
    /// waited, and all of its first
    /// [`MOST_RECORDS`](crate::report::page::MOST_RECORDS) records. It is the run of a report's page,
    /// with a `note` if there are more records, and times in nanoseconds. The run is made again
    /// for it.
    ///
    /// # Errors
    /// [`NoResult`]: made again, it is another run, or it was to end.
    ///
    /// # Examples
    /// ```
    /// use flagfall_cli::{Host, Program};
    ///
    /// let program = Program::flagfall();
    /// let scenario = Host::new(&program).scenario(&["taxi".to_owned()])?;
    /// let run = scenario.run(Some(42), None, &mut || true)?;
    /// assert!(run.timeline(&mut || true)?.contains(r#""actors":["driver","#));
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn timeline(&self, goes_on: &mut dyn FnMut() -> bool) -> Result<String, NoResult> {
        let mut simulation = self.simulation();
        let recorded = first_records(&mut simulation);
        let ran = self.scenario.to_the_end(&mut simulation, goes_on);
        let (mut recorded, full) = recorded.take();
        recorded.call_actors(|path| self.scenario.0.scenario.model.title(path));
        let mut note = String::new();
        if full {
            note = Recorded::note_of_more();
        } else {
            let (run, _) = ran?;
            self.check_equal(&run)?;
            recorded.end_at(run.virtual_time);
        }
        Ok(timeline(&recorded, &note).to_string())
    }

    /// A simulation to make the run again.
    fn simulation(&self) -> Simulation {
        Simulation::new(self.scenario.parts(Some(self.seed), Some(self.replication)).1)
    }

    /// Checks that a run that was made again is this one.
    fn check_equal(&self, again: &Run<Measures>) -> Result<(), NoResult> {
        if *again == self.run {
            return Ok(());
        }
        let name = self.scenario.model();
        let text = format!(
            "the run was made again with another result: `verify` shows where runs of {name} begin \
             to differ"
        );
        Err(Failure::Model(text).into())
    }

    /// The name of the model.
    #[must_use]
    pub fn model(&self) -> &'static str {
        self.scenario.model()
    }

    /// The scenario that it is a run of.
    #[must_use]
    pub fn scenario(&self) -> &HostedScenario {
        &self.scenario
    }
}

/// Memory to write to, which asks after each portion whether to go on.
struct Asking<'a> {
    written: Vec<u8>,
    next: usize,
    goes_on: &'a mut dyn FnMut() -> bool,
    ends: bool,
}

impl Write for Asking<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written.len() >= self.next {
            self.next = self.written.len() + PORTION;
            self.ends = self.ends || !(self.goes_on)();
        }
        if self.ends {
            return Err(io::Error::other("the host wants it to end"));
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Refuses a scenario that reads standard input, which only the command may read.
pub(super) fn check(scenario: &Scenario) -> Result<(), Failure> {
    if !scenario.reads_standard_input() {
        return Ok(());
    }
    let is_it = |given: &&Given| given.value() == "-";
    let named = scenario.given.iter().find(is_it).map_or("-", |given| &given.name);
    Err(Failure::Usage(format!(
        "--{named} is -, and only the command reads standard input: name a file"
    )))
}
