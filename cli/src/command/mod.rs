//! The `flagfall` command: arguments, files, the terminal and the wall clock. All that it
//! computes comes from the library.

mod arguments;
mod built_in;
mod compare;
mod comparing;
mod diff;
mod dispatch;
mod given;
mod hosted;
mod merge;
mod options;
mod own;
mod program;
mod replay;
mod report;
mod run;
mod running;
mod scenario;
mod scenario_file;
mod schema;
mod shards;
mod snapshot;
mod studying;
mod sweep;
mod talk;
mod ties;
mod trace;
mod traces;
mod verify;

// For fuzzers and tests, which cannot start a process for each text.
#[doc(hidden)]
pub use scenario_file::check_scenario;

pub use dispatch::{main, main_of};
pub use hosted::{
    Host, HostedAnswer, HostedFunction, HostedProgress, HostedRun, HostedScenario,
    HostedVerification, HostedVerify, NoResult, NotFinished,
};
#[cfg(feature = "parquet")]
pub use hosted::{HostedChoice, HostedEnd};
pub use own::{Copies, Ended, OwnModel, Preparation, PrepareError};
pub use program::Program;
