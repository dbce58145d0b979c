//! The engine: actors, their context, and the loop that moves the clock.
//!
//! One step takes the first event off the future event list, sets the clock
//! to its time, and delivers it; [`Simulation::run`] and
//! [`Simulation::run_until`] are loops over that step.

mod class;
mod config;
mod context;
mod core;
mod cpu;
mod directory;
mod error;
mod life;
mod outcome;
mod pool;
mod recorder;
mod request;

pub use config::{Config, Limits};
pub use context::{Context, Timer};
pub use error::{ErrorKind, Limit, SimulationError};
pub use outcome::{Counts, Outcome};
pub use request::Unanswered;

use self::class::Class;
use self::core::{Core, RunFailed};
use self::pool::EventKind;
use crate::actor::{ActorId, ActorRef, Message, Spawn};
use crate::digest::Digest;
use crate::event_list::EventId;
use crate::network::path_hash;
use crate::random::{Stream, StreamName};
use crate::record::Observer;
use crate::time::VirtualTime;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A state machine that takes messages of one type, one at a time.
///
/// The handler is a plain function of the state, the message and the
/// context. It should depend on nothing else: no clock, no environment, no
/// thread, no iteration over a hash map.
///
/// # Examples
/// ```
/// use flagfall::{Actor, Config, Context, Simulation, Span};
///
/// /// Counts down, one second at a time.
/// struct Countdown;
/// impl Actor for Countdown {
///     type Message = u64;
///     fn handle(&mut self, left: u64, context: &mut Context<'_, u64>) {
///         if left > 0 {
///             context.hold(Span::from_secs(1), left - 1);
///         }
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let countdown = simulation.spawn("countdown", Countdown);
/// simulation.send(&countdown, 10);
/// simulation.run()?;
/// assert_eq!(simulation.now().to_string(), "10s");
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub trait Actor: 'static {
    /// What this actor understands.
    type Message: Message;

    /// Handles one message.
    fn handle(&mut self, message: Self::Message, context: &mut Context<'_, Self::Message>);
}

/// The list of newborns gives its memory back after more than these.
const MANY_NEWBORNS: usize = 1_024;

/// A run: actors, messages under way, and the clock.
///
/// # Examples
/// ```
/// use flagfall::{Actor, ActorRef, Config, Context, Latency, Outcome, Simulation, Span};
///
/// flagfall::message! {
///     enum Ball { Hit(ActorRef<Ball>) }
/// }
///
/// struct Player { hits: u32 }
/// impl Actor for Player {
///     type Message = Ball;
///     fn handle(&mut self, Ball::Hit(from): Ball, context: &mut Context<'_, Ball>) {
///         self.hits += 1;
///         let me = context.me();
///         context.send(&from, Ball::Hit(me));
///     }
/// }
///
/// let latency = Latency::Fixed(Span::from_millis(250));
/// let mut simulation = Simulation::new(Config::new(42).latency(latency));
/// let anna = simulation.spawn("anna", Player { hits: 0 });
/// let bert = simulation.spawn("bert", Player { hits: 0 });
/// simulation.send(&anna, Ball::Hit(bert));
/// assert_eq!(simulation.run_until("1s".parse()?)?, Outcome::Reached);
/// assert_eq!(simulation.inspect::<Player>(&anna).map(|player| player.hits), Some(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulation {
    core: Core,
    classes: Vec<Box<dyn Class>>,
    /// Set once a run has failed; nothing happens after.
    failed: Option<SimulationError>,
}

