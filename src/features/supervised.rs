//! Supervised actors, and their checkpoints.

use crate::actor::{ActorId, DeathCause, PathHash};
use crate::features::restart::{History, Restart};
use crate::kernel::AsAny;
use crate::time::Span;
use rustc_hash::FxHashMap;
use std::any::Any;
use std::collections::BTreeSet;

/// A state that an actor saved, and the name of its type.
pub(crate) struct Checkpoint {
    pub(crate) state: Box<dyn Any>,
    pub(crate) type_name: &'static str,
}

/// The argument of a factory: the last checkpoint, if there is one.
pub(crate) type Saved<'a> = Option<&'a dyn Any>;

/// Makes the state of each incarnation.
pub(crate) trait Factory: AsAny {
    /// `Err` if the checkpoint is of another type; it names the type that the factory takes.
    fn make(&mut self, saved: Saved<'_>) -> Result<Box<dyn Any>, &'static str>;
    /// The type of the program's function, by name.
    fn function(&self) -> &'static str;
}

/// A supervised actor.
pub(crate) struct SupervisedActor {
    pub(crate) policy: Restart,
    pub(crate) startup: Span,
    pub(crate) make: Box<dyn Factory>,
    pub(crate) history: History,
    pub(crate) restarts: u64,
    /// The last common restart of its siblings in which it took part.
    pub(crate) round: u64,
    /// The cause of death of its last incarnation.
    pub(crate) last: Option<DeathCause>,
}

/// All living supervised actors.
#[derive(Default)]
pub(crate) struct Supervised {
    pub(crate) actors: FxHashMap<ActorId, SupervisedActor>,
    /// The actors that are restarted together, by their owners.
    pub(crate) together: BTreeSet<(ActorId, ActorId)>,
    /// How often the children of an owner were restarted together.
    pub(crate) rounds: FxHashMap<ActorId, u64>,
    pub(crate) checkpoints: FxHashMap<PathHash, Checkpoint>,
}

impl Supervised {
    /// Whether an actor has not yet taken part in that common restart.
    pub(crate) fn owes(&self, id: ActorId, round: u64) -> bool {
        self.actors.get(&id).is_some_and(|actor| actor.round < round)
    }

    pub(crate) fn siblings(&self, owner: ActorId) -> impl Iterator<Item = ActorId> {
        let all = (owner, ActorId::FIRST)..=(owner, ActorId::OUTSIDE);
        self.together.range(all).map(|(_, sibling)| *sibling)
    }

    pub(crate) fn leave(&mut self, owner: ActorId, id: ActorId) {
        if self.together.remove(&(owner, id)) && self.siblings(owner).next().is_none() {
            self.rounds.remove(&owner);
        }
    }

    pub(crate) fn restarts(&self, id: ActorId) -> Option<u64> {
        self.actors.get(&id).map(|actor| actor.restarts)
    }
}
