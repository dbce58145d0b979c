//! A message that nobody handles.

use crate::actor::DeathCause;
use crate::time::VirtualTime;
use std::fmt;

/// A message whose receiver was dead; see
/// [`Simulation::undeliverable`](crate::Simulation::undeliverable).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Undeliverable {
    /// When that was found: when the message arrived, or, of one that waited,
    /// when its receiver died.
    pub time: VirtualTime,
    /// Path of the sender; empty from outside.
    pub sender: String,
    /// Path of the receiver.
    pub receiver: String,
    /// The message as its `Debug` prints it.
    pub message: String,
    /// What the receiver, or that incarnation of it, died of.
    pub cause: DeathCause,
}

impl fmt::Display for Undeliverable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, sender, receiver, message, cause } = self;
        let sender = if sender.is_empty() { "outside" } else { sender };
        write!(f, "{time:#} {sender} to {receiver} ({cause}): {message}")
    }
}
