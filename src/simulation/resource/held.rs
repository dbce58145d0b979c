//! What is held of a resource, by processes, actors, messages, or anything
//! else that has it.

use super::read_elsewhere;
use super::units::State;
use super::world::World;
use crate::actor::{ActorId, Message};
use crate::digest::Digest;
use crate::line::Ticket;
use crate::simulation::Process;
use crate::simulation::core::Core;
use crate::simulation::error::ErrorKind;
use crate::simulation::process::{Begun, Either, Place, Reason, Sleep, Wait, either};
use crate::simulation::returns::{Return, Returns};
use crate::time::{Span, VirtualTime};
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;

/// What was held was taken away by a more urgent claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preempted {
    /// Path of whoever has it now.
    pub by: String,
    /// Since when it had been held.
    pub since: VirtualTime,
    /// When it was taken away.
    pub at: VirtualTime,
}

/// Work that was not finished because its resource was taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What is left to do.
    pub remaining: Span,
    /// Who took the resource, and when.
    pub preempted: Preempted,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { remaining, preempted } = self;
        write!(f, "preempted by {} at {}, {remaining} left", preempted.by, preempted.at)
    }
}

impl std::error::Error for Unfinished {}

impl Message for Preempted {
    fn digest(&self, digest: &mut Digest) {
        self.by.digest(digest);
        self.since.digest(digest);
        self.at.digest(digest);
    }
}

/// Units of a resource. Whoever has this value has the units: it may be kept
/// in an actor's state, sent in a message, put into a [`Store`](super::Store),
/// or returned by a process. The end of the one who once claimed them changes
/// nothing.
///
/// Keep it under a name: `let _unit = resource.acquire(&p).await;` holds to the
/// end of the block, `let _ = ...` gives back at once. No run can tell that from a
/// service that takes no time; the compiler can. Every model should have its lint on,
/// by `#![warn(let_underscore_drop)]` at the top or `let_underscore_drop = "warn"`
/// under `[lints.rust]` in its `Cargo.toml`:
/// ```compile_fail
/// #![deny(let_underscore_drop)]
/// # use flagfall::{Process, Resource, Span};
/// async fn customer(p: Process, till: Resource) {
///     let _ = till.acquire(&p).await; // error: the unit is dropped here
///     p.sleep(Span::from_secs(60)).await;
/// }
/// ```
/// [`Resource::serve`](super::Resource::serve) acquires, works and gives back in one,
/// and leaves nothing to keep.
///
/// They go back when it is dropped, wherever that is: in a process at once; in
/// an actor's handler, or with a message or a state that the engine drops (of
/// an actor that dies or is restarted, to a dead receiver, lost by a link),
/// right after the current event. [`Resource::release`](super::Resource::release)
/// gives back at once in a handler, too.
///
/// A death cancels nothing that is under way: units in a message that travels, or that an
/// actor has scheduled or set a timer for, go back when that message is due and finds its
/// receiver dead, or restarted if it was the actor's own. To have them back at the death, an
/// actor keeps them in its state, or goes on with them after a
/// [`hold`](crate::Context::hold).
///
/// # Examples
/// A porter hands the trolley on to an actor, and ends:
/// ```
/// use flagfall::resource::Held;
/// use flagfall::{Actor, Config, Context, Message, Process, Resource, Simulation, Span};
///
/// #[derive(Debug, Message)]
/// enum ToCart { Take(Held), Back }
/// struct Cart { trolley: Option<Held> }
/// impl Actor for Cart {
///     type Message = ToCart;
///     fn handle(&mut self, message: ToCart, context: &mut Context<'_, ToCart>) {
///         match message {
///             ToCart::Take(trolley) => {
///                 self.trolley = Some(trolley);
///                 context.schedule(Span::from_secs(20), ToCart::Back);
///             }
///             ToCart::Back => self.trolley = None, // dropped: it goes back
///         }
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let trolleys = Resource::new(&mut simulation, "trolleys", 1);
/// let cart = simulation.spawn("cart", Cart { trolley: None });
/// simulation.process("porter", async move |p| {
///     let trolley = trolleys.acquire(&p).await;
///     p.send(&cart, ToCart::Take(trolley));
/// });
/// let next = simulation.process("next", async move |p| {
///     p.pass().await;
///     let _trolley = trolleys.acquire(&p).await;
///     p.now().to_string()
/// });
/// simulation.run()?;
/// assert_eq!(next.result().as_deref(), Some("20s"));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
/// Nothing can be given back twice:
/// ```compile_fail
/// # use flagfall::{Context, Resource, resource::Held};
/// # fn handler(pump: Resource, held: Held, context: &mut Context<'_, u64>) {
/// pump.release(context, held);
/// pump.release(context, held); // error: use of moved value
/// # }
/// ```
/// or held twice:
/// ```compile_fail
/// # use flagfall::resource::Held;
/// # fn copy(held: &Held) -> Held {
/// held.clone() // error: no method named `clone`
/// # }
/// ```
#[must_use = "units go back when this is dropped, and `let _ = ...` drops at once: write \
              `let _unit = ...`, which keeps them to the end of the block, or `serve`, which \
              acquires, works and gives back"]
pub struct Held {
    /// The outside once it was given back.
    resource: ActorId,
    ticket: Ticket,
    returns: Rc<Returns>,
}

impl Held {
    pub(super) fn new(returns: &Rc<Returns>, resource: ActorId, ticket: Ticket) -> Self {
        Self { resource, ticket, returns: Rc::clone(returns) }
    }

