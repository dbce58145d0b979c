//! The kernel's data of a store, and how it serves the lines.

use crate::actor::ActorId;
use crate::features::{AnyResource, Kernel};
use crate::line::{
    Given, Known, Ordered, Placed, Reported, ResourceKind, Shelf, Ticket, Usage, Want,
};
use crate::resource::resources::Claimant;
use crate::tie::Thing;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;

pub(crate) struct StoreState<T> {
    pub(crate) shelf: Shelf<T, Claimant<()>, Claimant<T>>,
    /// Items that were given to processes, by their tickets, until the processes go on.
    pub(crate) given: Ordered<Ticket, Placed<T>>,
    /// The other items of claims for many.
    pub(crate) more: FxHashMap<Ticket, Vec<Placed<T>>>,
}

impl Kernel {
    pub(crate) fn put_item<T: 'static>(
        &mut self,
        id: ActorId,
        priority: i32,
        item: T,
        who: Claimant<()>,
    ) -> Option<Ticket> {
        self.take_back_first();
        self.with_resource(id, |state: &mut StoreState<T>, kernel| {
            // Not remembered as a claim of the actor: if the actor ends, the item still goes in.
            if state.shelf.has_room() {
                let ticket = state.shelf.put_at_once(kernel.now, priority, item, &who);
                state.put_was_served(kernel, id, who);
                return ticket;
            }
            let ticket = state.shelf.put(kernel.now, priority, item, who);
            state.serve_put(kernel, id);
            ticket
        })
    }

    pub(crate) fn take_item<T: 'static>(
        &mut self,
        id: ActorId,
        priority: i32,
        wants: Want<T>,
        who: Claimant<T>,
    ) -> Option<Ticket> {
        self.take_back_first();
        self.with_resource(id, |state: &mut StoreState<T>, kernel| {
            let actor = who.actor_id();
            let others_wait = state.shelf.is_awaited(false);
            let ticket = match state.shelf.get(kernel.now, priority, wants, who) {
                Ok(given) => {
                    let ticket = given.ticket;
                    if let Some(actor) = actor {
                        kernel.ties.marks.changes(Thing::Claims(actor));
                    }
                    state.hand_over(kernel, id, given);
                    return ticket;
                }
                Err(ticket) => ticket,
            };
            kernel.remember_claim(actor, id, ticket);
            if others_wait {
                state.serve_get(kernel, id);
            }
            ticket
        })
    }
}

impl<T: 'static> StoreState<T> {
    fn serve_put(&mut self, kernel: &mut Kernel, id: ActorId) {
        while let Some(claimant) = self.shelf.serve_put(kernel.now) {
            self.put_was_served(kernel, id, claimant);
        }
    }

    fn put_was_served(&self, kernel: &mut Kernel, id: ActorId, mut claimant: Claimant<()>) {
        if self.shelf.is_awaited(false) {
            kernel.look_later(id);
        }
        kernel.tell(id, &mut claimant, |_| ());
    }

    fn serve_get(&mut self, kernel: &mut Kernel, id: ActorId) {
        while let Some(given) = self.shelf.serve_get(kernel.now) {
            kernel.forget_claim(given.who.actor_id(), id, given.ticket);
            self.hand_over(kernel, id, given);
        }
    }

    fn hand_over(&mut self, kernel: &mut Kernel, id: ActorId, given: Given<T, Claimant<T>>) {
        let Given { who: claimant, ticket, first, more } = given;
        if self.shelf.is_awaited(true) {
            kernel.look_later(id);
        }
        match claimant {
            Claimant::Process(waiter) => {
                self.given.insert(ticket, first);
                if !more.is_empty() {
                    self.more.insert(ticket, more);
                }
                kernel.wake_now(&waiter);
            }
            mut claimant => kernel.tell(id, &mut claimant, |_| first.1),
        }
    }
}

impl<T: 'static> AnyResource<Kernel> for StoreState<T> {
    fn look(&mut self, kernel: &mut Kernel, id: ActorId) {
        self.serve_put(kernel, id);
        self.serve_get(kernel, id);
    }

    fn withdraw(&mut self, kernel: &mut Kernel, id: ActorId, _: ActorId, ticket: Ticket) -> bool {
        if self.shelf.is_for_many(ticket) {
            // Those behind it may want less.
            kernel.look_later(id);
        }
        self.shelf.withdraw(kernel.now, ticket).map(|item| kernel.drop_later(item)).is_some()
    }

    fn usage(&mut self) -> Option<&mut Usage> {
        Some(&mut self.shelf.usage)
    }

    fn begin_anew(&mut self, at: VirtualTime) {
        self.shelf.begin_anew(at);
    }

    fn keep_history(&mut self, now: VirtualTime) {
        self.shelf.keep_history(now);
    }

    fn reported(&self, now: VirtualTime) -> Option<Reported> {
        let (statistics, history) = (self.shelf.statistics(now), self.shelf.history(now));
        Some(Reported { kind: ResourceKind::Store, statistics, history })
    }

    fn waiting(&self, _: ActorId, _: VirtualTime) -> Vec<(ActorId, VirtualTime)> {
        self.shelf.putting().map(|(claimant, since)| (claimant.id(), since)).collect()
    }

    fn waiting_for_items(&self) -> Vec<(ActorId, VirtualTime)> {
        self.shelf.getting().map(|(claimant, since)| (claimant.id(), since)).collect()
    }
}
