//! News of a death.

use crate::actor::{ActorId, DeathCause};
use crate::time::VirtualTime;

/// News that a watched actor has died: what
/// [`Context::watch`](crate::Context::watch) makes a message of.
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
    /// What it died of.
    pub cause: DeathCause,
    /// What it gave as the reason, if it [failed](crate::Context::fail);
    /// else, and of those that were dead before they were watched, empty.
    pub reason: String,
    /// When it died; `None` if that was before it was watched: of the long
    /// dead only the cause is kept.
    pub when: Option<VirtualTime>,
    /// Whether it is supervised and lives on with a new state. Then it is
    /// still watched.
    pub restarted: bool,
}
