//! Undeliverable messages.

use crate::actor::DeathCause;
use crate::time::VirtualTime;
use std::fmt;

/// A message whose receiver was dead; see
/// [`Simulation::undeliverable`](crate::Simulation::undeliverable).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Undeliverable {
    /// When the message arrived. For a message in a mailbox: when its receiver died.
    pub time: VirtualTime,
    /// Path of the sender; empty from outside.
    pub sender: String,
    /// Path of the receiver.
    pub receiver: String,
    /// The message as its `Debug` prints it.
    pub message: String,
    /// Why the receiver, or that incarnation of it, died.
    pub cause: DeathCause,
}

impl fmt::Display for Undeliverable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, sender, receiver, message, cause } = self;
        let sender = if sender.is_empty() { "outside" } else { sender };
        write!(f, "{time:#} {sender} to {receiver} ({cause}): {message}")
    }
}
