//! Results as text and JSON: pure functions of the results of a run.
//!
//! The text is what the notebook prints, line by line; the JSON is for programs.

pub mod difference;
pub mod json;
mod measures;
pub mod numpy;
pub mod page;
mod plain;
pub mod python;
pub mod study;
pub mod ties;
mod translations;

pub use measures::measures;
pub use plain::{Plain, plain};
pub use translations::Language;
