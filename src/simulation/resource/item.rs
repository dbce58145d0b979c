//! Waiting for a place to put an item down, and for an item.

use super::store::{State, Store};
use crate::line::Ticket;
use crate::simulation::process::Wait;
use crate::simulation::returns::{GiveBack, Return};
use std::fmt;
use std::pin::Pin;
use std::task::Poll;

/// Waits until an item is put down; see [`Store::put`].
#[must_use = "an item that is not put down yet is taken back when this is dropped"]
pub struct PutItem<T: 'static> {
    pub(super) wait: Wait,
    pub(super) store: Store<T>,
    pub(super) ticket: Option<Ticket>,
}

impl<T> Future for PutItem<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<()> {
        self.wait.poll(context)
    }
}

impl<T: 'static> Drop for PutItem<T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.filter(|_| !self.wait.is_decided()) else { return };
        let how: GiveBack = |core, of, ticket, _| _ = core.leave_store::<T>(of, ticket);
        self.wait.returns().give(Return::Place { how, of: self.store.id, ticket, amount: 0 });
    }
}

impl<T> fmt::Debug for PutItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutItem")
    }
}

/// Waits for an item; see [`Store::get`].
#[must_use = "the item goes to another when this is dropped: write `.await`"]
pub struct TakeItem<T: 'static> {
    pub(super) wait: Wait,
    pub(super) store: Store<T>,
    pub(super) ticket: Option<Ticket>,
}

impl<T> Future for TakeItem<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<T> {
        if self.wait.poll(context).is_pending() {
            return Poll::Pending;
        }
        let ticket = self.ticket.take().expect("a future is not polled after its end");
        let core = self.wait.returns().kernel().expect("a process that goes on has a kernel");
        let given = core
            .borrow_mut()
            .with_resource(self.store.id, |state: &mut State<T>, _| state.given.remove(&ticket));
        Poll::Ready(given.flatten().expect("whoever is woken was given an item").1)
    }
}

impl<T: 'static> Drop for TakeItem<T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let how: GiveBack = |core, of, ticket, _| {
            if !core.leave_store::<T>(of, ticket) {
                // It was given at this very instant: it goes back to its place.
                core.with_resource(of, |state: &mut State<T>, core| {
                    if let Some((position, item)) = state.given.remove(&ticket) {
                        state.shelf.put_back(core.now, position, item);
                        core.look_later(of);
                    }
                });
            }
        };
        self.wait.returns().give(Return::Place { how, of: self.store.id, ticket, amount: 0 });
    }
}

impl<T> fmt::Debug for TakeItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeItem")
    }
}
