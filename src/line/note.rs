//! What happened to a claim, for records.

use super::{Claim, Want};
use crate::actor::ActorId;
use crate::record::RecordKind;
use crate::time::VirtualTime;

/// Who a claimant is.
pub(crate) trait Known {
    fn id(&self) -> ActorId;
}

/// What a claim asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Units of a resource.
    Units(Claim),
    /// To put that amount into a container, or an item into a store.
    Put(u64),
    /// To get that amount out of a container, or that many items out of a store.
    Get(u64),
}

impl<T> From<&Want<T>> for Asked {
    fn from(want: &Want<T>) -> Self {
        match want {
            Want::First | Want::Where(_) => Self::Get(1),
            Want::Many(many) => Self::Get(*many),
        }
    }
}

/// A step of a claim.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) kind: RecordKind,
    pub(crate) who: ActorId,
    pub(crate) asked: Asked,
    /// Since when it waited, or held its units.
    pub(crate) since: VirtualTime,
}
