//! What is made once for all calls of a host: the options of all models.

use super::NoResult;
use super::scenario::{HostedScenario, check};
use super::verify::HostedVerify;
use crate::command::arguments::{Reader, tree};
use crate::command::given::option;
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::command::scenario_file::words_of;
use crate::command::talk::{Failure, nearest, without_panic_messages};
use clap::{Arg, Command};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Options for a terminal, or for files that are written.
const ONLY_FOR_THE_COMMAND: [&str; 11] = [
    "json",
    "quiet",
    "verbose",
    "trace",
    "pace",
    "record",
    "html",
    "snapshot",
    "snapshot-at",
    "snapshot-every",
    "help",
];

/// The models of a program, for a host that is not a terminal.
///
/// The options of the command are made once, at the first call that needs them: they take
/// as long as ten short runs.
///
/// # Examples
/// ```
/// use flagfall_cli::{Host, Program};
///
/// let program = Program::flagfall();
/// let host = Host::new(&program);
/// let scenario = host.scenario(&["taxi", "--rides=3"].map(str::to_owned))?;
/// let run = scenario.run(Some(42), None, &mut || true)?;
/// assert!(run.json()?.starts_with(r#"{"schema":"flagfall/run/"#));
/// # Ok::<(), flagfall_cli::NoResult>(())
/// ```
#[derive(Debug)]
pub struct Host<'p> {
    pub(super) program: &'p Program,
    reader: OnceLock<Mutex<Reader<'p>>>,
    tree: OnceLock<Command>,
}

impl<'p> Host<'p> {
    /// The host of that program. Nothing is made yet.
    pub fn new(program: &'p Program) -> Self {
        Self { program, reader: OnceLock::new(), tree: OnceLock::new() }
    }

    /// The scenario of the command `flagfall run` with those words, the model first:
    /// `["taxi", "--fleet=3"]`. Options and their values are one word each. It is checked,
    /// and the files that it names are read.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: the words are wrong, or a file is.
    pub fn scenario(&self, words: &[String]) -> Result<HostedScenario, NoResult> {
        HostedScenario::new(self.read(words)?)
    }

    /// The scenario of those words, to compare runs of it.
    ///
    /// # Errors
    /// As [`scenario`](Self::scenario).
    ///
    /// # Examples
    /// ```
    /// # use flagfall_cli::{Host, Program};
    /// let program = Program::flagfall();
    /// let words = ["taxi", "--seed=42"].map(str::to_owned);
    /// let equal = Host::new(&program).verify(&words)?.compare((2, Some(2)), &mut |_| true)?;
    /// assert_eq!(equal.records, 122);
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn verify(&self, words: &[String]) -> Result<HostedVerify<'p>, NoResult> {
        let scenario = self.read(words)?;
        check(&scenario)?;
        Ok(HostedVerify { scenario, program: self.program })
    }

    /// Makes what all calls share, if it is not there yet. From then on, only
    /// [`scenario`](Self::scenario) and [`verify`](Self::verify) take a lock, which they give back
    /// before they return. For a host whose process may be forked: a copy would wait forever for
    /// a thread that it does not have.
    pub fn ready(&self) {
        self.reader();
        self.tree();
        // What keeps the messages of panics back is set once in a process.
        let _ = without_panic_messages(|| Ok(()));
    }

    fn reader(&self) -> &Mutex<Reader<'p>> {
        self.reader.get_or_init(|| Mutex::new(Reader::new(self.program)))
    }

    /// The scenario of those words, not yet checked as a whole.
    fn read(&self, words: &[String]) -> Result<Scenario, NoResult> {
        let reader = self.reader();
        // A panic while it is held leaves it as it was: it is a table that is looked into.
        let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
        known(reader.command(), words).map_err(Failure::Usage)?;
        // What is asked for is the JSON object: `summary` wants it.
        let mut words = words.to_vec();
        words.insert(1, "--json".to_owned());
        Ok(reader.read(&words).map_err(|error| Failure::Usage(reader.told(&error, &words)))?)
    }

    /// All commands with their options.
    pub(super) fn tree(&self) -> &Command {
        self.tree.get_or_init(|| tree(self.program))
    }

    /// Checks that there are such a model and such options, as the command line has them.
    pub(super) fn check_known(&self, words: &[String]) -> Result<(), NoResult> {
        let run = self.tree().find_subcommand("run").expect("run is a command");
        Ok(known(run, words).map_err(Failure::Usage)?)
    }

    /// The words of a scenario file with that text, the model first, and what the command
    /// would print as a note: that it says how many runs to make. `path` is where the text was
    /// read, if it was; paths in it count from its folder.
    ///
    /// # Errors
    /// [`NoResult::Failed`]: what is wrong with it, with its place. A grid is refused.
    ///
    /// # Examples
    /// ```
    /// # use flagfall_cli::{Host, Program};
    /// let program = Program::flagfall();
    /// let host = Host::new(&program);
    /// let (words, note) = host.words("model = \"taxi\"\nfleet = 3\n", None)?;
    /// assert_eq!((words, note), (vec!["taxi".to_owned(), "--fleet=3".to_owned()], None));
    /// assert!(host.words("model = \"taxi\"\nflet = 3\n", None).is_err());
    /// # Ok::<(), flagfall_cli::NoResult>(())
    /// ```
    pub fn words(
        &self,
        text: &str,
        path: Option<&Path>,
    ) -> Result<(Vec<String>, Option<String>), NoResult> {
        let run = self.tree().find_subcommand("run").expect("run is a command");
        Ok(words_of(run, text, path)?)
    }
}

/// Checks that the model and the options exist and are for hosts. The parser would name options as
/// on a command line, which a host does not have.
fn known(models: &Command, words: &[String]) -> Result<(), String> {
    // The parser adds a subcommand of its own.
    let is_model = |name: &&str| *name != "help";
    let names =
        || models.get_subcommands().map(Command::get_name).filter(is_model).collect::<Vec<_>>();
    let Some((name, options)) = words.split_first() else {
        return Err(format!("no model: name one of {}", names().join(", ")));
    };
    let model = models
        .find_subcommand(name)
        .filter(|model| is_model(&model.get_name()))
        .ok_or_else(|| format!("no model is called {name}{}", nearest(name, &names())))?;
    for word in options {
        let given = word.strip_prefix("--").unwrap_or(word);
        let given = given.split_once('=').map_or(given, |(given, _)| given);
        if ONLY_FOR_THE_COMMAND.contains(&given) {
            return Err(format!(
                "{given} is only for the command: leave it out, or run `flagfall run {name} --{given}`"
            ));
        }
        if option(model, given).is_some() {
            continue;
        }
        let known = model.get_arguments().filter(|arg| !arg.is_hide_set());
        let known =
            known.filter_map(Arg::get_long).filter(|long| !ONLY_FOR_THE_COMMAND.contains(long));
        let known: Vec<String> = known.map(|long| long.replace('-', "_")).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let given = given.replace('-', "_");
        return Err(format!("{name} has no option {given}{}", nearest(&given, &known)));
    }
    Ok(())
}
