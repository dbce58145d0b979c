//! Names, references and messages of actors.
//!
//! The actor trait itself is in the module of the [context](crate::Context) that its
//! handler receives. This module does not know how messages travel.

mod contents;
mod life;
mod message;
mod name;
mod notice;
mod pattern;
mod reference;
#[cfg(feature = "snapshot")]
mod saved;

pub use life::stream_word;
pub(crate) use life::{End, Life, PathHash, name_parts, path_hash};
pub use message::{Copying, Message};
pub use name::SpawnOptions;
pub(crate) use name::is_plain;
pub use notice::DeathNotice;
pub use pattern::Pattern;
pub(crate) use pattern::is_special;
pub use reference::{ActorId, ActorRef, ReplyTo};
pub(crate) use reference::{Family, RequestId};

use std::fmt;

/// Why an actor died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub enum DeathCause {
    /// It stopped itself, or it was a task that ended.
    Finished,
    /// Another actor, or the program, killed it.
    Killed,
    /// The actor that spawned it died.
    OwnerDied,
    /// It died, but its cause is not known anymore: another actor has its place now.
    Forgotten,
    /// A [`FaultPlan`](crate::FaultPlan) crashed it.
    Crashed,
    /// It called [`Context::fail`](crate::Context::fail).
    Failed,
    /// An actor that it supervises died more often than its [`Restart`](crate::Restart) allows.
    Escalated,
    /// A supervised sibling was restarted, and this actor
    /// [together](crate::Restart::together) with it.
    SiblingRestarted,
}

impl DeathCause {
    /// Whether this is a failure, not an intended end. After a failure,
    /// [`Restart::on_failure`](crate::Restart::on_failure) restarts the actor.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Crashed | Self::Failed | Self::Escalated | Self::SiblingRestarted)
    }
}

impl fmt::Display for DeathCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Finished => "finished",
            Self::Killed => "killed",
            Self::OwnerDied => "owner died",
            Self::Forgotten => "died long ago",
            Self::Crashed => "crashed",
            Self::Failed => "failed",
            Self::Escalated => "a child failed too often",
            Self::SiblingRestarted => "restarted with a sibling",
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
#[derive(Clone, Debug, PartialEq, Eq, flagfall_derive::Message)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestError {
    /// Path of the actor that was asked.
    pub actor: String,
    /// Why that actor died.
    pub cause: DeathCause,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer from {}: {}", self.actor, self.cause)
    }
}

impl std::error::Error for RequestError {}
