//! All tests of the command and the models in one binary; one module per area.

mod clock;
mod command;
mod compare;
mod digest;
mod experiment;
mod forks;
#[cfg(feature = "parquet")]
mod guide;
mod horizon;
mod measures;
mod notebook;
mod page;
mod printing;
mod queue;
mod ray_taxi;
mod scenario;
#[cfg(feature = "parquet")]
mod study;
#[path = "../../tests/support.rs"]
mod support;
mod taxi;
mod ties;
mod trace;
mod tree;
