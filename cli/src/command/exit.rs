//! Exit codes, and how a failure is told.

use super::own::ModelPanic;
use crate::study::StudyError;
use flagfall::SimulationError;
use flagfall::panics::Payload;
use std::io;
use std::process::ExitCode;

/// The run ended with an error: a limit, a panic in a handler, somebody who waits for what
/// can no longer come. Or what was compared is different, or several outcomes where one was
/// expected.
pub(super) const RUN: u8 = 1;
/// The command line is wrong.
pub(super) const USAGE: u8 = 2;
/// A file could not be read or has a mistake in it, or the output could not be written.
pub(super) const FILES: u8 = 3;

/// Files of a finished study were changed.
pub(super) const CHANGED: u8 = 4;
/// A folder, or a file in it, is of another study.
pub(super) const FOREIGN: u8 = 5;
/// Ctrl-C ended a study, as shells have it: 128 and the number of the signal.
pub(super) const INTERRUPTED: u8 = 130;

/// Shown at the end of `flagfall --help`.
pub(super) const HELP: &str = "\
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
pub(super) enum Failure {
    /// The reader of our output is gone: nothing to say, and nobody to hear.
    ClosedPipe,
    /// What was compared is different, which the output says.
    Different,
    Run {
        error: Box<SimulationError>,
        again: String,
    },
    Usage(String),
    Files(String),
    /// Files of a finished study were changed.
    Changed(String),
    /// What is there is of another study.
    Foreign(String),
    /// A search found more outcomes than it should.
    Several(String),
    /// A mistake of a model of one's own, outside of any handler.
    Model {
        text: String,
        again: String,
    },
    /// Our own mistake, outside of any handler.
    Bug {
        text: String,
        again: String,
    },
}

impl Failure {
    /// What a panic outside of any handler says.
    pub(super) fn of_panic(panic: &Payload, again: String) -> Self {
        match panic.get() {
            Some(ModelPanic(text)) => Self::Model { text: text.clone(), again },
            None => Self::Bug { text: panic.message().to_owned(), again },
        }
    }

    /// Why the folder of a study cannot be used, and `hint` behind it.
    pub(super) fn of_study(error: &StudyError, hint: &str) -> Self {
        let text = format!("{error}{hint}");
        match error {
            StudyError::Changed { .. } => Self::Changed(text),
            error if error.is_foreign() => Self::Foreign(text),
            _ => Self::Files(text),
        }
    }

    pub(super) fn output(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::Files(format!("cannot write the output: {error}"))
        }
    }

    /// Tells the failure on stderr and gives its exit code.
    pub(super) fn report(self) -> ExitCode {
        u8::try_from(self.tell()).unwrap_or(RUN).into()
    }

    pub(super) fn tell(self) -> i32 {
        let code = match &self {
            Self::ClosedPipe => return 0,
            Self::Different => return i32::from(RUN),
            Self::Run { .. } | Self::Model { .. } | Self::Bug { .. } | Self::Several(_) => RUN,
            Self::Usage(_) => USAGE,
            Self::Files(_) => FILES,
            Self::Changed(_) => CHANGED,
            Self::Foreign(_) => FOREIGN,
        };
        let again = match &self {
            Self::Run { again, .. } | Self::Model { again, .. } | Self::Bug { again, .. } => {
                format!("\nagain: {again}")
            }
            Self::Usage(_) => "\n\nFor more, try '--help'.".to_owned(),
            _ => String::new(),
        };
        super::output::talk(format_args!("error: {}{again}", self.text()));
        i32::from(code)
    }

    /// What failed, without what to do about it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::ClosedPipe => "the output was closed".to_owned(),
            Self::Different => "there is a difference".to_owned(),
            Self::Run { error, .. } => inside(&error.to_string()),
            Self::Usage(message)
            | Self::Files(message)
            | Self::Changed(message)
            | Self::Foreign(message)
            | Self::Several(message) => message.clone(),
            Self::Model { text, .. } => inside(text),
            Self::Bug { text, .. } => {
                format!("this is a mistake of flagfall's own: {}", inside(text))
            }
        }
    }
}

/// What a model says, whose further lines do not begin as ours do.
fn inside(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}
