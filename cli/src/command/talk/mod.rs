//! What the command says: results, failures with their exit codes, how far work is.

mod exit;
mod interrupt;
mod meant;
mod output;
mod panics;
mod progress;
mod shell;
mod stderr;

pub(crate) use exit::{Failure, HELP, ModelPanic, USAGE};
pub(crate) use interrupt::Interrupt;
pub(crate) use meant::nearest;
pub(crate) use output::{peak_memory_bytes, print, read_at_most, replace, stdout};
pub(crate) use panics::without_panic_messages;
pub(crate) use progress::Progress;
pub(crate) use shell::shell_line;
pub(crate) use stderr::{note_once, talk};
