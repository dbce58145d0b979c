//! What actors do until they are resumed, in the words of their models.

use super::RecordKind;
use crate::actor::ActorId;
use rustc_hash::FxHashMap;

/// The words of the actors that are at something. Only observers read them, so that there are none
/// without observers.
#[derive(Default)]
pub(crate) struct Activities(FxHashMap<ActorId, String>);

impl Activities {
    pub(crate) fn note(&mut self, actor: ActorId, words: String) {
        self.0.insert(actor, words);
    }

    /// What the receiver of a record of that kind has done until now. A death ends it unsaid, and so
    /// does a message.
    pub(crate) fn until(&mut self, kind: RecordKind, receiver: ActorId) -> Option<String> {
        match kind {
            RecordKind::Resumed => self.0.remove(&receiver),
            // What was said before is over: handlers speak after the record of their event.
            RecordKind::Died(_)
            | RecordKind::Handled
            | RecordKind::Taken
            | RecordKind::Answered => self.0.remove(&receiver).and(None),
            _ => None,
        }
    }
}
