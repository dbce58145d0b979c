//! What is known of the sender of an event's message.

use crate::actor::ActorId;

/// The sender of an event's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sender {
    /// The event has no message.
    Nobody,
    /// The sender was not recorded, because the run had no policy then.
    Unknown,
    Known(ActorId),
}

impl Sender {
    /// Whether a message of this sender has to stay behind an earlier message of `earlier`
    /// to the same receiver, because both may have the same sender.
    pub(crate) fn stays_behind(self, earlier: Self) -> bool {
        match (earlier, self) {
            (Self::Nobody, _) | (_, Self::Nobody) => false,
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Known(earlier), Self::Known(later)) => earlier == later,
        }
    }
}
