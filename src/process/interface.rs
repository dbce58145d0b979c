//! Processes: models written as `async` functions, one await after the other.

use crate::actor::{ActorId, ActorRef, Message, ReplyTo, RequestError, SpawnOptions};
use crate::features::Kernel;
use crate::handler::{Actor, each};
use crate::process::place::Place;
use crate::process::reference::ProcessRef;
use crate::process::state::ProcessState;
use crate::random::Stream;
use crate::store::Op;
use crate::time::{Span, VirtualTime};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::rc::Rc;

/// The handle of a process: the clock, other actors, and the process itself.
///
/// `M` is the type of message that it receives; most receive none. A process is started with
/// [`Simulation::process`](crate::Simulation::process),
/// [`Context::process`](crate::Context::process) or [`Process::process`]. It ends when its function
/// returns, or when it is killed at one of its awaits; then everything that it holds is dropped.
///
/// A process may await what its own handle makes, and anything built from that (the functions of
/// [`process`](crate::process), `async` blocks, other combinators). A future from outside the
/// simulation, such as a socket, would never wake it. A process that awaits nothing else ends the
/// run with [`NothingAwaited`](crate::ErrorKind::NothingAwaited).
///
/// Everything that a process begins (a sleep, a claim, a request, any wait) must be awaited before
/// the process waits for something else. A wait that is made and never awaited is mostly a
/// forgotten `.await`. It ends the run with [`NotAwaited`](crate::ErrorKind::NotAwaited) at once,
/// with its line. A wait that is dropped in the same step or given to a combinator is not an error.
/// Use [`later`](crate::process::later) for a wait that is awaited after something else.
///
/// A handle is for its own process. SimPy's `env` is passed on to every new process; here each
/// process gets its own handle, as the argument of its closure. The handle of another process can
/// only be asked for the time, its path and its reference. Any other use of it, or of its waits,
/// ends the run with [`ForeignHandle`](crate::ErrorKind::ForeignHandle) or
/// [`ForeignWait`](crate::ErrorKind::ForeignWait). These errors name the process, the user and the
/// line.
///
/// A process cannot watch deaths, supervise or submit tasks. It spawns an actor for that, and
/// exchanges messages with it.
///
/// An actor's handler must not use a handle either: it has a context of its own. Between two runs,
/// using a handle panics. Destructors of what a process holds may use its handle, also when it is
/// killed.
///
/// # Examples
/// A child uses its own handle, not its parent's:
/// ```
/// use flagfall::{Config, ErrorKind, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.process("parent", async move |p| {
///     p.process("right", async move |p| { p.sleep(Span::from_secs(1)).await });
///     let q = p.clone();
///     p.process("wrong", async move |_| { q.sleep(Span::from_secs(1)).await });
///     p.sleep(Span::from_secs(60)).await;
/// });
/// let error = simulation.run().unwrap_err();
/// assert!(matches!(error.kind, ErrorKind::ForeignHandle { .. }));
/// assert!(error.to_string().starts_with(
///     "actor parent/wrong: the handle of process parent was used at "
/// ));
/// ```
///
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
    pub(crate) kernel: Rc<RefCell<Kernel>>,
    pub(crate) state: Rc<ProcessState>,
    pub(crate) id: ActorId,
    pub(crate) messages: PhantomData<fn(M)>,
}

impl<M> Clone for Process<M> {
    /// Another handle of the same process, for example for an `async` block.
    fn clone(&self) -> Self {
        let (kernel, state) = (Rc::clone(&self.kernel), Rc::clone(&self.state));
        Self { kernel, state, id: self.id, messages: PhantomData }
    }
}

