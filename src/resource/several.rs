//! Claims of several resources: all at once, or one of them.

use crate::actor::ActorId;
use crate::line::{Claim, Ticket};
use crate::resource::held::Held;
use crate::resource::resources::{Claimant, ResourceId};
use std::cell::{Cell, RefCell};

/// What is claimed of one of several resources: a resource (one unit), or a pair of a resource and
/// a [`Claim`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub(crate) resource: ResourceId,
    pub(crate) claim: Claim,
}

/// A part of an option: the claim, and its place in the line of the resource.
pub(crate) struct Part {
    pub(crate) resource: ActorId,
    pub(crate) claim: Claim,
    pub(crate) ticket: Ticket,
}

/// Who gets what of several options, and the number of the option.
pub(crate) type Taken = (usize, Vec<Held>);

/// A claim that waits in several lines. It is granted by the first option whose parts can all be
/// granted.
pub(crate) struct Several {
    pub(crate) claimant: RefCell<Claimant<Taken>>,
    /// In order of preference.
    pub(crate) options: Vec<Vec<Part>>,
    /// The lines that it waits in: each resource once.
    pub(crate) lines: Vec<(ActorId, Ticket)>,
    /// The option that was granted.
    pub(crate) granted: Cell<Option<usize>>,
}

impl Several {
    /// Whether others in that line wait behind it: it needs nothing but units of this resource.
    pub(crate) fn blocks(&self, resource: ActorId) -> bool {
        self.options.iter().any(|parts| parts.len() == 1 && parts[0].resource == resource)
    }
}
