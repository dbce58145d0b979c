//! Stores: items that are put in and taken out.

use crate::actor::{ActorId, Message, SpawnOptions};
use crate::digest::Digest;
use crate::handler::Context;
use crate::line::{Ordered, ResourceStatistics, Shelf, Want};
use crate::process::{Process, Wait};
use crate::resource::environment::Environment;
use crate::resource::facility::Waiting;
use crate::resource::item::{PutItem, TakeItem};
use crate::resource::resources::{Claimant, ResourceId};
use crate::resource::store_state::StoreState;
use rustc_hash::FxHashMap;
use std::marker::PhantomData;

/// A store of items of type `T`. Processes and actors put items in and take them out: in their
/// order, by rank, or by a condition. They wait when it is full or empty.
///
/// Each item goes to one taker. A copy is the same store.
///
/// # Examples
/// ```
/// use flagfall::{Config, Simulation, Span, Store};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let shelf = Store::new(&mut simulation, "shelf", 2);
/// simulation.process("baker", async move |p| {
///     for loaf in 0..3 {
///         p.sleep(Span::from_secs(60)).await;
///         shelf.put(&p, loaf).await;
///     }
/// });
/// let lunch = simulation.process("customer", async move |p| {
///     (shelf.get(&p).await, shelf.get_where(&p, |loaf| *loaf == 2).await)
/// });
/// simulation.run()?;
/// assert_eq!(lunch.result(), Some((0, 2)));
/// assert_eq!(shelf.len(&simulation), 1);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub struct Store<T> {
    pub(super) id: ResourceId,
    items: PhantomData<fn(T)>,
}

handle!(Store<T>, "store ", handle => handle.id);

impl<T: 'static> Message for Store<T> {
    fn digest(&self, digest: &mut Digest) {
        self.id.digest(digest);
    }

    fn size(&self) -> u64 {
        self.id.size()
    }
}

