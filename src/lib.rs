//! Deterministic discrete-event simulation: actors in virtual time.
//!
//! A virtual-clock scheduler runs actors as state machines that take
//! timestamped messages from a future event list. Sleeping costs no time,
//! every run is reproducible from its seed, and the order of simultaneous
//! events is defined, not accidental.
//!
//! # A first model
//!
//! A message type, an actor, a run:
//!
//! ```
//! use flagfall::prelude::*;
//!
//! // What a till and a customer say to each other.
//! #[derive(Debug, Message)]
//! enum TillMessage {
//!     Serve { customer: u32 },
//!     Served { customer: u32 },
//! }
//!
//! /// Serves one customer after the other, a minute and a half each.
//! #[derive(Default)]
//! struct Till {
//!     served: Vec<(u32, VirtualTime)>,
//! }
//!
//! impl Actor for Till {
//!     type Message = TillMessage;
//!
//!     fn handle(&mut self, message: TillMessage, context: &mut Context<'_, TillMessage>) {
//!         match message {
//!             // The till is busy now: whoever comes waits in its mailbox.
//!             TillMessage::Serve { customer } => {
//!                 context.hold(Span::from_secs(90), TillMessage::Served { customer });
//!             }
//!             TillMessage::Served { customer } => self.served.push((customer, context.now())),
//!         }
//!     }
//! }
//!
//! // Customers come at random: the stream is named by its purpose, so that
//! // nothing else in the model can shift it.
//! struct Door {
//!     till: ActorRef<TillMessage>,
//! }
//!
//! impl Actor for Door {
//!     type Message = u32;
//!
//!     fn handle(&mut self, customers: u32, context: &mut Context<'_, u32>) {
//!         let mut stream = context.stream("arrivals");
//!         let mut delay = Span::ZERO;
//!         for customer in 0..customers {
//!             delay += stream.exponential(Span::from_secs(120));
//!             context.send_after(delay, &self.till, TillMessage::Serve { customer });
//!         }
//!     }
//! }
//!
//! let mut simulation = Simulation::new(Config::new(42).latency(Latency::ZERO));
//! let till = simulation.spawn("till", Till::default());
//! let door = simulation.spawn("door", Door { till: *till });
//! simulation.send(&door, 100);
//! simulation.run()?;
//!
//! let served = &simulation[&till].served;
//! assert_eq!(served.len(), 100);
//! assert!(served.windows(2).all(|pair| pair[1].1 - pair[0].1 >= Span::from_secs(90)));
//! # Ok::<(), flagfall::SimulationError>(())
//! ```
//!
//! # Where to look
//!
//! The book has pages to read in order, from a tutorial to tables for those who come from
//! SimPy, Ray, NeXosim or tokio: `flagfall::book`, or the folder `docs/`.
//!
//! | to | see |
//! |---|---|
//! | write an actor | [`Actor`], [`Message`](trait@Message), [`Context`] |
//! | keep an actor busy, like `time.sleep` in a method | [`Context::hold`] |
//! | ask and wait for the answer, like `ray.get` | [`Context::ask`], [`Context::ask_all`] |
//! | write a process, like SimPy's generators | [`Process`], [`Simulation::process`], [`process`] |
//! | wait for one of several, with a timeout, be interrupted | [`process::either`], [`Process::timeout`], [`Process::interruptible`] |
//! | compete for servers, levels, things | [`Resource`], [`Container`], [`Store`], [`resource`] |
//! | tell many, ask many | [`Context::broadcast`], [`Group`], [`Context::ask_first`] |
//! | take a scheduled message back | [`Context::set_timer`] |
//! | learn why nothing goes on | [`Simulation::stuck`] |
//! | run stateless tasks on a number of CPUs | [`Context::spawn_task`], [`Config::cpus`] |
//! | delay messages | [`Latency`], [`Config::link`] |
//! | lose, double, delay messages, crash actors | [`FaultPlan`], [`Config::faults`] |
//! | end actors | [`Context::kill`], [`Context::stop`], [`DeathCause`] |
//! | restart actors that fail, hear of deaths | [`supervision`], [`Restart`], [`Context::watch`] |
//! | find actors by name | [`Context::find`], [`Simulation::find`] |
//! | see what was lost | [`Simulation::undeliverable`] |
//! | draw random numbers | [`Context::stream`], [`random`] |
//! | watch a run | [`Simulation::observe`], [`Record`] |
//! | keep what happened in a file, find where two runs part | `flagfall::trace`, feature `trace` |
//! | reorder simultaneous events, or find what their order decides | [`TiePolicy`], [`TieSearch`] |
//! | bound a run | [`Limits`], [`SimulationError`] |
//! | keep step with real time | [`Simulation::pace`], [`pacing::RealTime`] |
//! | branch a running simulation, compare futures | [`Simulation::fork`], [`TypeRegistry`], [`Simulation::branch`] |
//! | save a running simulation, and resume it | `Simulation::save`, `Simulation::resume` (feature `snapshot`) |
//! | compare two runs | [`Simulation::digest`], [`Ingredients`] |
//! | name the numbers that a run came to | [`Measures`], [`model::Measured`] |
//! | sum up what was observed, with an error bar | [`statistics`] |
//! | run many replications on all cores | [`experiment`] |
//!
//! # What is promised
//!
//! Same model, same seed: the same events in the same order with the same
//! contents, in debug and release, on every machine. Handlers must keep their
//! part: no clock, no environment, no threads, no iteration over hash maps.
//!
//! # The command
//!
//! The crate `flagfall-cli` has the `flagfall` command, scenario files, folders of studies,
//! reports, small counterexamples, and five complete models.
//!
//! # Features
//!
//! None is on unless asked for. `trace` adds trace files. `snapshot` saves running
//! simulations to files, and gives serde to the types that states and messages hold.

