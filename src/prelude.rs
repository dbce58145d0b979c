//! What most models name, for `use flagfall::prelude::*`.

pub use crate::actor::{ActorRef, Message, ReplyTo, RequestError};
pub use crate::config::Config;
pub use crate::error::SimulationError;
pub use crate::handler::{Actor, Context, Spawned};
pub use crate::network::Latency;
pub use crate::outcome::Outcome;
pub use crate::process::{Process, ProcessRef};
pub use crate::resource::{Container, Resource, Store};
pub use crate::simulation::Simulation;
pub use crate::time::{Span, VirtualTime};
pub use flagfall_derive::Message;
