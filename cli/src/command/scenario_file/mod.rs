//! Scenario files: the options of a run or a study in a file, to keep it and run it again.
//!
//! A file has the options of the command line, with the same checks. The place of each in the
//! file is remembered, so that a later error can show it.

mod beside;
mod expand;
mod file;
mod place;
mod read;
mod refused;
mod study;
mod word;

pub(super) use beside::exclude_each_other;
pub use expand::check_scenario;
pub(super) use expand::{Expanded, expand, words_of};
pub(super) use study::{KEYS, options as study_options};
