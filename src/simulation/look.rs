//! What can be read from a simulation between its events.

use crate::actor::{ActorId, ActorRef};
use crate::config::Config;
use crate::digest::Digest;
use crate::error::SimulationError;
use crate::outcome::{Counts, Unanswered};
use crate::simulation::handle::Simulation;
use crate::tie::TieLog;
use crate::time::VirtualTime;
use std::fmt;

impl Simulation {
    /// The current virtual time. That is the time of the last event, or a later time at which
    /// [`run_until`](Self::run_until), [`run_before`](Self::run_before) or a horizon stopped the
    /// run.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.engine.kernel.borrow().now
    }

    /// The time of the last event; zero before the first. If the run is over, it has been over
    /// since then.
    #[must_use]
    pub fn last_event(&self) -> VirtualTime {
        self.engine.kernel.borrow().last_event()
    }

    /// How many events have happened.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.engine.kernel.borrow().event
    }

    /// What happened to all messages so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.engine.kernel.borrow().counts
    }

    /// How many messages the engine holds. They are counted where they are stored, and the number
    /// is always equal to [`Counts::pending`]. Cost: O(messages), for checks.
    #[must_use]
    pub fn pending_messages(&self) -> u64 {
        self.engine.kernel.borrow().pending_messages() as u64
    }

    /// How many events are scheduled.
    #[must_use]
    pub fn pending_events(&self) -> u64 {
        let kernel = self.engine.kernel.borrow();
        (kernel.events.len() + kernel.urgent.len()) as u64
    }

    /// How many actors live.
    #[must_use]
    pub fn live_actors(&self) -> u64 {
        self.engine.kernel.borrow().entities.live
    }

    /// The digest of all records; `None` if it is turned off.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        let kernel = self.engine.kernel.borrow();
        kernel.journal.digest(&kernel.entities)
    }

    /// The settings of this run.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What an actor shows of its state ([`Actor::shown`](crate::Actor::shown)). `None` if it is
    /// dead, if it shows nothing, or if the run has failed.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation};
    /// use std::fmt;
    ///
    /// #[derive(Debug)]
    /// struct Till { served: u32 }
    ///
    /// impl Actor for Till {
    ///     type Message = u32;
    ///     fn handle(&mut self, customers: u32, _: &mut Context<'_, u32>) {
    ///         self.served += customers;
    ///     }
    ///     fn shown(&self) -> Option<&dyn fmt::Debug> {
    ///         Some(self)
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn("till", Till { served: 0 });
    /// let shown = simulation.shown(till.id()).expect("the till is open");
    /// assert_eq!(format!("{shown:?}"), "Till { served: 0 }");
    /// ```
    #[must_use]
    pub fn shown(&self, actor: ActorId) -> Option<&dyn fmt::Debug> {
        if self.engine.failed.is_some() {
            return None;
        }
        self.engine.classes.get(actor.class() as usize)?.shown(actor)
    }

    /// Why the run failed; `None` if it has not.
    #[must_use]
    pub fn failure(&self) -> Option<&SimulationError> {
        self.engine.failed.as_ref()
    }

    /// How many messages wait in an actor's mailbox; `None` if it is dead.
    ///
    /// # Panics
    /// If the reference is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn mailbox_length<M>(&self, actor: &ActorRef<M>) -> Option<u32> {
        let id = self.engine.kernel.borrow().seen(actor);
        self.engine.classes.get(id.class() as usize)?.mailbox_length(id)
    }

    /// The path of an actor.
    #[must_use]
    pub fn path(&self, actor: ActorId) -> String {
        self.engine.kernel.borrow().entities.path(actor).to_string()
    }

    /// Whether an actor of that path, such as `driver/dispatcher/taxi[7]`, lives or has lived.
    /// Paths below an owner are forgotten when the owner's life ends.
    #[must_use]
    pub fn has_path(&self, path: &str) -> bool {
        let entities = &self.engine.kernel.borrow().entities;
        entities.find(path).is_some() || entities.dead_at(path) == Some(path)
    }

    /// The paths without wildcard in [`Config::link`] and the [fault plan](crate::FaultPlan) that
    /// no actor has had so far, sorted. Most mistakes in links and plans are names.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Latency, Simulation};
    ///
    /// let config = Config::new(42).link("till", "shopp", Latency::ZERO);
    /// assert_eq!(Simulation::new(config).unused_paths(), ["shopp", "till"]);
    /// ```
    #[must_use]
    pub fn unused_paths(&self) -> Vec<String> {
        self.engine.kernel.borrow().entities.unused_paths()
    }

    /// Whether an actor lives.
    #[must_use]
    pub fn is_alive(&self, actor: ActorId) -> bool {
        self.engine.kernel.borrow().entities.is_alive(actor)
    }

    /// The unanswered requests of living actors, in the order in which they were made. They can
    /// explain why an idle run is stuck.
    #[must_use]
    pub fn unanswered(&self) -> Vec<Unanswered> {
        self.engine.kernel.borrow().unanswered()
    }

    /// What this run noted about its ties, for the [`TieSearch`](crate::TieSearch) that asked for
    /// it. Empty for any other run. It can be taken once.
    #[must_use]
    pub fn tie_log(&self) -> TieLog {
        let mut kernel = self.engine.kernel.borrow_mut();
        kernel.close_step(self.engine.failed.is_some());
        kernel.ties.take_log()
    }
}
