//! What a handler can do.

use super::Actor;
use super::class::{Busy, Meta};
use super::core::{Core, EventKind};
use super::error::ErrorKind;
use super::pool::{Envelope, NONE};
use crate::actor::{ActorId, ActorRef, DeathCause, Message, ReplyTo, RequestError, Spawn};
use crate::random::{Stream, StreamName};
use crate::time::{Span, VirtualTime};
use std::fmt;
use std::marker::PhantomData;

/// The world as a handler sees it: the clock, other actors, and the actor
/// itself.
///
/// `M` is the actor's own message type. Everything asked for here is done by
/// the engine after or while the handler runs; a handler never sees another
/// actor's state. Mistakes (a name used twice, a second hold) do not return
/// an error that every model would have to handle: they end the handler and
/// the run with a [`SimulationError`](crate::SimulationError).
pub struct Context<'a, M> {
    core: &'a mut Core,
    meta: &'a mut Meta,
    id: ActorId,
    message: PhantomData<fn(M)>,
}

impl<'a, M: Message> Context<'a, M> {
    pub(super) fn new(core: &'a mut Core, meta: &'a mut Meta, id: ActorId) -> Self {
        Self { core, meta, id, message: PhantomData }
    }

    /// The current virtual time; it does not move while a handler runs.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.core.now
    }

    /// A reference to the actor itself, to be handed to others (Ray's
    /// `get_runtime_context().current_actor`).
    #[must_use]
    pub fn me(&self) -> ActorRef<M> {
        ActorRef::new(self.id)
    }

    /// The actor's path, such as `driver/dispatcher`.
    #[must_use]
    pub fn path(&self) -> String {
        self.core.directory.path(self.id).to_string()
    }

    /// Opens the actor's random stream for a purpose, at its beginning.
    ///
    /// Keep the stream in the actor's state: opening it again starts the same
    /// sequence again. Cost: a path lookup; no allocation.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        Stream::open(&StreamName {
            seed: self.core.config.seed,
            replication: self.core.config.replication,
            actor: self.core.directory.path_hash(self.id),
            incarnation: self.core.directory.incarnation(self.id),
            purpose,
        })
    }

    // --- messages ----------------------------------------------------------

    /// Sends a message (Ray's `actor.method.remote(...)`): it arrives after
    /// the link's latency, never before one that was sent to the same receiver
    /// earlier (those with a delay of their own aside).
    #[inline]
    pub fn send<N: Message>(&mut self, to: &ActorRef<N>, message: N) {
        let time = self.core.arrival(self.id, to.id);
        self.core.post(time, self.id, to.id, EventKind::Deliver, message);
    }

    /// Sends a message that arrives exactly `delay` from now, whatever the
    /// links say: the sender knows the time of arrival.
    #[inline]
    pub fn send_after<N: Message>(&mut self, delay: Span, to: &ActorRef<N>, message: N) {
        let time = self.core.now.checked_add(delay);
        self.core.post(time, self.id, to.id, EventKind::Deliver, message);
    }

    /// Sends the actor itself a message that arrives exactly `delay` from
    /// now; the actor stays free and handles others meanwhile.
    pub fn schedule(&mut self, delay: Span, message: M) {
        let me = self.me();
        self.send_after(delay, &me, message);
    }

    // --- staying busy ------------------------------------------------------

    /// Keeps the actor busy for `span`, then continues with `then` (the
    /// notebook's `time.sleep` inside a method).
    ///
    /// Messages that arrive meanwhile wait in the mailbox; `then` is handled
    /// before them. A handler may hold once; the continuation may hold again,
    /// and the mailbox keeps waiting.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, Span};
    ///
    /// flagfall::message! {
    ///     enum TaxiMessage { TakeRide { secs: u64 }, RideOver }
    /// }
    ///
    /// #[derive(Default)]
    /// struct Taxi { rides: u32 }
    /// impl Actor for Taxi {
    ///     type Message = TaxiMessage;
    ///     fn handle(&mut self, message: TaxiMessage, context: &mut Context<'_, TaxiMessage>) {
    ///         match message {
    ///             TaxiMessage::TakeRide { secs } => {
    ///                 context.hold(Span::from_secs(secs), TaxiMessage::RideOver);
    ///             }
    ///             TaxiMessage::RideOver => self.rides += 1,
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let taxi = simulation.spawn("taxi", Taxi::default());
    /// simulation.send(&taxi, TaxiMessage::TakeRide { secs: 2 });
    /// simulation.send(&taxi, TaxiMessage::TakeRide { secs: 5 }); // waits
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "7s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn hold(&mut self, span: Span, then: M) {
        if !self.take_turn(Busy::Held) {
            return;
        }
        let time = self.core.now.checked_add(span);
        self.meta.pending = self.core.post(time, self.id, self.id, EventKind::Resume, then);
    }

    /// Keeps the actor busy for `span` and continues with nothing: the
    /// mailbox is served again afterwards.
    pub fn rest(&mut self, span: Span) {
        if self.take_turn(Busy::Held) {
            let time = self.core.now.checked_add(span);
            self.meta.pending = self.core.schedule(time, self.id, EventKind::Resume, NONE);
        }
    }

    /// Marks the actor busy, unless the handler did so before.
    fn take_turn(&mut self, busy: Busy) -> bool {
        if self.meta.busy != Busy::Free {
            self.core.fail(ErrorKind::AlreadyBusy);
            return false;
        }
        self.meta.busy = busy;
        true
    }

    // --- requests ----------------------------------------------------------

    /// Asks and waits (Ray's `ray.get(actor.method.remote())`): the actor
    /// stays busy until the answer comes, then continues with it.
    ///
    /// `ask` makes the request's message from the place to answer to; `then`
    /// makes the message to continue with from the answer, or from the error
    /// that the other died. Both should only wrap: they run when the request
    /// is made and when it is answered, not when it arrives. Enum variants
    /// are such functions. An actor that asks itself waits for ever.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, ReplyTo, RequestError, Simulation};
    ///
    /// struct Till { cash: u64 }
    /// impl Actor for Till {
    ///     type Message = ReplyTo<u64>;
    ///     fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
    ///         context.reply(reply, self.cash);
    ///     }
    /// }
    ///
    /// flagfall::message! {
    ///     enum OwnerMessage { CountTill, TillHolds(Result<u64, RequestError>) }
    /// }
    /// struct Owner { till: ActorRef<ReplyTo<u64>>, counted: u64 }
    /// impl Actor for Owner {
    ///     type Message = OwnerMessage;
    ///     fn handle(&mut self, message: OwnerMessage, context: &mut Context<'_, OwnerMessage>) {
    ///         match message {
    ///             OwnerMessage::CountTill => {
    ///                 context.ask(&self.till, |reply| reply, OwnerMessage::TillHolds);
    ///             }
    ///             OwnerMessage::TillHolds(cash) => self.counted = cash.unwrap_or(0),
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn("till", Till { cash: 7 });
    /// let owner = simulation.spawn("owner", Owner { till, counted: 0 });
    /// simulation.send(&owner, OwnerMessage::CountTill);
    /// simulation.run()?;
    /// assert_eq!(simulation.inspect::<Owner>(&owner).map(|owner| owner.counted), Some(7));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn ask<N: Message, R: 'static>(
        &mut self,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
        then: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) {
        if self.start_waiting() {
            self.open(to, EventKind::Answer, ask, then);
        }
    }

    /// Asks and goes on at once: the answer arrives like any other message.
    pub fn request<N: Message, R: 'static>(
        &mut self,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
        then: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) {
        self.open(to, EventKind::Deliver, ask, then);
    }

    /// Asks several and waits for all (Ray's `ray.get([...])`): continues
    /// when the last answer has come, with the answers in the order of `to`.
    pub fn ask_all<N: Message, R: 'static>(
        &mut self,
        to: &[ActorRef<N>],
        mut ask: impl FnMut(ReplyTo<R>) -> N,
        then: impl FnOnce(Vec<Result<R, RequestError>>) -> M + 'static,
    ) {
        if to.is_empty() {
            // Nothing to wait for: no slot is lent, no hop is travelled.
            return self.hold(Span::ZERO, then(Vec::new()));
        }
        if !self.start_waiting() {
            return;
        }
        let targets: Vec<ActorId> = to.iter().map(ActorRef::id).collect();
        let replies = self.core.open_requests(self.id, &targets, then);
        for (target, reply) in targets.into_iter().zip(replies) {
            self.post_request(target, reply, &mut ask);
        }
    }

    /// Answers a request. If the asker was told otherwise before (because
    /// the actor it asked died), nothing happens.
    pub fn reply<R: 'static>(&mut self, to: ReplyTo<R>, answer: R) {
        self.core.answer(self.id, to.use_up(), answer);
    }

    /// Hands a request on: `to` answers instead, and if `to` dies, or is dead,
    /// the asker is told so. (Sent on in an ordinary message, the request
    /// stays tied to the life of the actor that was asked first.)
    pub fn forward<N: Message, R: 'static>(
        &mut self,
        request: ReplyTo<R>,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) {
        self.core.redirect(request.request, to.id);
        self.post_request(to.id, request, ask);
    }

    fn open<N: Message, R: 'static>(
        &mut self,
        to: &ActorRef<N>,
        kind: EventKind,
        ask: impl FnOnce(ReplyTo<R>) -> N,
        then: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) {
        let reply = self.core.open_request(self.id, to.id, kind, then);
        self.post_request(to.id, reply, ask);
    }

    fn post_request<N: Message, R>(
        &mut self,
        to: ActorId,
        reply: ReplyTo<R>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) {
        let request = Some(reply.request);
        let envelope = Envelope { message: ask(reply), sender: self.id, request };
        let time = self.core.arrival(self.id, to);
        self.core.post_envelope(time, to, EventKind::Deliver, envelope);
    }

    /// Marks the actor waiting; a waiting task lends its CPU slot.
    fn start_waiting(&mut self) -> bool {
        if !self.take_turn(Busy::Waiting) {
            return false;
        }
        if self.meta.holds_slot {
            self.meta.holds_slot = false;
            self.core.cpu.release();
            self.core.start_next_task();
        }
        true
    }

    // --- life and death ----------------------------------------------------

    /// Spawns an actor that this one owns: it dies when this one dies.
    ///
    /// It can be sent messages at once; whether it starts at once is up to
    /// [`Spawn::startup`]. Ends the run if a living child has the same name.
    pub fn spawn<A: Actor>(&mut self, spawn: impl Into<Spawn>, actor: A) -> ActorRef<A::Message> {
        self.core.spawn(Some(self.id), &spawn.into(), actor, None)
    }

    /// Submits a task: an actor that begins with the message `first` once it
    /// has got a CPU slot, keeps the slot while it runs, holds or rests,
    /// lends it while it waits for an answer, and gives it back when it dies.
    /// A task ends itself with [`stop`](Self::stop).
    ///
    /// It is ready for a slot after the link's latency and its start-up.
    ///
    /// # Examples
    /// Three tasks of ten seconds on two CPUs take twenty:
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, Span};
    ///
    /// flagfall::message! {
    ///     enum Step { Compute, Over }
    /// }
    ///
    /// struct Task;
    /// impl Actor for Task {
    ///     type Message = Step;
    ///     fn handle(&mut self, step: Step, context: &mut Context<'_, Step>) {
    ///         match step {
    ///             Step::Compute => context.hold(Span::from_secs(10), Step::Over),
    ///             Step::Over => context.stop(),
    ///         }
    ///     }
    /// }
    ///
    /// struct Driver;
    /// impl Actor for Driver {
    ///     type Message = u32;
    ///     fn handle(&mut self, tasks: u32, context: &mut Context<'_, u32>) {
    ///         for number in 0..tasks {
    ///             context.spawn_task(("task", number), Task, Step::Compute);
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42).cpus(2));
    /// let driver = simulation.spawn("driver", Driver);
    /// simulation.send(&driver, 3);
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "20s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn spawn_task<A: Actor>(
        &mut self,
        spawn: impl Into<Spawn>,
        actor: A,
        first: A::Message,
    ) -> ActorRef<A::Message> {
        self.core.spawn(Some(self.id), &spawn.into(), actor, Some(first))
    }

    /// Kills an actor (Ray's `ray.kill`): when the kill arrives, after the
    /// link's latency, the actor dies whatever it is doing, and everything it
    /// owns dies one hop later. Kills may overtake messages.
    ///
    /// What waits for the victim becomes undeliverable, and requests to it
    /// fail with a [`RequestError`].
    pub fn kill<N>(&mut self, victim: &ActorRef<N>) {
        self.core.post_death(self.id, victim.id, DeathCause::Killed);
    }

    /// Ends this actor when the handler returns.
    pub fn stop(&mut self) {
        self.meta.stopping = true;
    }

    /// Ends the run when the handler returns (the notebook's last line: when
    /// the driver ends, Ray ends with it). Nobody dies: all actors can still
    /// be inspected.
    pub fn end_run(&mut self) {
        self.core.ended = true;
    }
}

impl<M> fmt::Debug for Context<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context of {} at {}", self.core.directory.path(self.id), self.core.now)
    }
}
