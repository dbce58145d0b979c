//! Failures: their messages and exit codes.

use super::stderr::talk;
use crate::study::{StudyError, StudyProblem};
use flagfall::panics::{Payload, caught};
use flagfall::{SimulationError, SnapshotError};
use std::io;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

// What each of them means stands in the help below.
const RUN: u8 = 1;
pub(crate) const USAGE: u8 = 2;
const FILES: u8 = 3;
const CHANGED: u8 = 4;
const FOREIGN: u8 = 5;
const SHORT: u8 = 6;
/// As in shells: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// Shown at the end of `flagfall --help`.
pub(crate) const HELP: &str = "\
Exit codes: 0 done; 1 the run ended with an error (a limit, a panic in a handler) or got
stuck (somebody waits for what can no longer come), replications failed, diff, replay or
verify found a difference or an unfinished trace, or `ties --expect-one` found several
outcomes or cannot rule them out; 2 wrong command line; 3 a file could not be read or
has a mistake in it, or the output could not be written; 4 files of a study were changed
after it was finished; 5 a folder or a file is of another study or search, or of the same
one by another version or under other limits; 6 shards of it are missing, or a study needs
another round; 130 a study was ended by Ctrl-C, which says what is kept.
A closed pipe (`flagfall ... | head`) is not an error. A command that runs out of memory is ended
by the system, with 134 or 137; options that need more than 2 GB are refused first.

Results go to standard output, everything else to standard error.";

/// Why the command did not do what it was asked to do.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody reads the output any more: there is nothing to say.
    ClosedPipe,
    /// The compared things are different. The output says how.
    Different,
    Run(Box<SimulationError>),
    Usage(String),
    Files(String),
    /// Files of a finished study were changed.
    Changed(String),
    /// A folder or file is of another study.
    Foreign(String),
    /// Something of a study is to be run before the command can do it.
    Short(String),
    /// More outcomes than expected, or replications that failed.
    Several(String),
    /// A panic of a model, outside of any handler.
    Model(String),
    /// A bug in flagfall.
    Bug(String),
    /// A host wants the command to end.
    Ended,
}

/// The payload of the panic of a model outside of any handler.
pub(crate) struct ModelPanic(pub(crate) String);

/// Only for errors of standard output: all others say which file they are about.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Files(format!("cannot write the output: {error}")),
        }
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        match error.problem {
            StudyProblem::Changed(_) => Self::Changed(error.to_string()),
            _ if error.is_foreign() => Self::Foreign(error.to_string()),
            _ => Self::Files(error.to_string()),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::Files(error.to_string())
    }
}

impl From<SimulationError> for Failure {
    fn from(error: SimulationError) -> Self {
        Self::Run(Box::new(error))
    }
}

impl Failure {
    /// The failure of a panic outside of any handler.
    pub(crate) fn of_panic(panic: &Payload) -> Self {
        match panic.get() {
            Some(ModelPanic(text)) => Self::Model(text.clone()),
            None => Self::Bug(panic.message().to_owned()),
        }
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::ClosedPipe => 0,
            Self::Different | Self::Run(_) | Self::Model(_) | Self::Bug(_) | Self::Several(_) => {
                RUN
            }
            Self::Usage(_) => USAGE,
            Self::Files(_) => FILES,
            Self::Changed(_) => CHANGED,
            Self::Ended => INTERRUPTED,
            Self::Foreign(_) => FOREIGN,
            Self::Short(_) => SHORT,
        }
    }

    /// Reports the failure and the command that repeats it on stderr, and returns the exit code.
    pub(crate) fn tell(self, again: &str) -> u8 {
        let code = self.code();
        if matches!(self, Self::ClosedPipe | Self::Different) {
            return code;
        }
        let again = match &self {
            Self::Run(_) | Self::Model(_) | Self::Bug(_) => format!("\nagain: {again}"),
            Self::Usage(_) => "\n\nFor more, try '--help'.".to_owned(),
            _ => String::new(),
        };
        talk(format_args!("error: {}{again}", self.text()));
        code
    }

    /// The message, without the command that repeats it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::ClosedPipe => "the output was closed".to_owned(),
            Self::Different => "there is a difference".to_owned(),
            Self::Ended => "the command was ended".to_owned(),
            Self::Run(error) => inside(&error.to_string()),
            Self::Usage(message)
            | Self::Files(message)
            | Self::Changed(message)
            | Self::Foreign(message)
            | Self::Short(message)
            | Self::Several(message) => message.clone(),
            Self::Model(text) => inside(text),
            Self::Bug(text) => {
                format!("this is a bug in flagfall: {}", inside(text))
            }
        }
    }
}

/// How much work goes on whose panics print nothing.
static SILENT: AtomicUsize = AtomicUsize::new(0);

/// Does work without the standard message of panics: the error of a panic says more.
///
/// Several threads may be in here at once. What prints panics is replaced once, and not put back,
/// so that no thread takes the replacement of another one for what was there before.
pub(crate) fn without_panic_messages<T>(
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    static REPLACED: Once = Once::new();
    REPLACED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if SILENT.load(Ordering::Relaxed) == 0 {
                usual(panic);
            }
        }));
    });
    SILENT.fetch_add(1, Ordering::Relaxed);
    let result = caught(work);
    SILENT.fetch_sub(1, Ordering::Relaxed);
    result.unwrap_or_else(|panic| Err(Failure::of_panic(&panic)))
}

/// A text of a model. Its further lines are indented, so that they do not look like ours.
fn inside(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}
