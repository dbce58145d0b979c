//! The `flagfall` command: models, scenario files, studies, reports.
//!
//! The engine is the crate [`flagfall`]. This one runs models from a terminal: the built-in
//! ones ([`models`]) and your own ([`OwnModel`], [`Program`]).
//!
//! | to | see |
//! |---|---|
//! | make a command of your own model | [`OwnModel`], [`Program`] |
//! | see complete systems | [`models`] |
//! | run a model for a program that is no terminal | [`Host`] |
//! | keep the parameters of a run in a file | [`Scenario`], [`scenario`] |
//! | make a failing run small | [`shrink::Shrinker`] |
//! | keep the rows of a study in a folder | [`study`] |
//! | print results, make pages of them | [`report`] |
//! | do a study from the command line | the book: `docs/`, or the module `flagfall::book` |
//!
//! # Features
//!
//! `parquet` (default) also writes the rows of studies as Parquet, which takes long to compile.
//! `proptest` adds strategies for property tests of models ([`shrink`]). `canary` is for tests
//! only: it makes the taxi fleet nondeterministic.

mod command;
mod disk;
mod limits;
pub mod models;
pub mod report;
pub mod scenario;
pub mod shrink;
pub mod study;
mod words;

#[doc(hidden)]
pub use command::check_scenario;
pub use command::{
    Copies, Ended, Host, HostedAnswer, HostedFunction, HostedProgress, HostedRun, HostedScenario,
    HostedVerification, HostedVerify, NoResult, NotFinished, OwnModel, Preparation, PrepareError,
    Program, main, main_of,
};
#[cfg(feature = "parquet")]
pub use command::{HostedChoice, HostedEnd};
pub use report::json::Fields;
pub use scenario::Scenario;
