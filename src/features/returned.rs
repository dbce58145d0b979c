//! What is given back by dropping it.

use crate::actor::{ActorId, RequestId};
use crate::line::{Served, Ticket};

/// A claim that is given up: its place in the line, or what was got by it and nobody has
/// heard of.
pub(crate) struct GivenUp<K> {
    pub(crate) how: fn(&mut K, &Self),
    pub(crate) of: ActorId,
    pub(crate) ticket: Ticket,
    /// How much it was for, where that is needed.
    pub(crate) amount: u64,
    /// When it was served, if it was.
    pub(crate) served: Served,
}

/// Something that is given back.
pub(crate) enum Return<K> {
    /// What is held.
    Held { of: ActorId, ticket: Ticket },
    /// What was claimed.
    Claim(GivenUp<K>),
    /// An answer that nobody waits for any more.
    Answer(RequestId),
    /// A wake that nobody waits for any more, by its word.
    Wake { process: ActorId, word: u64, cell: u32 },
}
