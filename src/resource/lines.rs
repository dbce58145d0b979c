//! Priorities in the lines of containers and stores, and several items at once.

use crate::actor::{ActorId, Message};
use crate::error::ErrorKind;
use crate::features::GivenUp;
use crate::line::{Placed, Ticket, Want};
use crate::process::{Process, Sealed, Wait, all, spent};
use crate::resource::container::{Container, Transfer};
use crate::resource::item::{PutItem, TakeItem};
use crate::resource::resources::Claimant;
use crate::resource::store::Store;
use crate::resource::store_state::StoreState;
use crate::time::Span;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

impl Container {
    /// Puts an amount in, as [`put`](Self::put), at a place in the line by priority: the lower the
    /// number, the sooner. `put` has priority 0.
    #[track_caller]
    pub fn put_by<M: Message>(&self, process: &Process<M>, priority: i32, amount: u64) -> Transfer {
        self.transfer(process, true, priority, amount)
    }

    /// Gets an amount out, as [`get`](Self::get), at a place in the line by priority: the lower the
    /// number, the sooner. `get` has priority 0.
    ///
    /// # Examples
    /// The fire brigade is first at the hydrant, and makes the others wait until it has enough:
    /// ```
    /// use flagfall::{Config, Container, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let tank = Container::new(&mut simulation, "tank", 100, 0);
    /// let gardener = simulation.process("gardener", async move |p| {
    ///     tank.get(&p, 10).await;
    ///     p.now().to_string()
    /// });
    /// let brigade = simulation.process("brigade", async move |p| {
    ///     tank.get_by(&p, -1, 60).await;
    ///     p.now().to_string()
    /// });
    /// simulation.process("pump", async move |p| {
    ///     for _ in 0..4 {
    ///         p.sleep(Span::from_secs(10)).await;
    ///         tank.put(&p, 20).await;
    ///     }
    /// });
    /// simulation.run()?;
    /// assert_eq!(brigade.result().as_deref(), Some("30s"));
    /// assert_eq!(gardener.result().as_deref(), Some("40s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn get_by<M: Message>(&self, process: &Process<M>, priority: i32, amount: u64) -> Transfer {
        self.transfer(process, false, priority, amount)
    }
}

impl<T: 'static> Store<T> {
    /// Puts an item in, as [`put`](Self::put), at a place in the line by priority: the lower the
    /// number, the sooner. `put` has priority 0. The order in which items are taken is that of the
    /// puts, or their [rank](Self::ranked).
    #[track_caller]
    pub fn put_by<M: Message>(&self, process: &Process<M>, priority: i32, item: T) -> PutItem<T> {
        self.put_at(process, priority, item)
    }

    /// Takes the first item, as [`get`](Self::get), at a place in the line by priority: the lower
    /// the number, the sooner. `get` has priority 0.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let jobs = Store::new(&mut simulation, "jobs", 10);
    /// let [second, first] = [("spare", 1), ("main", 0)].map(|(name, priority)| {
    ///     simulation.process(name, async move |p| jobs.get_by(&p, priority).await)
    /// });
    /// simulation.process("boss", async move |p| {
    ///     p.sleep(Span::from_secs(1)).await;
    ///     jobs.put(&p, "saw").await;
    ///     jobs.put(&p, "drill").await;
    /// });
    /// simulation.run()?;
    /// assert_eq!((first.result(), second.result()), (Some("saw"), Some("drill")));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn get_by<M: Message>(&self, process: &Process<M>, priority: i32) -> TakeItem<T> {
        self.take(process, priority, Want::First)
    }

    /// Takes the first item for which `wanted` is true, as [`get_where`](Self::get_where), at a
    /// place in the line by priority.
    #[track_caller]
    pub fn get_where_by<M: Message>(
        &self,
        process: &Process<M>,
        priority: i32,
        wanted: impl Fn(&T) -> bool + 'static,
    ) -> TakeItem<T> {
        self.take(process, priority, Want::Where(Box::new(wanted)))
    }

    /// Takes that many items at once, and waits until there are so many. It takes none before. As
    /// it waits, it makes those behind it in the line wait, so that it is not overtaken.
    ///
    /// Fails the run if the store never has room for so many.
    ///
    /// # Examples
    /// A pallet of three crates:
    /// ```
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let crates = Store::new(&mut simulation, "crates", 10);
    /// let pallet = simulation.process("packer", async move |p| {
    ///     let pallet = crates.get_many(&p, 3).await;
    ///     (pallet, p.now().to_string())
    /// });
    /// simulation.process("belt", async move |p| {
    ///     for number in 0..4 {
    ///         p.sleep(Span::from_secs(1)).await;
    ///         crates.put(&p, number).await;
    ///     }
    /// });
    /// simulation.run()?;
    /// assert_eq!(pallet.result(), Some((vec![0, 1, 2], "3s".to_owned())));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn get_many<M: Message>(&self, process: &Process<M>, many: usize) -> TakeItems<T> {
        self.get_many_by(process, 0, many)
    }

    /// Takes that many items at once, as [`get_many`](Self::get_many), at a place in the line by
    /// priority.
    #[track_caller]
    pub fn get_many_by<M: Message>(
        &self,
        process: &Process<M>,
        priority: i32,
        many: usize,
    ) -> TakeItems<T> {
        let (wait, mut kernel) = Wait::begin(process);
        let id = self.id.owned(&mut kernel);
        let (asked, capacity) = (many as u64, kernel.resource::<StoreState<T>>(id));
        let capacity = capacity.map_or(0, |store| store.shelf.capacity);
        let ticket = if asked > capacity {
            let resource = kernel.entities.path(id).to_string();
            kernel.fail(ErrorKind::NeverEnough { resource, asked, capacity });
            None
        } else if many == 0 {
            kernel.wake_now(&wait.waiter());
            None
        } else {
            let who = Claimant::Process(wait.waiter());
            kernel.take_item(id, priority, Want::<T>::Many(asked), who)
        };
        drop(kernel);
        TakeItems { wait, store: id, items: PhantomData, ticket, handed_out: false }
    }

    /// Takes that many items one by one, as they come, at most for `span` from the first `.await`
    /// on. Returns all of them as soon as there are so many, or those that have come by then, which
    /// may be none.
    ///
    /// The batch waits in the line once for each item. An item that comes is given to it, and is no
    /// longer in the store. If the future is dropped before its end, the items go back to their
    /// places.
    ///
    /// # Examples
    /// An oven that starts with four loaves, or after ten minutes with what there is:
    /// ```
    /// use flagfall::{Config, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let loaves = Store::new(&mut simulation, "loaves", 10);
    /// let oven = simulation.process("oven", async move |p| {
    ///     let first = loaves.get_batch(&p, 4, Span::from_mins(10)).await.len();
    ///     let second = loaves.get_batch(&p, 4, Span::from_mins(10)).await.len();
    ///     (first, second, p.now().to_string())
    /// });
    /// simulation.process("baker", async move |p| {
    ///     for loaf in 0..6 {
    ///         p.sleep(Span::from_mins(1)).await;
    ///         loaves.put(&p, loaf).await;
    ///     }
    /// });
    /// simulation.run()?;
    /// assert_eq!(oven.result(), Some((4, 2, "840s".to_owned())));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    #[must_use = "nothing is taken until this is awaited: write `.await`"]
    pub fn get_batch<'a, M: Message>(
        &self,
        process: &'a Process<M>,
        many: usize,
        span: Span,
    ) -> impl Future<Output = Vec<T>> + use<'a, M, T> {
        let mut gets = all((0..many).map(|_| self.get(process)).collect::<Vec<_>>());
        async move {
            match process.timeout(span, &mut gets).await {
                Ok(items) => items,
                Err(_) => gets.give_up().into_iter().flatten().collect(),
            }
        }
    }
}