impl<T: 'static> Store<T> {
    /// Makes a store with room for `capacity` items, which are taken in the order in which they
    /// were put. `usize::MAX` is room for any number.
    ///
    /// Fails the run if the name is taken or if there is no room.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        capacity: usize,
    ) -> Self {
        Self::ranked(environment, name, capacity, |_| 0)
    }

    /// Makes a store whose items of the lowest rank are taken first (SimPy's `PriorityStore`). Of
    /// items of equal rank, the one that was put first is taken first.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let urgent_first = Store::ranked(&mut simulation, "desk", usize::MAX, |paper: &i64| *paper);
    /// let clerk = simulation.process("clerk", async move |p| {
    ///     for paper in [3, 1, 2] {
    ///         urgent_first.put(&p, paper).await;
    ///     }
    ///     [urgent_first.get(&p).await, urgent_first.get(&p).await]
    /// });
    /// simulation.run()?;
    /// assert_eq!(clerk.result(), Some([1, 2]));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn ranked(
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        capacity: usize,
        rank: fn(&T) -> i64,
    ) -> Self {
        let name = name.into();
        let id = environment.touch(|kernel| {
            let capacity = capacity as u64;
            kernel.add_resource(&name, capacity, |kernel| {
                let shelf = Shelf::new(capacity, rank, kernel.now);
                let (given, more) = (Ordered::new(), FxHashMap::default());
                Box::new(StoreState::<T> { shelf, given, more })
            })
        });
        Self { id, items: PhantomData }
    }

    /// How many items are in it.
    #[track_caller]
    #[must_use]
    pub fn len(&self, environment: &impl Environment) -> usize {
        self.id.read(environment, |store: &StoreState<T>, _| store.shelf.len() as usize)
    }

    /// How many items have no room because others came back. Example: one process gets an item,
    /// another fills the room, and the first gives up its get before it noticed the item. The item
    /// goes to its old place in the order of taking, and the last item in that order stands aside.
    /// Such items go in before all puts, as soon as there is room, and can be taken like the
    /// others. No process waits for them. They are not part of [`len`](Self::len) or of any
    /// statistic.
    #[track_caller]
    #[must_use]
    pub fn aside(&self, environment: &impl Environment) -> usize {
        self.id.read(environment, |store: &StoreState<T>, _| store.shelf.aside())
    }

    /// Whether no item is in it.
    #[track_caller]
    #[must_use]
    pub fn is_empty(&self, environment: &impl Environment) -> bool {
        self.len(environment) == 0
    }

    /// How many puts and gets wait.
    #[track_caller]
    #[must_use]
    pub fn waiting(&self, environment: &impl Environment) -> usize {
        self.id.read(environment, |store: &StoreState<T>, _| store.shelf.waiting())
    }

    /// Reads the items in the order in which they will be taken.
    #[track_caller]
    pub fn for_each(&self, environment: &impl Environment, read: impl FnMut(&T)) {
        self.id.read(environment, |store: &StoreState<T>, _| store.shelf.items().for_each(read));
    }

    /// Statistics of the number of items and of the waiting times so far.
    ///
    /// # Panics
    /// If it belongs to another simulation, as everything that reads it does.
    #[track_caller]
    #[must_use]
    pub fn statistics(&self, environment: &impl Environment) -> ResourceStatistics {
        self.id
            .read(environment, |store: &StoreState<T>, kernel| store.shelf.statistics(kernel.now))
    }

    pub(crate) fn place(&self) -> ActorId {
        self.id.id
    }

    // --- processes ---------------------------------------------------------

    /// Puts an item in, and waits until there is room. Begins now.
    ///
    /// If the future is dropped, the item is taken back and dropped. It stays in the store if the
    /// future has completed, if it was never polled, or if another has taken the item. To get back
    /// an item that could not be put, wait [`within`](PutItem::within) a span, or call
    /// [`give_up`](PutItem::give_up) on the future.
    #[track_caller]
    pub fn put<M: Message>(&self, process: &Process<M>, item: T) -> PutItem<T> {
        self.put_at(process, 0, item)
    }

    #[track_caller]
    pub(super) fn put_at<M: Message>(
        self,
        process: &Process<M>,
        priority: i32,
        item: T,
    ) -> PutItem<T> {
        let (wait, mut kernel) = Wait::begin(process);
        let who = Claimant::Process(wait.waiter());
        let id = self.id.owned(&mut kernel);
        let ticket = kernel.put_item(id, priority, item, who);
        PutItem { wait, store: self.place(), items: PhantomData, ticket, handed_out: false }
    }

    /// Takes the first item, and waits until there is one. Begins now; dropping the future leaves
    /// the line. An item that it was already given goes back to its place. If the room was filled
    /// meanwhile, the last of all items stands [`aside`](Self::aside) until one is taken.
    #[track_caller]
    pub fn get<M: Message>(&self, process: &Process<M>) -> TakeItem<T> {
        self.take(process, 0, Want::First)
    }

    /// Takes the first item for which `wanted` is true (SimPy's `FilterStore`), and waits until
    /// there is one. Others in the line may be served meanwhile.
    #[track_caller]
    pub fn get_where<M: Message>(
        &self,
        process: &Process<M>,
        wanted: impl Fn(&T) -> bool + 'static,
    ) -> TakeItem<T> {
        self.take(process, 0, Want::Where(Box::new(wanted)))
    }

    #[track_caller]
    pub(super) fn take<M: Message>(
        self,
        process: &Process<M>,
        priority: i32,
        wants: Want<T>,
    ) -> TakeItem<T> {
        let (wait, mut kernel) = Wait::begin(process);
        let who = Claimant::Process(wait.waiter());
        let id = self.id.owned(&mut kernel);
        let ticket = kernel.take_item(id, priority, wants, who);
        TakeItem { wait, store: self.place(), items: PhantomData, ticket }
    }

    // --- actors ------------------------------------------------------------

    /// Puts an item in for an actor; if the store is full, as soon as there is room. The actor gets
    /// no message. From now on the store has the item, as if it were a message that was sent: it
    /// stays if the actor ends.
    pub fn put_soon<M: Message>(&self, context: &mut Context<'_, M>, item: T) -> Waiting {
        let who = Claimant::Actor(context.id, None);
        let id = self.id.owned(context.kernel);
        let ticket = context.kernel.put_item(id, 0, item, who);
        Waiting { resource: self.id, ticket }
    }

    /// Takes the first item for which `wanted` is true, for an actor, which gets the message that
    /// `then` makes of it. The item is in that message. If the actor dies at that very instant,
    /// before the message arrives, the message is undeliverable and the item is lost with it.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Message, Simulation, Store};
    ///
    /// #[derive(Debug, Message)]
    /// enum Clerk { Begin, Take(String) }
    /// struct Desk { papers: Store<String>, done: Vec<String> }
    /// impl Actor for Desk {
    ///     type Message = Clerk;
    ///     fn handle(&mut self, message: Clerk, context: &mut Context<'_, Clerk>) {
    ///         if let Clerk::Take(paper) = message {
    ///             self.done.push(paper);
    ///         }
    ///         self.papers.get_then(context, |_| true, Clerk::Take);
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let papers = Store::new(&mut simulation, "papers", 10);
    /// let desk = simulation.spawn("desk", Desk { papers, done: Vec::new() });
    /// simulation.send(&desk, Clerk::Begin);
    /// simulation.process("messenger", async move |p| {
    ///     papers.put(&p, "form 7".to_owned()).await;
    /// });
    /// simulation.run()?;
    /// assert_eq!(simulation[&desk].done, ["form 7"]);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn get_then<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        wanted: impl Fn(&T) -> bool + 'static,
        then: impl FnOnce(T) -> M + 'static,
    ) -> Waiting {
        let who = Claimant::actor(context.id, then);
        let id = self.id.owned(context.kernel);
        let ticket = context.kernel.take_item(id, 0, Want::Where(Box::new(wanted)), who);
        Waiting { resource: self.id, ticket }
    }

    /// Leaves the line; returns `false` if it is too late.
    pub fn withdraw<M: Message>(&self, context: &mut Context<'_, M>, waiting: Waiting) -> bool {
        waiting.withdraw(self.id, context)
    }
}
