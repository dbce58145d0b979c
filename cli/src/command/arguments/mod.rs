//! Reads arguments, and reports mistakes in them.

mod commands;
mod possible;
mod read;
mod refusal;
mod twice;

pub(super) use commands::{CompletionsArgs, tree};
pub(super) use possible::check;
pub(super) use read::{Reader, named, plain, read_run, scenario};
pub(super) use refusal::{told, why};
pub(super) use twice::check as check_twice;
