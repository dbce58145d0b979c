//! The notice of an actor's death.

use crate::actor::{ActorId, DeathCause};
use crate::time::VirtualTime;

/// Says that a watched actor has died; see [`Context::watch`](crate::Context::watch).
///
/// It is a [`Message`](trait@crate::actor::Message) itself, so that a variant of a
/// message type can hold it.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[derive(Debug, flagfall_derive::Message)]
pub struct DeathNotice {
    /// The actor.
    pub who: ActorId,
    /// Its path.
    pub path: String,
    /// Why it died.
    pub cause: DeathCause,
    /// The reason it gave, if it [failed](crate::Context::fail). Otherwise empty, also
    /// if it died before it was watched.
    pub reason: String,
    /// When it died; `None` if it died before it was watched, because only the cause is kept then.
    pub when: Option<VirtualTime>,
    /// Whether it was restarted with a new state. Then it is still watched.
    pub restarted: bool,
}