/// Waits for several items at once; see [`Store::get_many`].
#[must_use = "the items go to others when this is dropped: write \
              `let items = store.get_many(&p, 3).await`"]
pub struct TakeItems<T: 'static> {
    wait: Wait,
    store: ActorId,
    items: PhantomData<fn(T)>,
    ticket: Option<Ticket>,
    handed_out: bool,
}

impl<T> TakeItems<T> {
    /// Stops waiting: leaves the line. Items that were given at this very instant go back to their
    /// places. It does the same as dropping the future.
    pub fn give_up(self) {}
}

impl<T> Future for TakeItems<T> {
    type Output = Vec<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Vec<T>> {
        self.poll_look(context)
    }
}

impl<T> Sealed for TakeItems<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) -> Vec<T> {
        if std::mem::replace(&mut self.handed_out, true) {
            spent(self.wait.place());
        }
        let Some(ticket) = self.ticket else { return Vec::new() };
        let given = self.wait.with_kernel(|kernel| {
            kernel.with_resource(self.store, |state: &mut StoreState<T>, _| state.take_all(ticket))
        });
        let placed = given.flatten().unwrap_or_default();
        placed.into_iter().map(|(_, item)| item).collect()
    }
}

impl<T: 'static> Drop for TakeItems<T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.filter(|_| !self.handed_out) else { return };
        self.wait.leave(self.store, ticket, 0, |kernel, &GivenUp { of, ticket, served, .. }| {
            if !kernel.withdraw(of, ticket) {
                kernel.with_resource(of, |state: &mut StoreState<T>, kernel| {
                    let given = state.take_all(ticket);
                    let many = given.len() as u64;
                    let mut given = given.into_iter();
                    if let Some((position, item)) = given.next() {
                        state.shelf.put_back(kernel.now, position, item, many, served);
                        state.shelf.put_back_more(given.collect());
                        kernel.look_later(of);
                    }
                });
            }
        });
    }
}

impl<T> fmt::Debug for TakeItems<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeItems")
    }
}

impl<T: 'static> StoreState<T> {
    /// All that was given to a claim for many.
    fn take_all(&mut self, ticket: Ticket) -> Vec<Placed<T>> {
        let more = self.more.remove(&ticket).unwrap_or_default();
        self.given.remove(ticket).into_iter().chain(more).collect()
    }
}
