//! The kernel's data of a store, and how it serves the lines.

use crate::actor::ActorId;
use crate::features::{AnyResource, Kernel};
use crate::line::{Position, Served, Shelf, Ticket};
use crate::resource::resources::Claimant;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;

pub(super) type Wants<T> = Box<dyn Fn(&T) -> bool>;

/// A claimant that puts is told when it is done; one that gets is given the item.
pub(crate) enum Customer<T> {
    Put(Claimant<()>),
    Get(Claimant<T>),
}

impl<T: 'static> Customer<T> {
    pub(super) fn actor_id(&self) -> Option<ActorId> {
        match self {
            Self::Put(claimant) => claimant.actor_id(),
            Self::Get(claimant) => claimant.actor_id(),
        }
    }

    pub(super) fn id(&self) -> ActorId {
        match self {
            Self::Put(claimant) => claimant.id(),
            Self::Get(claimant) => claimant.id(),
        }
    }
}

/// The kernel's data of a store.
pub(crate) struct StoreState<T> {
    pub(crate) shelf: Shelf<T, Customer<T>>,
    /// Items that were given to processes, by their tickets, until the processes go on.
    pub(crate) given: FxHashMap<Ticket, (Position, T)>,
}

impl Kernel {
    pub(crate) fn put_item<T: 'static>(
        &mut self,
        id: ActorId,
        item: T,
        who: Customer<T>,
    ) -> Option<Ticket> {
        self.take_back_first();
        self.with_resource(id, |state: &mut StoreState<T>, kernel| {
            // Not remembered as a claim of the actor: if the actor ends, the item still goes in.
            let ticket = state.shelf.put(kernel.now, item, who);
            state.serve_put(kernel, id);
            ticket
        })
    }

    pub(crate) fn take_item<T: 'static>(
        &mut self,
        id: ActorId,
        wants: Option<Wants<T>>,
        who: Customer<T>,
    ) -> Option<Ticket> {
        self.take_back_first();
        self.with_resource(id, |state: &mut StoreState<T>, kernel| {
            let actor = who.actor_id();
            let ticket = state.shelf.get(kernel.now, wants, who);
            kernel.remember_waiting(actor, id, ticket);
            state.serve_get(kernel, id);
            ticket
        })
    }

    pub(super) fn leave_store<T: 'static>(&mut self, id: ActorId, ticket: Ticket) -> bool {
        match self.take_item_back::<T>(id, ticket) {
            Some(item) => {
                self.drop_later(item);
                true
            }
            None => false,
        }
    }

    /// Takes an item out of the store again, if it was not taken.
    pub(super) fn take_item_off<T: 'static>(
        &mut self,
        id: ActorId,
        ticket: Ticket,
        served: Served,
    ) {
        self.with_resource(id, |state: &mut StoreState<T>, kernel| {
            if let Some(item) = state.shelf.take_off(kernel.now, ticket, served) {
                kernel.drop_later(item);
                kernel.look_later(id);
            }
        });
    }

    /// Leaves the line. Returns the item if the claim was a put; `None` if it is too late.
    pub(super) fn take_item_back<T: 'static>(
        &mut self,
        id: ActorId,
        ticket: Ticket,
    ) -> Option<Option<T>> {
        let left = self.with_resource(id, |state: &mut StoreState<T>, kernel| {
            state.shelf.withdraw(kernel.now, ticket).map(|(_, item)| item)
        });
        left.flatten()
    }
}

impl<T: 'static> StoreState<T> {
    fn serve_put(&mut self, kernel: &mut Kernel, id: ActorId) {
        while let Some(customer) = self.shelf.serve_put(kernel.now) {
            if self.shelf.is_awaited(false) {
                kernel.look_later(id);
            }
            if let Customer::Put(mut claimant) = customer {
                kernel.tell(id, &mut claimant, |_| ());
            }
        }
    }

    fn serve_get(&mut self, kernel: &mut Kernel, id: ActorId) {
        while let Some((customer, ticket, position, item)) = self.shelf.serve_get(kernel.now) {
            kernel.forget_waiting(customer.actor_id(), id, ticket);
            if self.shelf.is_awaited(true) {
                kernel.look_later(id);
            }
            match customer {
                Customer::Get(Claimant::Process(waiter)) => {
                    self.given.insert(ticket, (position, item));
                    kernel.wake_now(&waiter);
                }
                Customer::Get(mut claimant) => kernel.tell(id, &mut claimant, |_| item),
                Customer::Put(_) => {}
            }
        }
    }
}

impl<T: 'static> AnyResource<Kernel> for StoreState<T> {
    fn look(&mut self, kernel: &mut Kernel, id: ActorId) {
        self.serve_put(kernel, id);
        self.serve_get(kernel, id);
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: ActorId, _: ActorId, ticket: Ticket) {
        if let Some((_, item)) = self.shelf.withdraw(kernel.now, ticket) {
            kernel.drop_later(item);
        }
    }

    fn waiting(&self) -> Vec<(ActorId, VirtualTime)> {
        self.shelf.putting().map(|(customer, since)| (customer.id(), since)).collect()
    }

    fn waiting_for_items(&self) -> Vec<(ActorId, VirtualTime)> {
        self.shelf.getting().map(|(customer, since)| (customer.id(), since)).collect()
    }

    fn holders(&self) -> Vec<ActorId> {
        Vec::new()
    }
}
