//! Results as text and JSON: pure functions of what a run came to.
//!
//! The text is what the notebook prints, line by line; the JSON is for
//! programs and needs the feature `cli`.

#[cfg(feature = "trace")]
pub mod difference;
#[cfg(feature = "cli")]
pub mod json;
mod language;
pub mod numpy;
#[cfg(feature = "cli")]
pub mod page;
mod plain;
pub mod python;
pub mod study;
pub mod text;
#[cfg(feature = "cli")]
pub mod ties;

pub use language::Language;
pub use plain::{Plain, plain};
