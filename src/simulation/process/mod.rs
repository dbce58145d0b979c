//! Processes: models written as `async` functions, one await after the other.
//!
//! A process is an actor whose state is where its function has got to. It
//! shares the clock, the event list, names, streams and messages with all
//! other actors. There is no executor besides the engine: whatever a process
//! waits for comes as an event of the run, and after that event the process
//! goes on until it waits again.

mod class;
mod combine;
mod shell;
mod signal;
mod spawn;
mod waits;

pub use combine::{Either, TimedOut, all, any, either};
pub use signal::Signal;
pub use spawn::{Ended, ProcessRef};
pub use waits::{Answer, Sleep};

pub(super) use class::{ProcessClass, Routine};
pub(super) use shell::{Reason, Shell, WaitKey};
pub(super) use waits::{Quietly, Wait, Waiter};

use crate::actor::{ActorId, ActorRef, Message, ReplyTo, RequestError, Spawn};
use crate::random::Stream;
use crate::simulation::Actor;
use crate::simulation::core::Core;
use crate::simulation::pool::{EventKind, Pool};
use crate::simulation::supervision::FindError;
use crate::time::{Span, VirtualTime};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

/// The world as a process sees it, and the process itself.
///
/// `M` is the type of message that it receives; most receive none. A process
/// is started with [`Simulation::process`](crate::Simulation::process),
/// [`Context::process`](crate::Context::process) or
/// [`Process::process`]. It ends when its function returns, or is killed at
/// one of its awaits; what it holds is dropped then.
///
/// A process may await what its own handle makes, and anything built from
/// that (the functions of [`process`](crate::process), `async` blocks, other
/// combinators). The future of something outside the simulation, such as a
/// socket, would never be woken.
///
/// Watching deaths, supervising, and submitting tasks are done by actors: a
/// process that needs them spawns one, and asks it or is sent its messages.
///
/// Using the handle of a process inside an actor's handler panics: the
/// kernel is in the actor's hands then.
///
/// # Examples
/// SimPy's first example, a car that parks and drives:
/// ```
/// use flagfall::{Config, Process, Simulation, Span, VirtualTime};
///
/// async fn car(p: Process) {
///     loop {
///         // Park and charge.
///         p.sleep(Span::from_secs(5)).await;
///         // Drive.
///         p.sleep(Span::from_secs(2)).await;
///         if p.now() >= VirtualTime::from_nanos(14_000_000_000) {
///             return;
///         }
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.process("car", car);
/// simulation.run()?;
/// assert_eq!(simulation.now().to_string(), "14s");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub struct Process<M = ()> {
    pub(super) core: Rc<RefCell<Core>>,
    pub(super) shell: Rc<Shell>,
    pub(super) id: ActorId,
    pub(super) messages: PhantomData<fn(M)>,
}

impl<M> Clone for Process<M> {
    /// Another handle of the same process, for an `async` block of its own.
    fn clone(&self) -> Self {
        let (core, shell) = (Rc::clone(&self.core), Rc::clone(&self.shell));
        Self { core, shell, id: self.id, messages: PhantomData }
    }
}

