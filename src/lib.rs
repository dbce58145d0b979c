//! Deterministic discrete-event simulation: actors in virtual time.
//!
//! A scheduler with a virtual clock runs actors as state machines. They take
//! timestamped messages from a future event list. Sleeping costs no real time.
//! Every run is reproducible from its seed. The order of simultaneous events is defined.
//!
//! # A first model
//!
//! A message type, an actor, a run:
//!
//! ```
//! use flagfall::prelude::*;
//!
//! // The messages of a till.
//! #[derive(Debug, Message)]
//! enum TillMessage {
//!     Serve { customer: u32 },
//!     Served { customer: u32 },
//! }
//!
//! /// Serves one customer after the other, 90 seconds each.
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
//!             // The till is busy now: other customers wait in its mailbox.
//!             TillMessage::Serve { customer } => {
//!                 context.hold(Span::from_secs(90), TillMessage::Served { customer });
//!             }
//!             TillMessage::Served { customer } => self.served.push((customer, context.now())),
//!         }
//!     }
//! }
//!
//! // Customers arrive at random. The stream is named by its purpose, so that
//! // other draws in the model do not change it.
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
//! The book is `flagfall::book`, or the folder `docs/`. Its pages are read in order. It has
//! a tutorial, and tables for users of SimPy, Ray, NeXosim and tokio.
//!
//! | to | see |
//! |---|---|
//! | write an actor | [`Actor`], [`Message`](trait@Message), [`Context`] |
//! | keep an actor busy, like `time.sleep` in a method | [`Context::hold`] |
//! | ask and wait for the answer, like `ray.get` | [`Context::ask`], [`Context::ask_all`] |
//! | write a process, like SimPy's generators | [`Process`], [`Simulation::process`], [`process`] |
//! | wait for one of several, wait with a timeout, be interrupted | [`process::either`], [`Process::timeout`], [`Process::interruptible`] |
//! | compete for servers, amounts, items | [`Resource`], [`Container`], [`Store`], [`resource`] |
//! | claim several resources at once, wait until something is so | [`Process::acquire_all`], [`Process::until`], [`Variable`] |
//! | send to many actors, ask many actors | [`Context::broadcast`], [`Group`], [`Context::ask_first`] |
//! | cancel a scheduled message | [`Context::set_timer`] |
//! | learn why a run is stuck | [`Simulation::stuck`] |
//! | run stateless tasks on a number of CPUs | [`Context::spawn_task`], [`Config::cpus`] |
//! | delay messages | [`Latency`], [`Config::link`] |
//! | lose, double, delay messages, crash actors | [`FaultPlan`], [`Config::faults`] |
//! | end actors | [`Context::kill`], [`Context::stop`], [`DeathCause`] |
//! | restart actors that fail, be told of deaths | [`supervision`], [`Restart`], [`Context::watch`] |
//! | find actors by name | [`Context::find`], [`Simulation::find`] |
//! | see which messages were lost | [`Simulation::undeliverable`] |
//! | draw random numbers | [`Context::stream`], [`random`], [`random::Distribution`] |
//! | watch a run | [`Simulation::observe`], [`Record`] |
//! | write the records to a file, find where two runs differ first | `flagfall::trace`, feature `trace` |
//! | reorder simultaneous events, or find what their order decides | [`TiePolicy`], [`TieSearch`] |
//! | limit a run | [`Limits`], [`SimulationError`] |
//! | run at the speed of real time | [`Simulation::pace`], [`pacing::RealTime`] |
//! | fork a running simulation, compare the branches | [`Simulation::fork`], [`TypeRegistry`], [`Simulation::branch`] |
//! | save a running simulation, and resume it | `Simulation::save`, `Simulation::resume` (feature `snapshot`) |
//! | compare two runs | [`Simulation::digest`], [`Ingredients`] |
//! | collect statistics during a run, by name and label | [`collect`], [`Config::warm_up`] |
//! | name the results of a run | [`Measures`], [`model::Measured`] |
//! | summarize observations, with confidence intervals | [`statistics`] |
//! | run many replications on all cores | [`experiment`] |
//!
//! # What is promised
//!
//! The same model with the same seed has the same events, with the same order and contents.
//! This holds in debug and release, on every machine. Handlers must be deterministic, too:
//! no clock, no environment, no threads, no iteration over hash maps.
//!
//! # The command
//!
//! The crate `flagfall-cli` has the `flagfall` command, scenario files, folders of studies,
//! reports, small counterexamples, and five complete models.
//!
//! # Features
//!
//! All features are off by default. `trace` adds trace files. `snapshot` saves running
//! simulations to files, and implements serde for the types that states and messages hold.

// The code that `derive(Message)` makes uses this name, also inside the crate.
extern crate self as flagfall;

#[macro_use]
mod handles;

pub mod actor;
pub mod arrivals;
// Only rustdoc reads the pages: no build depends on them.
#[cfg(any(doc, doctest))]
pub mod book;
pub mod collect;
pub mod condition;
mod config;
mod cpu;
pub mod digest;
mod entities;
mod error;
pub mod event_list;
pub mod experiment;
mod features;
mod fork;
mod gauge;
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
pub mod schedule;
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
pub use condition::Variable;
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

/// Makes the examples in README.md tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
