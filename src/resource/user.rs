//! Claimants of units, and what is kept of those that lose them.

use crate::actor::ActorId;
use crate::line::{Known, Ticket};
use crate::process::Waiter;
use crate::resource::held::Held;
use crate::resource::preempted::Preempted;
use crate::resource::resources::{Claimant, Told};
use crate::time::VirtualTime;

/// A claimant that waits or has been granted units, and how it is told.
pub(crate) struct User {
    pub(super) claimant: Claimant<Held>,
    /// Who is told of a loss. In a box, because few claims yield, and all are moved with it.
    pub(super) yielding: Option<Box<Yielding>>,
}

/// What a claim that yields has besides.
#[derive(Default)]
pub(super) struct Yielding {
    /// How the actor that claimed is told of the loss, and in which of its lives it claimed. Its
    /// next life is not told of the loss.
    pub(super) told: Option<(u32, Told<Preempted>)>,
    /// The processes that wait for the loss.
    pub(super) watching: Vec<Waiter>,
}

impl User {
    pub(crate) fn new(claimant: Claimant<Held>) -> Self {
        Self { claimant, yielding: None }
    }

    /// A claimant that is told of a loss, in that life.
    pub(crate) fn yielding(claimant: Claimant<Held>, life: u32, lost: Told<Preempted>) -> Self {
        let yielding = Yielding { told: Some((life, lost)), watching: Vec::new() };
        Self { claimant, yielding: Some(Box::new(yielding)) }
    }
}

impl Known for User {
    fn id(&self) -> ActorId {
        self.claimant.id()
    }
}

/// The place of a claim that was preempted at this instant.
pub(super) struct Displaced {
    pub(super) who: ActorId,
    pub(super) ticket: Ticket,
    pub(super) at: VirtualTime,
}
