//! Waiting for room for an item in a store, and for an item.

use crate::actor::ActorId;
use crate::features::{GivenUp, Kernel};
use crate::line::Ticket;
use crate::process::{Sealed, Sleep, Wait, spent};
use crate::resource::store_state::StoreState;
use crate::time::Span;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits until an item is put into a store; see [`Store::put`](crate::Store::put).
#[must_use = "an item that is not put down yet is taken back when this is dropped: write \
              `store.put(&p, item).await`"]
pub struct PutItem<T: 'static> {
    pub(crate) wait: Wait,
    pub(crate) store: ActorId,
    pub(crate) items: PhantomData<fn(T)>,
    pub(crate) ticket: Option<Ticket>,
    /// The process knows that the item is in the store.
    pub(crate) handed_out: bool,
}

impl<T: 'static> PutItem<T> {
    /// Stops waiting. Returns the item, or `None` if it is in the store or has been there.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let shelf = Store::new(&mut simulation, "shelf", 1);
    /// let baker = simulation.process("baker", async move |p| {
    ///     shelf.put(&p, "a first loaf").await;
    ///     let mut second = shelf.put(&p, "a second loaf");
    ///     match p.timeout(Span::from_secs(60), &mut second).await {
    ///         Ok(()) => None,
    ///         Err(_) => second.give_up(),
    ///     }
    /// });
    /// simulation.run()?;
    /// assert_eq!(baker.result(), Some(Some("a second loaf")));
    /// assert_eq!(shelf.len(&simulation), 1);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn give_up(mut self) -> Option<T> {
        self.take_back()
    }

    /// Waits for room, at most for `span` from now; [`Span::MAX`] never ends.
    ///
    /// # Examples
    /// ```
    /// use flagfall::resource::NotPut;
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let shelf = Store::new(&mut simulation, "shelf", 1);
    /// let baker = simulation.process("baker", async move |p| {
    ///     shelf.put(&p, "a first loaf").await;
    ///     shelf.put(&p, "a second loaf").within(Span::from_secs(60)).await
    /// });
    /// simulation.run()?;
    /// assert_eq!(baker.result(), Some(Err(NotPut { item: "a second loaf" })));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn within(self, span: Span) -> PutWithin<T> {
        let timer = Sleep::beside(&self.wait, span);
        PutWithin { put: self, timer, handed_out: false }
    }

    fn take_back(&mut self) -> Option<T> {
        let ticket = self.ticket.take().filter(|_| !self.wait.is_decided())?;
        let withdraw = |store: &mut StoreState<T>, kernel: &mut Kernel| {
            store.shelf.withdraw(kernel.now, ticket)
        };
        self.wait.with_kernel(|kernel| kernel.with_resource(self.store, withdraw))???
    }
}

impl<T> Future for PutItem<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.poll_look(context)
    }
}

impl<T> Sealed for PutItem<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) {
        self.handed_out = true;
    }
}

impl<T: 'static> Drop for PutItem<T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.filter(|_| !self.handed_out) else { return };
        // A put that is in and was never polled stays: the caller did not want to wait.
        let undoes = u64::from(self.wait.was_looked_at());
        self.wait.leave(self.store, ticket, undoes, |kernel, given_up| {
            let GivenUp { of, ticket, amount: undoes, served, .. } = *given_up;
            if !kernel.withdraw(of, ticket) && undoes > 0 {
                // The item was put, and the process has not noticed.
                kernel.with_resource(of, |store: &mut StoreState<T>, kernel| {
                    if let Some(item) = store.shelf.take_off(kernel.now, ticket, served) {
                        kernel.drop_later(item);
                        kernel.look_later(of);
                    }
                });
            }
        });
    }
}

impl<T> fmt::Debug for PutItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutItem")
    }
}

/// An item for which there was no room in time; see [`PutItem::within`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPut<T> {
    /// The item.
    pub item: T,
}

impl<T> fmt::Display for NotPut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time was up before there was room for the item")
    }
}

impl<T: fmt::Debug> std::error::Error for NotPut<T> {}

/// Waits for a limited span until an item is put; see [`PutItem::within`].
#[must_use = "an item that is not put down yet is taken back when this is dropped: write \
              `store.put(&p, item).await`"]
pub struct PutWithin<T: 'static> {
    put: PutItem<T>,
    timer: Sleep,
    handed_out: bool,
}

impl<T> Sealed for PutWithin<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        let is_in = self.put.look(context);
        is_in || self.timer.look(context)
    }

    fn is_decided(&self) -> bool {
        self.put.is_decided() || self.timer.is_decided()
    }

    fn take(&mut self) -> Result<(), NotPut<T>> {
        if std::mem::replace(&mut self.handed_out, true) {
            spent(self.put.wait.place());
        }
        match self.put.take_back() {
            Some(item) => Err(NotPut { item }),
            None => {
                self.put.handed_out = true;
                Ok(())
            }
        }
    }
}

impl<T> Future for PutWithin<T> {
    type Output = Result<(), NotPut<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_look(context)
    }
}

impl<T> fmt::Debug for PutWithin<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutWithin")
    }
}

/// Waits for an item; see [`Store::get`](crate::Store::get).
#[must_use = "the item goes to another when this is dropped: write \
              `let item = store.get(&p).await`"]
pub struct TakeItem<T: 'static> {
    pub(crate) wait: Wait,
    pub(crate) store: ActorId,
    pub(crate) items: PhantomData<fn(T)>,
    pub(crate) ticket: Option<Ticket>,
}

impl<T> TakeItem<T> {
    /// Stops waiting: leaves the line. An item that was given at this very instant goes back to its
    /// place. It does the same as dropping the future.
    pub fn give_up(self) {}
}

impl<T> Future for TakeItem<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.poll_look(context)
    }
}

impl<T> Sealed for TakeItem<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) -> T {
        let ticket = self.ticket.take().unwrap_or_else(|| spent(self.wait.place()));
        let id = self.store;
        let given = self.wait.with_kernel(|kernel| {
            kernel.with_resource(id, |state: &mut StoreState<T>, _| state.given.remove(ticket))
        });
        given.flatten().flatten().expect("whoever is woken was given an item").1
    }
}

impl<T: 'static> Drop for TakeItem<T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let place = self.store;
        self.wait.leave(place, ticket, 0, |kernel, &GivenUp { of, ticket, served, .. }| {
            if !kernel.withdraw(of, ticket) {
                // An item was given, and the process has not noticed: it goes back to its place.
                kernel.with_resource(of, |state: &mut StoreState<T>, kernel| {
                    if let Some((position, item)) = state.given.remove(ticket) {
                        state.shelf.put_back(kernel.now, position, item, 1, served);
                        kernel.look_later(of);
                    }
                });
            }
        });
    }
}

impl<T> fmt::Debug for TakeItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeItem")
    }
}
