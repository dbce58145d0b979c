//! What actors are named, addressed and spoken to by.
//!
//! The actor trait itself stands with the [context](crate::Context) that its
//! handler receives; this room knows nothing of how messages travel.

mod contents;
mod message;
mod name;
mod reference;

pub use message::Message;
pub use name::Spawn;
pub(crate) use reference::RequestId;
pub use reference::{ActorId, ActorRef, ReplyTo};

use std::fmt;

/// Why an actor is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeathCause {
    /// It stopped itself; a task at its end.
    Finished,
    /// Another actor, or the program, killed it.
    Killed,
    /// The actor that spawned it died.
    OwnerDied,
    /// It died so long ago that its place was used again.
    Forgotten,
    /// A [`FaultPlan`](crate::FaultPlan) crashed it.
    Crashed,
}

impl fmt::Display for DeathCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Finished => "finished",
            Self::Killed => "killed",
            Self::OwnerDied => "owner died",
            Self::Forgotten => "died long ago",
            Self::Crashed => "crashed",
        })
    }
}

/// Why a request has no answer.
///
/// # Examples
/// ```
/// use flagfall::{DeathCause, RequestError};
///
/// let error = RequestError { actor: "driver/worker".into(), cause: DeathCause::Killed };
/// assert_eq!(error.to_string(), "no answer from driver/worker: killed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// Path of the actor that was asked.
    pub actor: String,
    /// Why it is dead.
    pub cause: DeathCause,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from {}: {}", self.actor, self.cause)
    }
}

impl std::error::Error for RequestError {}
