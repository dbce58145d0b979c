//! placeholder
pub mod actor;
#[cfg(feature = "cli")]
pub mod cli;
pub mod digest;
pub mod event_list;
pub mod models;
pub mod network;
pub mod random;
pub mod record;
pub mod report;
pub mod simulation;
pub mod time;

pub use actor::{ActorId, ActorRef, DeathCause, Message, ReplyTo, RequestError, Spawn};
pub use digest::Digest;
pub use event_list::EventListKind;
pub use network::Latency;
pub use record::{Observer, Record, RecordKind};
pub use simulation::{
    Actor, Config, Context, Counts, ErrorKind, Limit, Limits, Outcome, Simulation,
    SimulationError, Unanswered,
};
pub use time::{Span, VirtualTime};