impl Simulation {
    /// A simulation without actors, at time zero.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { core: Core::new(config), classes: Vec::new(), failed: None }
    }

    /// Spawns an actor that nobody owns.
    ///
    /// Mistakes (a name used twice, a limit reached) are reported by the next
    /// step.
    pub fn spawn<A: Actor>(&mut self, spawn: impl Into<Spawn>, actor: A) -> ActorRef<A::Message> {
        let reference = self.core.spawn(None, &spawn.into(), actor, None);
        self.settle_births();
        reference
    }

    /// Submits a task that nobody owns; see [`Context::spawn_task`].
    pub fn spawn_task<A: Actor>(
        &mut self,
        spawn: impl Into<Spawn>,
        actor: A,
        first: A::Message,
    ) -> ActorRef<A::Message> {
        let reference = self.core.spawn(None, &spawn.into(), actor, Some(first));
        self.settle_births();
        reference
    }

    /// Sends a message from outside; it arrives now.
    pub fn send<M: Message>(&mut self, to: &ActorRef<M>, message: M) {
        self.send_at(self.core.now, to, message);
    }

    /// Sends a message from outside that arrives at `time`. If that has
    /// passed, the next step reports it.
    pub fn send_at<M: Message>(&mut self, time: VirtualTime, to: &ActorRef<M>, message: M) {
        if time < self.core.now {
            return self.core.fail(ErrorKind::InThePast { time });
        }
        self.core.post(
            Some((time, self.core.lane(time))),
            ActorId::OUTSIDE,
            to.id,
            EventKind::Deliver,
            message,
        );
    }

    /// Kills an actor from outside, at `time`.
    pub fn kill_at<M>(&mut self, time: VirtualTime, victim: &ActorRef<M>) {
        if time < self.core.now {
            return self.core.fail(ErrorKind::InThePast { time });
        }
        let due = Some((time, self.core.lane(time)));
        self.core.schedule_plain(due, victim.id, EventKind::Kill);
    }

    /// Adds an observer of all records from now on.
    ///
    /// Senders are remembered while somebody wants records: if the digest is
    /// off and this is the first observer, messages that are under way already
    /// are recorded as if they came from outside.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        self.core.recorder.observe(Box::new(observer));
    }

    /// Opens a random stream of the run itself, at its beginning.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        let Config { seed, replication, .. } = self.core.config;
        Stream::open(&StreamName { seed, replication, actor: 0, incarnation: 0, purpose })
    }

    // --- running -----------------------------------------------------------

    /// Runs until an actor ends the run or nothing is scheduled.
    ///
    /// # Errors
    /// [`SimulationError`] if a handler panicked or misused its context, or
    /// a limit was reached.
    pub fn run(&mut self) -> Result<Outcome, SimulationError> {
        self.run_until(VirtualTime::MAX)
    }

    /// Runs all events due up to `time`, that instant included, then sets
    /// the clock to `time` if events remain after it.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_until(&mut self, time: VirtualTime) -> Result<Outcome, SimulationError> {
        self.guarded(|simulation| {
            loop {
                if simulation.core.attention && simulation.attend()? {
                    return Ok(Outcome::Ended);
                }
                let Some((due, event)) = simulation.core.events.pop_until(time) else { break };
                simulation.happen(due, event)?;
            }
            simulation.core.release_swept();
            if simulation.core.events.is_empty() {
                return Ok(Outcome::Idle);
            }
            simulation.core.set_clock(simulation.core.now.max(time));
            Ok(Outcome::Reached)
        })
    }

    /// Runs one event; `false` if there was none or the run has ended.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn step(&mut self) -> Result<bool, SimulationError> {
        self.guarded(|simulation| {
            if simulation.core.ended {
                return Ok(false);
            }
            let Some((due, event)) = simulation.core.events.pop_until(VirtualTime::MAX) else {
                return Ok(false);
            };
            simulation.happen(due, event)?;
            simulation.attend()?;
            Ok(true)
        })
    }

    /// Runs `work` so that a panic in a handler becomes an error and an error
    /// stops the simulation for good.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, SimulationError>,
    ) -> Result<T, SimulationError> {
        if let Some(error) = self.failed.clone().or_else(|| self.core.failure.take()) {
            self.failed = Some(error.clone());
            return Err(error);
        }
        // After a panic the state is never looked at again: `failed` is set.
        let result = catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|panic| {
            if let Some(error) = panic.is::<RunFailed>().then(|| self.core.failure.take()).flatten()
            {
                return Err(error);
            }
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let message = text.unwrap_or_else(|| "a panic without a message".to_owned());
            Err(self.core.error(ErrorKind::Panic { message }))
        });
        self.core.current = ActorId::OUTSIDE;
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    /// Sets the clock to an event that was popped, and delivers it.
    #[inline]
    fn happen(&mut self, due: VirtualTime, event: EventId) -> Result<(), SimulationError> {
        if let Err(limit) = self.core.advance(due) {
            return Err(self.limit_reached(limit, event));
        }
        self.classes[event.pool as usize].dispatch(&mut self.core, event.cell);
        Ok(())
    }

    #[cold]
    fn limit_reached(&mut self, limit: Limit, event: EventId) -> SimulationError {
        let limits = &self.core.config.limits;
        let allowed = match limit {
            Limit::Events => limits.events,
            Limit::EventsPerInstant => limits.events_per_instant,
            _ => limits.end_time.as_nanos(),
        };
        self.core.current = self.core.target(event);
        let error = self.core.error(ErrorKind::Limit { limit, allowed });
        // It is named, but it did not happen.
        self.core.event -= 1;
        error
    }

    /// Looks after what the last event left besides messages; whether the run
    /// has ended.
    #[cold]
    fn attend(&mut self) -> Result<bool, SimulationError> {
        self.settle_births();
        self.core.attention = self.core.ended;
        match self.core.failure.take() {
            None => Ok(self.core.ended),
            Some(error) => Err(error),
        }
    }

    /// Gives newborns their places, now that no class is in use.
    fn settle_births(&mut self) {
        self.classes.append(&mut self.core.new_classes);
        for newborn in self.core.newborns.drain(..) {
            self.classes[newborn.id.class as usize].admit(newborn);
        }
        if self.core.newborns.capacity() > MANY_NEWBORNS {
            self.core.newborns = Vec::new();
        }
    }

    // --- looking -----------------------------------------------------------

    /// The current virtual time.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.core.now
    }

    /// How many events have happened.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.core.event
    }

    /// What became of all messages so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.core.counts
    }

    /// Messages in the engine's hands, counted where they are kept; always
    /// equal to [`Counts::pending`]. Cost: O(messages), for checks.
    #[must_use]
    pub fn pending_messages(&self) -> u64 {
        self.core.pending_messages() as u64
    }

    /// How many events are scheduled.
    #[must_use]
    pub fn pending_events(&self) -> u64 {
        self.core.events.len() as u64
    }

    /// How many actors live.
    #[must_use]
    pub fn live_actors(&self) -> u64 {
        self.core.directory.live()
    }

    /// The digest of everything that happened; `None` if it is turned off.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.core.recorder.digest()
    }

    /// The settings of this run.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.core.config
    }

    /// The state of an actor; `None` if it is dead, is not an `A`, or the
    /// run has failed.
    #[must_use]
    pub fn inspect<A: Actor>(&self, actor: &ActorRef<A::Message>) -> Option<&A> {
        if self.failed.is_some() {
            return None;
        }
        self.classes.get(actor.id.class as usize)?.state(actor.id)?.downcast_ref()
    }

    /// How many messages wait in an actor's mailbox; `None` if it is dead.
    #[must_use]
    pub fn mailbox_length<M>(&self, actor: &ActorRef<M>) -> Option<u32> {
        self.classes.get(actor.id.class as usize)?.mailbox_length(actor.id)
    }

    /// The path of an actor.
    #[must_use]
    pub fn path(&self, actor: ActorId) -> String {
        self.core.directory.path(actor).to_string()
    }

    /// Whether an actor of that path lives or has lived, such as
    /// `driver/dispatcher/taxi[7]`.
    #[must_use]
    pub fn has_path(&self, path: &str) -> bool {
        self.core.directory.has_path(path_hash(path))
    }

    /// Whether an actor lives.
    #[must_use]
    pub fn is_alive(&self, actor: ActorId) -> bool {
        self.core.directory.is_alive(actor)
    }

    /// The requests that living actors have made and nobody has answered, in
    /// the order they were made: why an idle run is stuck.
    #[must_use]
    pub fn unanswered(&self) -> Vec<Unanswered> {
        self.core.unanswered()
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation")
            .field("seed", &self.core.config.seed)
            .field("now", &self.core.now)
            .field("events", &self.core.event)
            .field("live_actors", &self.live_actors())
            .finish_non_exhaustive()
    }
}
