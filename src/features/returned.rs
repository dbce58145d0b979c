//! Values that are given back by dropping them.

use crate::actor::{ActorId, RequestId};
use crate::line::{Served, Ticket};

/// A claim that is given up: its place in the line, or a result that its process has not noticed.
pub(crate) struct GivenUp<K> {
    pub(crate) how: fn(&mut K, &Self),
    pub(crate) of: ActorId,
    pub(crate) ticket: Ticket,
    /// The amount of the claim, where that is needed.
    pub(crate) amount: u64,
    /// When it was served, if it was.
    pub(crate) served: Served,
}

pub(crate) enum Return<K> {
    /// Units that are held.
    Held { of: ActorId, ticket: Ticket },
    /// A claim.
    Claim(GivenUp<K>),
    /// An answer that is no longer awaited.
    Answer(RequestId),
    /// The event of a wait that is closed; `word` names the wait.
    Wake { process: ActorId, word: u64, cell: u32 },
}
