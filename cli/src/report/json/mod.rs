//! The JSON output: one object per run, for programs.
//!
//! Every object begins with `schema` and `system`. Fields are added, never
//! renamed, under one schema number. Lists are written as they are walked,
//! so a million rides need no second copy.

mod fields;
mod run;
mod ties;
mod timeline;
mod trace;

pub use fields::Fields;
pub use run::{SCHEMA, run, seconds};
pub use ties::ties;
pub use timeline::Timeline;
pub(super) use timeline::is_handled;
pub use trace::{difference, equal, trace_line};