impl<M: Message> Process<M> {
    /// The current virtual time; it changes only while the process waits.
    #[track_caller]
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.look().now
    }

    /// A reference to the process itself, for example to let others send it messages.
    #[must_use]
    pub fn me(&self) -> ActorRef<M> {
        ActorRef::new(self.id, self.state.returns.family())
    }

    /// The path of the process, such as `bank/customer[7]`.
    #[track_caller]
    #[must_use]
    pub fn path(&self) -> String {
        self.look().entities.path(self.id).to_string()
    }

    /// Opens the random stream of the process for a purpose, at its beginning, like
    /// [`Context::stream`](crate::Context::stream). Keep the stream if you draw often.
    #[track_caller]
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        self.act().stream(self.id, purpose)
    }

    /// Says in the model's words what the process does until its next wait is over, like
    /// [`Context::activity`](crate::Context::activity).
    ///
    /// # Examples
    /// ```
    /// # use flagfall::{Process, Span};
    /// async fn car(p: Process) {
    ///     p.activity(|| "parks".to_owned());
    ///     p.sleep(Span::from_secs(5)).await;
    ///     p.activity(|| "drives".to_owned());
    ///     p.sleep(Span::from_secs(2)).await;
    /// }
    /// # let mut simulation = flagfall::Simulation::new(flagfall::Config::new(42));
    /// # let told = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    /// # let words = std::rc::Rc::clone(&told);
    /// # simulation.observe(move |record: &flagfall::Record<'_>| {
    /// #     words.borrow_mut().extend(record.activity.map(str::to_owned));
    /// # });
    /// # simulation.process("car", car);
    /// # simulation.run()?;
    /// # assert_eq!(*told.borrow(), ["parks", "drives"]);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn activity(&self, words: impl FnOnce() -> String) {
        let is_observed = self.act().journal.is_observed();
        // The words may come from other handles of the process.
        if is_observed {
            let words = words();
            self.act().journal.activities.note(self.id, words);
        }
    }

    // --- messages ----------------------------------------------------------

    /// Sends a message, like [`Context::send`](crate::Context::send).
    #[track_caller]
    pub fn send<N: Message>(&self, to: &ActorRef<N>, message: N) {
        self.send_from(Location::caller(), to, message);
    }

    pub(crate) fn send_from<N: Message>(&self, place: Place, to: &ActorRef<N>, message: N) {
        let kernel = &mut *self.act_at(place);
        let to = kernel.named(to);
        kernel.send(self.id, to, Op::DELIVER, message);
    }

    /// Sends a message to each of several actors, in their order, like
    /// [`Context::broadcast`](crate::Context::broadcast).
    #[track_caller]
    pub fn broadcast<N: Message + Clone>(&self, to: &[ActorRef<N>], message: N) {
        let place = Location::caller();
        each(to, message, |to, message| self.send_from(place, to, message));
    }

    /// Sends a message that arrives exactly `delay` from now.
    #[track_caller]
    pub fn send_after<N: Message>(&self, delay: Span, to: &ActorRef<N>, message: N) {
        let kernel = &mut *self.act();
        let (to, due) = (kernel.named(to), kernel.after(delay));
        kernel.post(due, self.id, to, Op::DELIVER, message);
    }

    /// Sends a message that arrives at `time`. Links do not change this time. Ends the run if
    /// `time` has passed.
    #[track_caller]
    pub fn send_at<N: Message>(&self, time: VirtualTime, to: &ActorRef<N>, message: N) {
        let kernel = &mut *self.act();
        let (to, due) = (kernel.named(to), kernel.at(time));
        kernel.post(due, self.id, to, Op::DELIVER, message);
    }

    /// Answers a request that came in a message.
    #[track_caller]
    pub fn reply<R: 'static>(&self, to: ReplyTo<R>, answer: R) {
        self.act().answer(self.id, to, answer);
    }

    /// Interrupts another process. The interrupt arrives after the link's latency. If the process
    /// then waits in [`interruptible`](Self::interruptible), it goes on at once with `message`; if
    /// not, as soon as it next waits in it. Without latency, the interrupt arrives when the calling
    /// process next waits, before all other events of the instant.
    #[track_caller]
    pub fn interrupt<N: Message, T>(&self, process: &ProcessRef<N, T>, message: N) {
        let kernel = &mut *self.act();
        let process = kernel.named(process);
        kernel.interrupt(self.id, process, message);
    }

    // --- life and death ----------------------------------------------------

    /// Spawns an actor that this process owns: it dies when this process ends.
    #[track_caller]
    pub fn spawn<A: Actor>(
        &self,
        spawn: impl Into<SpawnOptions>,
        actor: A,
    ) -> ActorRef<A::Message> {
        self.act().spawn(Some(self.id), &spawn.into(), actor, None)
    }

    /// Starts a process that this one owns: it is killed when this one ends. For a process that
    /// outlives this one, see [`process_apart`](Self::process_apart).
    #[track_caller]
    pub fn process<T: 'static>(
        &self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process) -> T + 'static,
    ) -> ProcessRef<(), T> {
        self.act().process(Some(self.id), &spawn.into(), work)
    }

    /// Starts a process that this one owns and that receives messages; see
    /// [`Simulation::process_receiving`](crate::Simulation::process_receiving).
    #[track_caller]
    pub fn process_receiving<N: Message, T: 'static>(
        &self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process<N>) -> T + 'static,
    ) -> ProcessRef<N, T> {
        self.act().process(Some(self.id), &spawn.into(), work)
    }

    /// Starts a process without an owner.
    #[track_caller]
    pub fn process_apart<T: 'static>(
        &self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process) -> T + 'static,
    ) -> ProcessRef<(), T> {
        self.act().process(None, &spawn.into(), work)
    }

    /// Starts a process without an owner that receives messages.
    #[track_caller]
    pub fn process_apart_receiving<N: Message, T: 'static>(
        &self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process<N>) -> T + 'static,
    ) -> ProcessRef<N, T> {
        self.act().process(None, &spawn.into(), work)
    }

    /// Kills an actor or process, like [`Context::kill`](crate::Context::kill).
    #[track_caller]
    pub fn kill<N>(&self, victim: &ActorRef<N>) {
        let kernel = &mut *self.act();
        let victim = kernel.named(victim);
        kernel.post_death(self.id, victim, Op::KILL);
    }

    /// Says that this process may wait for ever, for anything. An example is a process that keeps a
    /// buffer full. A run in which only such processes wait is [`Idle`](crate::Outcome::Idle) and
    /// not [`Stuck`](crate::Outcome::Stuck). Processes that wait for what it holds are still stuck.
    /// A process that waits for messages or items need not call this.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Outcome, Simulation, Span, Store};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let shelf = Store::new(&mut simulation, "shelf", 3);
    /// simulation.process("baker", async move |p| {
    ///     p.background();
    ///     for loaf in 0.. {
    ///         p.sleep(Span::from_secs(60)).await;
    ///         shelf.put(&p, loaf).await; // the shelf is full in the end, and that is fine
    ///     }
    /// });
    /// assert_eq!(simulation.run()?, Outcome::Idle { since: "4min".parse()? });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn background(&self) {
        self.act().features.background.insert(self.id);
    }

    /// Ends the run when this process next waits.
    #[track_caller]
    pub fn end_run(&self) {
        let mut kernel = self.act();
        kernel.ended = true;
        kernel.want_attention();
    }
}

impl<M> fmt::Debug for Process<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process {:?}", self.id)
    }
}

pub(crate) type Reply<R> = Result<R, RequestError>;