    /// Gives it back; the same as dropping it.
    pub fn release(self) {}

    /// Giving back takes the permission to give back; `None` if it is of
    /// another resource or simulation.
    pub(super) fn use_up(mut self, core: &Core, resource: ActorId) -> Option<Ticket> {
        if self.resource != resource || !self.is_of(core) {
            return None;
        }
        self.resource = ActorId::OUTSIDE;
        Some(self.ticket)
    }

    /// Whether it was taken away.
    ///
    /// # Panics
    /// If it is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn is_lost(&self, world: &impl World) -> bool {
        match world.look(|core| self.is_of(core).then(|| self.loss(core).is_some())) {
            Some(is_lost) => is_lost,
            None => read_elsewhere(),
        }
    }

    fn is_of(&self, core: &Core) -> bool {
        Rc::ptr_eq(&self.returns, &core.returns)
    }

    /// By whom and when it was taken away.
    fn loss(&self, core: &Core) -> Option<Preempted> {
        core.resource::<State>(self.resource)?.lost.get(&self.ticket).cloned()
    }

    /// Waits until it is taken away; for ever, if the claim does not yield.
    /// Any process may wait, whoever claimed it.
    #[track_caller]
    pub fn preempted<'a, M: Message>(
        &'a self,
        process: &'a Process<M>,
    ) -> impl Future<Output = Preempted> + use<'a, M> {
        let mut begun = Begun::new(process);
        async move {
            begun.ask();
            self.until_lost(process, begun.place).await
        }
    }

    /// The same, for what was asked for at that place.
    async fn until_lost<M: Message>(&self, process: &Process<M>, place: Place) -> Preempted {
        if let Some(preempted) = self.known_loss(process, place) {
            return preempted;
        }
        let wait = Wait::open_for(process, Reason::Loss, place);
        process.act_at(place).with_resource(self.resource, |state: &mut State, _| {
            state.watch(self.ticket, wait.waiter());
        });
        poll_fn(|context| wait.poll(context)).await;
        self.loss(&process.look_at(place)).expect("a loss is kept until what was held is dropped")
    }

    /// The loss, if it has come. Fails the run if what is held is of another simulation.
    fn known_loss<M: Message>(&self, process: &Process<M>, place: Place) -> Option<Preempted> {
        let core = &mut *process.act_at(place);
        if !self.is_of(core) {
            core.fail(ErrorKind::ForeignReference);
            return None;
        }
        self.loss(core)
    }

    /// Works for `span`, unless it is taken away first. Whoever has it may work,
    /// and several times one after the other.
    ///
    /// Work that is complete at the instant of the loss is complete. So is work
    /// of no length, unless the loss came at an earlier instant.
    ///
    /// # Errors
    /// What is left to do: the whole span, if it was taken away before the work
    /// began. To resume, claim again and work for what remains; to start over,
    /// work for the whole span. [`Resource::serve`](super::Resource::serve)
    /// does either.
    ///
    /// # Examples
    /// A job that gives way and is resumed. It claims again at the instant of
    /// the loss, and so keeps its place among its equals:
    /// ```
    /// use flagfall::resource::Claim;
    /// use flagfall::{Config, Process, Resource, Simulation, Span};
    ///
    /// async fn job(p: Process, lathe: Resource) -> String {
    ///     let mut left = Span::from_secs(10);
    ///     loop {
    ///         let held = lathe.acquire_as(&p, Claim::new().yielding()).await;
    ///         match held.work(&p, left).await {
    ///             Ok(()) => return p.now().to_string(),
    ///             Err(unfinished) => left = unfinished.remaining,
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let lathe = Resource::new(&mut simulation, "lathe", 1);
    /// let job = simulation.process("job", move |p: Process| job(p, lathe));
    /// simulation.process("urgent", async move |p| {
    ///     p.sleep(Span::from_secs(4)).await;
    ///     let _lathe = lathe.acquire_as(&p, Claim::new().priority(-1).preempting()).await;
    ///     p.sleep(Span::from_secs(3)).await;
    /// });
    /// simulation.run()?;
    /// assert_eq!(job.result().as_deref(), Some("13s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn work<'a, M: Message>(
        &'a self,
        process: &'a Process<M>,
        span: Span,
    ) -> impl Future<Output = Result<(), Unfinished>> + use<'a, M> {
        let mut begun = Begun::new(process);
        async move {
            begun.ask();
            self.work_at(process, span, begun.place).await
        }
    }

    /// The same, for what was asked for at that place.
    pub(super) async fn work_at<M: Message>(
        &self,
        process: &Process<M>,
        span: Span,
        place: Place,
    ) -> Result<(), Unfinished> {
        let start = process.look_at(place).now;
        let sleep = Sleep::begin(process, span, place);
        match either(self.until_lost(process, place), sleep).await {
            Either::Second(()) => Ok(()),
            // Awaited late, the work may have been over before the loss; or the
            // loss may have come before the work.
            Either::First(preempted) => match preempted.at.checked_since(start) {
                Some(done) if done >= span => Ok(()),
                done => {
                    let remaining = span - done.unwrap_or(Span::ZERO);
                    Err(Unfinished { remaining, preempted })
                }
            },
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.resource != ActorId::OUTSIDE {
            self.returns.give(Return::Held { of: self.resource, ticket: self.ticket });
        }
    }
}

impl Message for Held {
    fn digest(&self, digest: &mut Digest) {
        self.resource.digest(digest);
        digest.write_u64(self.ticket.place);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("ticket", &self.ticket.place).finish_non_exhaustive()
    }
}
