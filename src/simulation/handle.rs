//! A simulation: making one, spawning actors, observing.

use crate::actor::{ActorId, Pattern, SpawnOptions};
use crate::config::Config;
use crate::features::{Features, Kernel};
use crate::handler::{Actor, Spawned};
use crate::kernel::Engine;
use crate::random::{Stream, StreamName};
use crate::record::Observer;
use crate::simulation::pacer::Pacer;
use crate::types::TypeRegistry;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// A run: its actors, messages and clock.
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
/// simulation.send(&anna, Ball::Hit(*bert));
/// assert_eq!(simulation.run_until("1s".parse()?)?, Outcome::Reached);
/// assert_eq!(simulation[&anna].hits, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulation {
    pub(crate) engine: Engine<Features>,
    pub(crate) config: Config,
    pub(crate) pacer: Option<Box<dyn Pacer>>,
    /// What copies and files need to know about the program's types.
    pub(crate) types: Rc<TypeRegistry>,
    /// What a model says of waits that the engine does not know.
    pub(crate) told_stuck: RefCell<Option<String>>,
}

impl Simulation {
    /// A simulation without actors, at time zero.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let engine = Engine::new(new_kernel(&config), Vec::new());
        let types = Rc::new(TypeRegistry::new());
        Self { engine, config, pacer: None, types, told_stuck: RefCell::default() }
    }

    /// Spawns an actor without an owner.
    ///
    /// If this reaches a limit, the next step reports it.
    ///
    /// # Panics
    /// If a living actor has that name, or if the name has the form of a path; see
    /// [`try_spawn`](Self::try_spawn).
    #[track_caller]
    pub fn spawn<A: Actor>(&mut self, spawn: impl Into<SpawnOptions>, actor: A) -> Spawned<A> {
        let spawn = spawn.into();
        Spawned::new(self.done(|kernel| kernel.spawn(None, &spawn, actor, None)))
    }

    /// Submits a task without an owner; see [`Context::spawn_task`](crate::Context::spawn_task).
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_task<A: Actor>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        actor: A,
        first: A::Message,
    ) -> Spawned<A> {
        let spawn = spawn.into();
        Spawned::new(self.done(|kernel| kernel.spawn(None, &spawn, actor, Some(first))))
    }

    /// Adds an observer of all records from now on.
    ///
    /// Senders are stored only while records are wanted. If the digest is off and this is the first
    /// observer, earlier messages that are still scheduled are recorded as if they came from
    /// outside.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        self.engine.kernel.borrow_mut().journal.observe(Box::new(observer));
    }

    /// Opens a random stream of the run itself, at its beginning.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        let (seed, half) = (self.config.seed, self.config.half());
        let replication = half.replication;
        let name = StreamName { seed, replication, actor: 0, incarnation: 0, purpose };
        self.engine.kernel.borrow().journal.open(ActorId::OUTSIDE, &name).half(half)
    }
}

pub(crate) fn new_kernel(config: &Config) -> Kernel {
    let mut kernel = Kernel::new(config.clone(), Features::new(config));
    kernel.settle_latency();
    let links = config.links.iter().flat_map(|(from, to, _)| [from.as_str(), to.as_str()]);
    let planned = config.faults.patterns().filter_map(Pattern::exact);
    kernel.entities.await_paths(links.chain(planned));
    kernel
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
