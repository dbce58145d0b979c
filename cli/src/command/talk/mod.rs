//! What the command says: results, failures with exit codes, progress.

mod captured;
mod done;
mod exit;
mod interrupt;
mod meant;
mod output;
mod progress;
mod shell;
mod stderr;

pub(crate) use captured::{captured, done_here, ends as host_ends, host_goes_on};
pub(crate) use done::Done;
pub(crate) use exit::{Failure, HELP, ModelPanic, USAGE, without_panic_messages};
pub(crate) use interrupt::Interrupt;
pub(crate) use meant::nearest;
pub(crate) use output::{peak_memory_bytes, print, read_at_most, replace, stdout};
pub(crate) use progress::Progress;
pub(crate) use shell::shell_line;
pub(crate) use stderr::{note_once, talk};
