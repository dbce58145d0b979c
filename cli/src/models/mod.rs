//! The notebook's four systems and a queue, each an ordinary user of the engine.
//!
//! A model is a set of parameters (`TaxiFleet`, ...) with `Default` giving
//! the notebook's numbers, a `start` that puts its actors into a
//! [`Simulation`](flagfall::Simulation), and a `collect` that reads the result afterwards.
//! `run` starts the model, runs it and collects the result. Models do not know each other.

pub mod actor_tree;
mod branch;
#[cfg(feature = "canary")]
mod canary;
mod message_actor;
pub mod message_log;
mod money;
pub mod parameter_server;
pub mod queue;
pub mod taxi_fleet;

pub use branch::{Branching, ResumedRun, resume_run, save_run};
pub use message_actor::{MessageActor, MessageActorMessage};
pub use money::{Money, ParseRateError, Rate};

use flagfall::{Latency, Span};

/// The latency of the systems by default.
///
/// On real Ray the order of simultaneous calls is decided by how many hops
/// each took, not by who was called first. An equal small latency on every
/// message gives that order.
pub const DEFAULT_LATENCY: Latency = Latency::Fixed(Span::from_millis(1));

/// How long a new process takes to start: what Ray 2.60 took from creating
/// an actor to its first reply (median of six, `fixtures/ray/overheads.json`).
pub const DEFAULT_STARTUP: Span = Span::from_millis(365);
