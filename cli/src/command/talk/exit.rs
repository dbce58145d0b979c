//! Exit codes, and how a failure is told.

use super::stderr::talk;
use crate::study::{StudyError, StudyProblem};
use flagfall::panics::Payload;
use flagfall::{SimulationError, SnapshotError};
use std::io;
use std::process::ExitCode;

/// The run ended with an error: a limit, a panic in a handler, somebody who waits for what
/// can no longer come. Or what was compared is different, or several outcomes where one was
/// expected.
pub(crate) const RUN: u8 = 1;
/// The command line is wrong.
pub(crate) const USAGE: u8 = 2;
/// A file could not be read or has a mistake in it, or the output could not be written.
pub(crate) const FILES: u8 = 3;

/// Files of a finished study were changed.
pub(crate) const CHANGED: u8 = 4;
/// A folder, or a file in it, is of another study.
pub(crate) const FOREIGN: u8 = 5;
/// Ctrl-C ended a study, as shells have it: 128 and the number of the signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// Shown at the end of `flagfall --help`.
pub(crate) const HELP: &str = "\
Exit codes: 0 done; 1 the run ended with an error (a limit, a panic in a handler) or got
stuck (somebody waits for what can no longer come), or what diff, replay and verify
compare is different, or `ties --expect-one` found several outcomes; 2 wrong command
line; 3 a file could not be read or has a mistake in it, or the output could not be
written; 4 files of a study were changed after it was finished; 5 a folder or a file is
of another study, or of the same one by another version or under other limits; 130 a
study was ended by Ctrl-C, which says what is kept.
A closed pipe (`flagfall ... | head`) is not an error. A command that runs out of memory is ended
by the system, with 134 or 137; what options ask for is bounded before, by 2 GB for a run.

Results go to standard output, everything else to standard error.";

/// Why the command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of our output is gone: nothing to say, and nobody to hear.
    ClosedPipe,
    /// What was compared is different, which the output says.
    Different,
    Run(Box<SimulationError>),
    Usage(String),
    Files(String),
    /// Files of a finished study were changed.
    Changed(String),
    /// What is there is of another study.
    Foreign(String),
    /// A search found more outcomes than it should.
    Several(String),
    /// A mistake of a model of one's own, outside of any handler.
    Model(String),
    /// Our own mistake, outside of any handler.
    Bug(String),
}

/// What unwinds when a model of one's own has panicked outside of any handler.
pub(crate) struct ModelPanic(pub(crate) String);

/// What writing to standard output returned: no other error of input or output is converted.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Files(format!("cannot write the output: {error}")),
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
    /// What a panic outside of any handler says.
    pub(crate) fn of_panic(panic: &Payload) -> Self {
        match panic.get() {
            Some(ModelPanic(text)) => Self::Model(text.clone()),
            None => Self::Bug(panic.message().to_owned()),
        }
    }

    /// Why the folder of a study cannot be used, and `hint` behind it.
    pub(crate) fn of_study(error: &StudyError, hint: &str) -> Self {
        let text = format!("{error}{hint}");
        match error.problem {
            StudyProblem::Changed(_) => Self::Changed(text),
            _ if error.is_foreign() => Self::Foreign(text),
            _ => Self::Files(text),
        }
    }

    /// Tells the failure on stderr, with the command that repeats it, and gives its exit code.
    pub(crate) fn report(self, again: &str) -> ExitCode {
        self.tell(again).into()
    }

    pub(crate) fn tell(self, again: &str) -> u8 {
        let code = match &self {
            Self::ClosedPipe => return 0,
            Self::Different => return RUN,
            Self::Run(_) | Self::Model(_) | Self::Bug(_) | Self::Several(_) => RUN,
            Self::Usage(_) => USAGE,
            Self::Files(_) => FILES,
            Self::Changed(_) => CHANGED,
            Self::Foreign(_) => FOREIGN,
        };
        let again = match &self {
            Self::Run(_) | Self::Model(_) | Self::Bug(_) => format!("\nagain: {again}"),
            Self::Usage(_) => "\n\nFor more, try '--help'.".to_owned(),
            _ => String::new(),
        };
        talk(format_args!("error: {}{again}", self.text()));
        code
    }

    /// What failed, without what to do about it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::ClosedPipe => "the output was closed".to_owned(),
            Self::Different => "there is a difference".to_owned(),
            Self::Run(error) => inside(&error.to_string()),
            Self::Usage(message)
            | Self::Files(message)
            | Self::Changed(message)
            | Self::Foreign(message)
            | Self::Several(message) => message.clone(),
            Self::Model(text) => inside(text),
            Self::Bug(text) => {
                format!("this is a mistake of flagfall's own: {}", inside(text))
            }
        }
    }
}

/// What a model says, whose further lines do not begin as ours do.
fn inside(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}
