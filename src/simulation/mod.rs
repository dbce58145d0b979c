//! The engine: actors, their context, and the loop that moves the clock.
//!
//! One step takes the first event off the future event list, sets the clock
//! to its time, and delivers it; [`Simulation::run`] and
//! [`Simulation::run_until`] are loops over that step.

/// What handles have in common whose type says what is in there, not what
/// they hold: a derive would ask the same of that type.
macro_rules! handle_of_many {
    ($handle:ident, $name:literal) => {
        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $handle<T> {}
        impl<T> PartialEq for $handle<T> {
            fn eq(&self, other: &Self) -> bool {
                self.id == other.id
            }
        }
        impl<T> Eq for $handle<T> {}
        impl<T> std::hash::Hash for $handle<T> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.id.hash(state);
            }
        }
        impl<T> std::fmt::Debug for $handle<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {:?}", $name, self.id)
            }
        }
        impl<T: 'static> $crate::Message for $handle<T> {
            fn digest(&self, digest: &mut $crate::Digest) {
                $crate::Message::digest(&self.id, digest);
            }

            fn size(&self) -> u64 {
                $crate::Message::size(&self.id)
            }
        }
    };
}

mod class;
mod config;
mod context;
mod core;
mod cpu;
mod death;
mod directory;
mod error;
mod fork;
mod gather;
mod group;
mod happened;
mod life;
mod link;
mod look;
mod outcome;
mod outside;
mod pace;
mod pool;
pub mod process;
mod recorder;
mod request;
pub mod resource;
mod returns;
mod run;
#[cfg(feature = "snapshot")]
mod save;
mod stuck;
pub mod supervision;
mod tell;
mod ties;
mod types;

pub use config::{Config, Limits};
pub use context::{Context, Timer};
pub use error::{ErrorKind, Limit, SimulationError};
pub use fork::{Branch, Origin};
pub use group::Group;
pub use outcome::{Counts, Outcome, Unanswered};
pub use pace::Pacer;
pub use process::{Process, ProcessRef};
pub use resource::{Container, Resource, Store, World};
#[cfg(feature = "snapshot")]
pub use save::Resumed;
pub use stuck::{Stuck, WaitFor, Waits};
pub use supervision::{DeathNotice, FindError, Restart, Undeliverable, Watch};
pub use types::{SnapshotError, Types};

use self::class::Class;
use self::core::Core;
use crate::actor::{ActorId, ActorRef, Message, Spawn};
use crate::random::{Stream, StreamName};
use crate::record::Observer;
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

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

    /// What may be shown of the state, where two runs are compared; nothing,
    /// unless implemented. `Some(self)` does for a type that has `Debug`.
    fn shown(&self) -> Option<&dyn fmt::Debug> {
        None
    }
}

/// A run: actors, messages under way, and the clock.
///
/// # Examples
/// ```
/// use flagfall::{Actor, ActorRef, Config, Context, Latency, Message, Outcome, Simulation, Span};
///
/// #[derive(Debug, Message)]
/// enum Ball { Hit(ActorRef<Ball>) }
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
    /// Shared with the handles of processes, which borrow it in between two
    /// of their awaits. While actors run, it is borrowed here.
    core: Rc<RefCell<Core>>,
    config: Config,
    classes: Vec<Box<dyn Class>>,
    /// Set once a run has failed; nothing happens after.
    failed: Option<SimulationError>,
    /// Whom to ask before the clock moves.
    pacer: Option<Box<dyn Pacer>>,
    /// What copies and files need to know of the program's types.
    types: Rc<Types>,
}

impl Simulation {
    /// A simulation without actors, at time zero.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let core = Core::new(config.clone()).share();
        let types = Rc::new(Types::new());
        Self { core, config, classes: Vec::new(), failed: None, pacer: None, types }
    }

    /// Spawns an actor that nobody owns.
    ///
    /// A limit that is reached so is reported by the next step.
    ///
    /// # Panics
    /// If a living actor has that name, or the name reads like a path; see
    /// [`try_spawn`](Self::try_spawn).
    #[track_caller]
    pub fn spawn<A: Actor>(&mut self, spawn: impl Into<Spawn>, actor: A) -> ActorRef<A::Message> {
        let spawn = spawn.into();
        self.done(|core| core.spawn(None, &spawn, actor, None))
    }

    /// Submits a task that nobody owns; see [`Context::spawn_task`].
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_task<A: Actor>(
        &mut self,
        spawn: impl Into<Spawn>,
        actor: A,
        first: A::Message,
    ) -> ActorRef<A::Message> {
        let spawn = spawn.into();
        self.done(|core| core.spawn(None, &spawn, actor, Some(first)))
    }

    /// Adds an observer of all records from now on.
    ///
    /// Senders are remembered while somebody wants records: if the digest is
    /// off and this is the first observer, messages that are under way already
    /// are recorded as if they came from outside.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        self.core.borrow_mut().recorder.observe(Box::new(observer));
    }

    /// Opens a random stream of the run itself, at its beginning.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        let Config { seed, replication, .. } = self.config;
        let name = StreamName { seed, replication, actor: 0, incarnation: 0, purpose };
        self.core.borrow().recorder.open(ActorId::OUTSIDE, &name)
    }
}

impl Drop for Simulation {
    /// What the kernel holds may hold the kernel, by the handles of processes:
    /// it is taken out first, and while the kernel is free.
    fn drop(&mut self) {
        self.classes.clear();
        loop {
            let Ok(mut core) = self.core.try_borrow_mut() else { return };
            let mut left: Vec<Box<dyn Any>> = core.resources.take_all();
            left.append(&mut core.remains);
            left.extend(core.newborns.drain(..).map(|newborn| newborn.state));
            drop(core);
            if left.is_empty() {
                return;
            }
            drop(left);
        }
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation")
            .field("seed", &self.config.seed)
            .field("now", &self.now())
            .field("events", &self.events())
            .field("live_actors", &self.live_actors())
            .finish_non_exhaustive()
    }
}
