//! What an event touches that other events of its instant may touch, too.

use crate::actor::ActorId;

/// Something that two events of one instant may both touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// An actor or a resource: its state, its mailbox, its line.
    Actor(ActorId),
    /// Which children of an actor live.
    Children(ActorId),
    /// What an actor that asked several has been answered so far.
    Answers(ActorId),
    /// The order of the open requests to an actor.
    RequestsTo(ActorId),
    /// The order of the open requests that an actor has made.
    RequestsOf(ActorId),
    /// Who is named what, and which identifiers are given next.
    Names,
    /// Who lives, and which requests are open.
    Lives,
    /// Which places the dead have left, in what order: who is spawned next takes
    /// the last. It matters only in programs where somebody does.
    Places,
    /// A place that a dead actor has left was taken.
    Reuse,
    /// The CPU slots.
    Cpu,
    /// Restarts and checkpoints.
    Supervised,
    /// Who watches whom.
    Watches,
    /// Which claims an actor has: others serve them, and its death gives up the
    /// rest.
    Claims(ActorId),
}

/// How an event touches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// What others changed matters to it.
    Sees,
    /// It changes what others see; changes among themselves commute.
    Changes,
    /// Both.
    Uses,
}

impl Access {
    fn sees(self) -> bool {
        self != Self::Changes
    }

    fn changes(self) -> bool {
        self != Self::Sees
    }
}

/// All that one event touched. Two events of one instant whose footprints do
/// not meet can happen in either order, and nobody could tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Footprint {
    /// It may have touched anything: the step of a process, the end of the run.
    pub(crate) everything: bool,
    pub(crate) touched: Vec<(Thing, Access)>,
}

impl Footprint {
    /// Whether a place was taken that a dead actor has left.
    pub(crate) fn reuses_places(&self) -> bool {
        self.touched.iter().any(|(thing, access)| *thing == Thing::Reuse && access.changes())
    }

    /// Leaves out what only matters where places are used again.
    pub(crate) fn forget_places(&mut self) {
        self.touched.retain(|(thing, _)| *thing != Thing::Places);
    }

    /// Whether the order of two events may matter.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if self.everything || other.everything {
            return true;
        }
        self.touched.iter().any(|(thing, access)| {
            other.touched.iter().any(|(same, other)| {
                thing == same
                    && (access.changes() && other.sees() || other.changes() && access.sees())
            })
        })
    }
}