// What `derive(Message)` makes names it so, in here, too.
extern crate self as flagfall;

#[macro_use]
mod handles;

pub mod actor;
// Its pages are read by rustdoc alone: a change of one compiles nothing anew.
#[cfg(any(doc, doctest))]
pub mod book;
mod config;
mod cpu;
pub mod digest;
mod entities;
mod error;
pub mod event_list;
pub mod experiment;
mod features;
mod fork;
mod group;
mod handler;
mod hooks;
mod kernel;
mod line;
mod links;
pub mod measure;
pub mod model;
pub mod network;
mod outcome;
pub mod pacing;
#[doc(hidden)]
pub mod panics;
mod parts;
pub mod prelude;
pub mod process;
pub mod random;
pub mod record;
mod request;
pub mod resource;
#[cfg(feature = "snapshot")]
mod save;
pub mod search;
mod simulation;
#[cfg(feature = "snapshot")]
pub mod snapshot;
pub mod statistics;
mod store;
mod stuck;
pub mod supervision;
pub mod tie;
pub mod time;
#[cfg(feature = "trace")]
pub mod trace;
mod types;

pub use actor::{ActorId, ActorRef, DeathCause, Message, ReplyTo, RequestError, SpawnOptions};
pub use config::{Config, Limits};
pub use digest::{Digest, Ingredients, ParseIngredientsError};
pub use error::{ErrorKind, Limit, SimulationError};
pub use event_list::EventListKind;
/// Makes an enum or a struct a [`Message`](trait@Message).
pub use flagfall_derive::Message;
pub use fork::{Branch, Origin};
pub use group::Group;
pub use handler::{Actor, Context, RefTo, Spawned, Timer};
pub use measure::{Measure, MeasureKind, Measures, Series};
pub use model::Model;
pub use network::{FaultPlan, Latency};
pub use outcome::{Counts, Outcome, Unanswered};
pub use process::{Process, ProcessRef};
pub use record::{Draw, Observer, Record, RecordKind};
pub use resource::{Container, Environment, Resource, Store};
#[cfg(feature = "snapshot")]
pub use save::Resumed;
pub use search::TieSearch;
pub use simulation::{Pacer, Simulation};
pub use stuck::{Stuck, WaitFor, Waits};
pub use supervision::{DeathNotice, FindError, Restart, Undeliverable, Watch};
pub use tie::{ParseTiesError, TieChoices, TieLog, TiePolicy};
pub use time::{Span, VirtualTime};
pub use types::{SnapshotError, TypeRegistry};

/// The examples in README.md are tests, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
