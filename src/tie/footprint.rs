//! Footprints: what an event reads and changes.

use crate::actor::ActorId;

/// Something that two events of one instant may both read or change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// An actor or a resource: its state, its mailbox, its queue.
    Actor(ActorId),
    /// Which children of an actor live.
    Children(ActorId),
    /// The answers so far to an actor that asked several.
    Answers(ActorId),
    /// The order of the open requests to an actor.
    RequestsTo(ActorId),
    /// The order of the open requests that an actor has made.
    RequestsOf(ActorId),
    /// The names of actors, and the next identifiers.
    Names,
    /// Which actors live, and which requests are open.
    Lives,
    /// The free places of dead actors and their order: the next actor takes the last one.
    /// This matters only in programs that reuse places.
    Places,
    /// A new actor took the place of a dead one.
    Reuse,
    /// The CPU slots.
    Cpu,
    /// Restarts and checkpoints.
    Supervised,
    /// All watches.
    Watches,
    /// What a collector has recorded, by its number.
    Collector(u32),
    /// The claims of an actor: others serve them, and its death gives up the rest.
    Claims(ActorId),
}

/// How an event touches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The event depends on changes by other events.
    Sees,
    /// It changes what other events see. Two changes commute.
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

/// All that one event touched. If the footprints of two events of one instant do not meet,
/// their order makes no difference.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Footprint {
    /// It may have touched anything: the step of a process, the end of the run.
    pub(crate) everything: bool,
    pub(crate) touched: Vec<(Thing, Access)>,
}

impl Footprint {
    /// Whether a new actor took the place of a dead one.
    pub(crate) fn reuses_places(&self) -> bool {
        self.touched.iter().any(|(thing, access)| *thing == Thing::Reuse && access.changes())
    }

    /// Removes what matters only if places are reused.
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
