//! Scenario files: the options of a system in a file, so that a run or a study
//! can be kept, sent and run again.
//!
//! A file says exactly the options that the command knows, each of which makes the same
//! checks. Each remembers where in the file it stands, so that whoever refuses it later can
//! be quoted with the place.

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
pub(super) use expand::{Expanded, expand};