impl<M: Message> Process<M> {
    /// The current virtual time; it moves only while the process waits.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.core.borrow().now
    }

    /// A reference to the process itself, to which others send messages.
    #[must_use]
    pub fn me(&self) -> ActorRef<M> {
        ActorRef::new(self.id)
    }

    /// The path of the process, such as `bank/customer[7]`.
    #[must_use]
    pub fn path(&self) -> String {
        self.core.borrow().directory.path(self.id).to_string()
    }

    /// Opens the random stream of the process for a purpose, at its
    /// beginning, as [`Context::stream`](crate::Context::stream) does: whoever
    /// draws often keeps it.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        self.core.borrow().stream(self.id, purpose)
    }

    // --- messages ----------------------------------------------------------

    /// Sends a message, as [`Context::send`](crate::Context::send) does.
    pub fn send<N: Message>(&self, to: &ActorRef<N>, message: N) {
        let core = &mut *self.core.borrow_mut();
        core.send(self.id, to.id, EventKind::Deliver, message);
    }

    /// Sends a message that arrives exactly `delay` from now.
    pub fn send_after<N: Message>(&self, delay: Span, to: &ActorRef<N>, message: N) {
        let core = &mut *self.core.borrow_mut();
        let due = core.after(delay);
        core.post(due, self.id, to.id, EventKind::Deliver, message);
    }

    /// Answers a request that came in a message.
    pub fn reply<R: 'static>(&self, to: ReplyTo<R>, answer: R) {
        self.core.borrow_mut().answer(self.id, to.use_up(), answer);
    }

    /// Interrupts another process: if it waits in
    /// [`interruptible`](Self::interruptible) when the interrupt arrives,
    /// after the link's latency, it goes on at once with `message`; if not, as
    /// soon as it next waits so. Without latency an interrupt arrives when the
    /// interrupter waits, before anything else of the instant.
    pub fn interrupt<N: Message, T>(&self, process: &ProcessRef<N, T>, message: N) {
        self.core.borrow_mut().interrupt(self.id, process.id(), message);
    }

    // --- life and death ----------------------------------------------------

    /// Spawns an actor that this process owns: it dies when this one ends.
    pub fn spawn<A: Actor>(&self, spawn: impl Into<Spawn>, actor: A) -> ActorRef<A::Message> {
        self.core.borrow_mut().spawn(Some(self.id), &spawn.into(), actor, None)
    }

    /// Starts a process that this one owns: it is killed when this one ends.
    ///
    /// For one that outlives it, see [`process_apart`](Self::process_apart).
    pub fn process<N: Message, T: 'static, F>(
        &self,
        spawn: impl Into<Spawn>,
        work: impl FnOnce(Process<N>) -> F + 'static,
    ) -> ProcessRef<N, T>
    where
        F: Future<Output = T> + 'static,
    {
        self.core.borrow_mut().process(Some(self.id), &spawn.into(), work)
    }

    /// Starts a process that nobody owns.
    pub fn process_apart<N: Message, T: 'static, F>(
        &self,
        spawn: impl Into<Spawn>,
        work: impl FnOnce(Process<N>) -> F + 'static,
    ) -> ProcessRef<N, T>
    where
        F: Future<Output = T> + 'static,
    {
        self.core.borrow_mut().process(None, &spawn.into(), work)
    }

    /// Kills an actor or process, as [`Context::kill`](crate::Context::kill)
    /// does.
    pub fn kill<N>(&self, victim: &ActorRef<N>) {
        self.core.borrow_mut().post_death(self.id, victim.id, EventKind::Kill);
    }

    /// Ends the run when this process waits next.
    pub fn end_run(&self) {
        let mut core = self.core.borrow_mut();
        core.ended = true;
        core.want_attention();
    }

    /// The living actor or process of that path, as
    /// [`Context::find`](crate::Context::find).
    ///
    /// # Errors
    /// As [`Context::find`](crate::Context::find).
    pub fn find<N: Message>(&self, path: &str) -> Result<ActorRef<N>, FindError> {
        self.core.borrow().find(path)
    }

    // --- waiting -----------------------------------------------------------

    /// Waits for a span of virtual time.
    ///
    /// The span begins now, not when the future is first awaited. Dropping the
    /// future takes the event off the list.
    pub fn sleep(&self, span: Span) -> Sleep {
        let due = self.core.borrow_mut().after(span).map(|(time, _)| time);
        Sleep::until(self, due)
    }

    /// Waits until everything else that is due now has happened: the same as a
    /// sleep of no length.
    pub fn pass(&self) -> Sleep {
        self.sleep(Span::ZERO)
    }

    /// Waits until an instant; one that has passed is now.
    pub fn sleep_until(&self, time: VirtualTime) -> Sleep {
        Sleep::until(self, Some(time.max(self.now())))
    }

    /// Waits for the next message.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Process, Simulation};
    ///
    /// async fn adder(p: Process<u64>) -> u64 {
    ///     p.receive().await + p.receive().await
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let adder = simulation.process("adder", adder);
    /// simulation.send(&adder, 2);
    /// simulation.send(&adder, 3);
    /// simulation.run()?;
    /// assert_eq!(adder.result(), Some(5));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub async fn receive(&self) -> M {
        waits::next(self, &self.shell.messages).await
    }

    /// Takes the oldest message that has arrived, if there is one.
    pub fn try_receive(&self) -> Option<M> {
        waits::take(self, &self.shell.messages)
    }

    /// Asks an actor, and waits for its answer.
    ///
    /// The request is sent now, not when the future is first awaited; dropping
    /// the future forgets the answer.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, Process, ReplyTo, Simulation};
    ///
    /// struct Till { cash: u64 }
    /// impl Actor for Till {
    ///     type Message = ReplyTo<u64>;
    ///     fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
    ///         context.reply(reply, self.cash);
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn("till", Till { cash: 7 });
    /// let owner = simulation.process("owner", move |p: Process| async move {
    ///     p.ask(&till, |reply| reply).await
    /// });
    /// simulation.run()?;
    /// assert_eq!(owner.result(), Some(Ok(7)));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn ask<N: Message, R: 'static>(
        &self,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) -> Answer<R> {
        Answer::ask(self, to, ask)
    }

    /// Waits for another process to end, and takes what it returned.
    ///
    /// # Errors
    /// [`Ended`] if it was killed, or if its result was taken before.
    pub async fn join<N: Message, T>(&self, process: &ProcessRef<N, T>) -> Result<T, Ended> {
        process.end(self).await
    }

    /// Waits for `work`, unless somebody interrupts.
    ///
    /// # Errors
    /// The message of the interrupt; what `work` waited for is not waited for
    /// any more.
    ///
    /// # Examples
    /// A machine that is interrupted half-way through its work:
    /// ```
    /// use flagfall::{Config, Process, Simulation, Span};
    ///
    /// async fn machine(p: Process<&'static str>) -> String {
    ///     match p.interruptible(p.sleep(Span::from_secs(10))).await {
    ///         Ok(()) => "done".to_owned(),
    ///         Err(why) => format!("{why} at {}", p.now()),
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let machine = simulation.process("machine", machine);
    /// let victim = machine.clone();
    /// simulation.process("fate", move |p: Process| async move {
    ///     p.sleep(Span::from_secs(4)).await;
    ///     p.interrupt(&victim, "broken");
    /// });
    /// simulation.run()?;
    /// assert_eq!(machine.result().as_deref(), Some("broken at 4s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub async fn interruptible<F: Future>(&self, work: F) -> Result<F::Output, M> {
        match either(waits::next(self, &self.shell.interrupts), work).await {
            Either::First(message) => Err(message),
            Either::Second(output) => Ok(output),
        }
    }

    /// Waits for `work`, at most for `span`.
    ///
    /// # Errors
    /// [`TimedOut`] when the span is over first; what `work` waited for is
    /// not waited for any more. At one instant, what was scheduled first
    /// happens first.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Process, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let patient = simulation.process("patient", |p: Process<u64>| async move {
    ///     p.timeout(Span::from_secs(3), p.receive()).await.is_err()
    /// });
    /// simulation.run()?;
    /// assert_eq!(patient.result(), Some(true));
    /// assert_eq!(simulation.now().to_string(), "3s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub async fn timeout<F: Future>(&self, span: Span, work: F) -> Result<F::Output, TimedOut> {
        match either(work, self.sleep(span)).await {
            Either::First(output) => Ok(output),
            Either::Second(()) => Err(TimedOut),
        }
    }

    /// The pool of the process's own class.
    fn with_pool<T>(&self, work: impl FnOnce(&mut Core, &Rc<RefCell<Pool<M>>>) -> T) -> T {
        let core = &mut *self.core.borrow_mut();
        let pool = core.shared_pool::<M>(self.id.class());
        work(core, &pool)
    }
}

impl<M> fmt::Debug for Process<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process {:?}", self.id)
    }
}

/// What a request came to.
pub(super) type Reply<R> = Result<R, RequestError>;
