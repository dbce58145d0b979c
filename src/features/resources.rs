//! All resources of a run, and the claims of actors that wait.

use crate::actor::ActorId;
use crate::kernel::AsAny;
use crate::line::{Reported, Ticket, Usage};
use crate::time::VirtualTime;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};

/// All resources, containers and stores of a run, by their index.
pub(crate) struct Resources<K> {
    pub(crate) all: Vec<Option<Box<dyn AnyResource<K>>>>,
    /// The claims of actors that wait: actor, resource, ticket. They are withdrawn when the actor
    /// dies. A process withdraws its claims itself, when it drops its waits. Units that are held
    /// are not here: they go back when the value is dropped.
    pub(crate) claims: BTreeSet<(ActorId, ActorId, Ticket)>,
    /// Where claims are that were moved while they waited: from their old places to the new ones.
    /// A process takes its entry out when it goes on or gives up; the few of actors stay.
    moved: BTreeMap<(ActorId, Ticket), (ActorId, Ticket)>,
    /// Whether the histories of new ones are kept.
    pub(crate) are_watched: bool,
}

/// A resource of any kind.
pub(crate) trait AnyResource<K>: AsAny {
    /// Serves the line as far as possible, now that something was given back.
    fn look(&mut self, _: &mut K, _: ActorId) {}
    /// Takes a claim of `actor` out of the line, and looks who is next; `false` if it does not wait.
    fn withdraw(&mut self, kernel: &mut K, id: ActorId, actor: ActorId, ticket: Ticket) -> bool;
    /// Where the steps of its claims are noted; `None` if it has no line.
    fn usage(&mut self) -> Option<&mut Usage> {
        None
    }
    /// The warm-up is over: its statistics begin anew at that time.
    fn begin_anew(&mut self, _: VirtualTime) {}
    /// Keeps its history from now on.
    fn keep_history(&mut self, _: VirtualTime) {}
    /// What a list of all says of it; `None` if it has no line.
    fn reported(&self, _: VirtualTime) -> Option<Reported> {
        None
    }
    /// Whether a claim on it stays with an actor that is restarted.
    fn outlasts_restarts(&self) -> bool {
        false
    }
    /// Who waits for units, an amount or room, and since when.
    fn waiting(&self, _: ActorId, _: VirtualTime) -> Vec<(ActorId, VirtualTime)> {
        Vec::new()
    }
    /// Who waits for an item, and since when.
    fn waiting_for_items(&self) -> Vec<(ActorId, VirtualTime)> {
        Vec::new()
    }
    /// Who claimed the units that are held, even if they were handed on.
    fn holders(&self) -> Vec<ActorId> {
        Vec::new()
    }
}

impl<K> Default for Resources<K> {
    fn default() -> Self {
        let (claims, moved) = (BTreeSet::new(), BTreeMap::new());
        Self { all: Vec::new(), claims, moved, are_watched: false }
    }
}

impl<K: 'static> Resources<K> {
    pub(crate) fn move_claim(&mut self, from: (ActorId, Ticket), to: (ActorId, Ticket)) {
        self.moved.insert(from, to);
    }

    /// Where a claim is that was made at that place.
    pub(crate) fn place_of(&self, mut place: (ActorId, Ticket)) -> (ActorId, Ticket) {
        while let Some(next) = self.moved.get(&place) {
            place = *next;
        }
        place
    }

    /// The same, for a claim that is not asked for again.
    #[inline]
    pub(crate) fn last_place_of(&mut self, mut place: (ActorId, Ticket)) -> (ActorId, Ticket) {
        while let Some(next) = self.moved.remove(&place) {
            place = next;
        }
        place
    }

    /// Takes all resources out, to be dropped when the kernel is not in use.
    pub(crate) fn take_all(&mut self) -> Vec<Box<dyn Any>> {
        let all = self.all.iter_mut().filter_map(Option::take);
        all.map(|resource| Box::new(resource) as _).collect()
    }
}
