//! What is known of the sender of what an event brings.

use crate::actor::ActorId;

/// Who sent the message that an event brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sender {
    /// It brings none.
    Nobody,
    /// Nobody noted it: the run had no policy then.
    Unknown,
    Known(ActorId),
}

impl Sender {
    /// Whether a message of this sender has to stay behind an earlier one of
    /// `earlier` to the same receiver: it may be the same sender.
    pub(crate) fn stays_behind(self, earlier: Self) -> bool {
        match (earlier, self) {
            (Self::Nobody, _) | (_, Self::Nobody) => false,
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Known(earlier), Self::Known(later)) => earlier == later,
        }
    }
}
