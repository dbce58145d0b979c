//! What the user chooses before a run.

use crate::actor::Pattern;
use crate::digest::Ingredients;
use crate::event_list::EventListKind;
use crate::network::{FaultPlan, Latency};
use crate::tie::TiePolicy;
use crate::time::VirtualTime;

/// The settings of a run.
///
/// There is no default seed: the user names one, and the same seed gives the
/// same run. Everything else starts from the ideal world: no latency, no
/// bound on CPU slots, replication 0.
///
/// # Examples
/// ```
/// use flagfall::{Config, Latency, Span};
///
/// let config = Config::new(42).latency(Latency::Fixed(Span::from_millis(1))).cpus(2);
/// assert_eq!(config.seed, 42);
/// ```
// Not `non_exhaustive`: the command takes it apart without `..`, so that a new setting
// cannot be forgotten in files and headers.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Names every random stream of the run.
    pub seed: u64,
    /// Which replication of the scenario this is; part of every stream's name.
    pub replication: u64,
    /// How long messages travel where no link says otherwise.
    pub latency: Latency,
    /// Latencies of single links: (sender's path, receiver's path, latency).
    pub links: Vec<(String, String, Latency)>,
    /// What goes wrong; nothing unless set.
    pub faults: FaultPlan,
    /// CPU slots for tasks; `None` is as many as there are tasks.
    pub cpus: Option<u32>,
    /// Where [`run`](crate::Simulation::run) ends, without an error; never unless set.
    pub horizon: Option<VirtualTime>,
    /// Where the run is stopped with an error.
    pub limits: Limits,
    /// Which of several events due at one instant comes first.
    pub ties: TiePolicy,
    /// Which structure holds the future event list.
    pub event_list: EventListKind,
    /// Whether the digest is computed.
    pub digest: bool,
    /// What goes into it.
    pub ingredients: Ingredients,
    /// Whom it is about: what happens to actors of these paths, and what they
    /// send. Everyone, if empty.
    pub digest_of: Vec<Pattern>,
    /// Whether observers are shown the random draws of actors.
    pub draws: bool,
    /// How many of the newest undeliverable messages are kept.
    pub undeliverable_kept: usize,
}

impl Config {
    /// The ideal world under that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            replication: 0,
            latency: Latency::ZERO,
            links: Vec::new(),
            faults: FaultPlan::new(),
            cpus: None,
            horizon: None,
            limits: Limits::default(),
            ties: TiePolicy::InOrder,
            event_list: EventListKind::default(),
            digest: true,
            ingredients: Ingredients::STANDARD,
            digest_of: Vec::new(),
            draws: false,
            undeliverable_kept: 0,
        }
    }

    /// Sets the replication.
    #[must_use]
    pub fn replication(self, replication: u64) -> Self {
        Self { replication, ..self }
    }

    /// Sets the latency of every message.
    #[must_use]
    pub fn latency(self, latency: Latency) -> Self {
        Self { latency, ..self }
    }

    /// Sets the latency of messages from one path to another, such as
    /// `driver` to `driver/dispatcher`. A path that no actor has is allowed:
    /// the actor may be spawned later.
    #[must_use]
    pub fn link(mut self, from: &str, to: &str, latency: Latency) -> Self {
        self.links.push((from.to_owned(), to.to_owned(), latency));
        self
    }

    /// Sets what goes wrong. Where the plan gives a link a latency, it counts
    /// before [`link`](Self::link) and [`latency`](Self::latency).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, FaultPlan, network::LinkFaults};
    ///
    /// let plan = FaultPlan::new().link("driver", "driver/*", LinkFaults::new().loss(0.1));
    /// let config = Config::new(42).faults(plan);
    /// assert_eq!(config.faults.to_string(), "link driver -> driver/* loss 0.1");
    /// ```
    #[must_use]
    pub fn faults(self, faults: FaultPlan) -> Self {
        Self { faults, ..self }
    }

    /// Sets the number of CPU slots.
    #[must_use]
    pub fn cpus(self, cpus: u32) -> Self {
        Self { cpus: Some(cpus), ..self }
    }

    /// Sets the virtual time at which a run ends: what is due then still happens, and what
    /// is due later stays pending. Not an error, as [`Limits::end_time`] is: results are read
    /// as the actors are then, and every mean over time goes up to there. If nothing is left
    /// to happen before, the clock goes on to the horizon all the same
    /// ([`Simulation::last_event`](crate::Simulation::last_event) tells since when); if an
    /// actor ends the run before, the clock stays there.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42).horizon("5s".parse()?));
    /// simulation.process("clock", async |p| loop {
    ///     p.sleep(Span::from_secs(2)).await;
    /// });
    /// simulation.run()?;
    /// assert_eq!(simulation.now(), "5s".parse()?);
    /// assert_eq!(simulation.last_event(), "4s".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn horizon(self, horizon: VirtualTime) -> Self {
        Self { horizon: Some(horizon), ..self }
    }

    /// Sets all limits at once; each has a method of its own, too, such as
    /// [`max_events`](Self::max_events).
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets [`Limits::events`].
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42).max_events(1_000));
    /// simulation.process("clock", async |p| loop {
    ///     p.sleep(Span::from_secs(1)).await;
    /// });
    /// let error = simulation.run().unwrap_err();
    /// assert!(error.to_string().starts_with("actor clock: the limit of 1000 events is reached"));
    /// ```
    #[must_use]
    pub fn max_events(mut self, events: u64) -> Self {
        self.limits.events = events;
        self
    }

    /// Sets [`Limits::events_per_instant`].
    #[must_use]
    pub fn max_events_per_instant(mut self, events: u64) -> Self {
        self.limits.events_per_instant = events;
        self
    }

    /// Sets [`Limits::live_actors`].
    #[must_use]
    pub fn max_live_actors(mut self, actors: u64) -> Self {
        self.limits.live_actors = actors;
        self
    }

    /// Sets [`Limits::owners`].
    #[must_use]
    pub fn max_owners(mut self, owners: u64) -> Self {
        self.limits.owners = owners;
        self
    }

    /// Sets [`Limits::remembered_names`].
    #[must_use]
    pub fn max_remembered_names(mut self, names: u64) -> Self {
        self.limits.remembered_names = names;
        self
    }

    /// Sets [`Limits::pending_events`].
    #[must_use]
    pub fn max_pending_events(mut self, events: u64) -> Self {
        self.limits.pending_events = events;
        self
    }

    /// Sets [`Limits::mailbox_length`].
    #[must_use]
    pub fn max_mailbox_length(mut self, messages: u64) -> Self {
        self.limits.mailbox_length = messages;
        self
    }

    /// Sets [`Limits::end_time`]: an event later than that is an error. A run that is to
    /// end there has a [`horizon`](Self::horizon).
    #[must_use]
    pub fn max_time(mut self, time: VirtualTime) -> Self {
        self.limits.end_time = time;
        self
    }

    /// Sets which of several events due at one instant comes first; see
    /// [`TiePolicy`]; [`Simulation::set_ties`](crate::Simulation::set_ties) changes it on
    /// the way. A run under any other policy than the default is slower:
    /// each event costs O(events that could come next).
    #[must_use]
    pub fn ties(self, ties: TiePolicy) -> Self {
        Self { ties, ..self }
    }

    /// Chooses the structure of the future event list.
    #[must_use]
    pub fn event_list(self, event_list: EventListKind) -> Self {
        Self { event_list, ..self }
    }

    /// Turns the digest on or off; on unless turned off.
    #[must_use]
    pub fn digest(self, digest: bool) -> Self {
        Self { digest, ..self }
    }

    /// Chooses what goes into the digest.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Ingredients, Simulation, SimulationError, Span};
    ///
    /// // Later, but otherwise the same?
    /// let run = |pause| {
    ///     let what = Ingredients::ORDER | Ingredients::RECEIVERS | Ingredients::CONTENTS;
    ///     let mut simulation = Simulation::new(Config::new(42).ingredients(what));
    ///     simulation.process("walker", async move |p| p.sleep(pause).await);
    ///     simulation.run()?;
    ///     Ok::<_, SimulationError>(simulation.digest())
    /// };
    /// assert_eq!(run(Span::from_secs(1))?, run(Span::from_secs(2))?);
    /// # Ok::<(), SimulationError>(())
    /// ```
    #[must_use]
    pub fn ingredients(self, ingredients: Ingredients) -> Self {
        Self { ingredients, ..self }
    }

    /// Lets the digest be about the actors of these paths alone: what happens
    /// to them, what they send, and what they draw. Each call adds some.
    #[must_use]
    pub fn digest_of(mut self, actors: impl Into<Pattern>) -> Self {
        self.digest_of.push(actors.into());
        self
    }

    /// Shows observers the random words that actors draw
    /// ([`Record::drawn`](crate::Record::drawn)).
    #[must_use]
    pub fn draws(self, draws: bool) -> Self {
        Self { draws, ..self }
    }

    /// Whether a run notes what is drawn: for observers, or for a digest of draws.
    #[must_use]
    pub fn tells_draws(&self) -> bool {
        self.draws || self.digest && self.ingredients.contains(Ingredients::DRAWS)
    }

    /// Keeps the newest `messages` of those that met a dead actor, for
    /// [`Simulation::undeliverable`](crate::Simulation::undeliverable); none
    /// unless asked for. The run is the same with and without. Each kept
    /// message costs its text and two paths.
    #[must_use]
    pub fn keep_undeliverable(self, messages: usize) -> Self {
        Self { undeliverable_kept: messages, ..self }
    }
}

/// Bounds on a run. Reaching one ends the run with an error that names it,
/// at the same event on every machine.
///
/// # Examples
/// ```
/// use flagfall::Config;
///
/// let config = Config::new(42).max_events(1_000_000).max_live_actors(1_000);
/// assert_eq!(config.limits.events, 1_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Limits {
    /// Events in all.
    pub events: u64,
    /// Events at one instant: what stops an endless exchange of messages
    /// that take no time.
    pub events_per_instant: u64,
    /// Actors and processes alive at once: what stops a model that spawns without
    /// end. Each takes some hundred bytes.
    pub live_actors: u64,
    /// Owners above one actor or process: what stops one that spawns another, which
    /// spawns another.
    pub owners: u64,
    /// Entries for names whose actors are dead, of about 60 bytes each. A name must be
    /// remembered while its owner lives, because the next actor of that name draws
    /// other numbers. Names that are used again, and names that differ in their
    /// last number and are used one after the other (`("customer", 7)`, `order-0007`),
    /// share entries; others take one each.
    pub remembered_names: u64,
    /// Events scheduled at once.
    pub pending_events: u64,
    /// Messages waiting in one mailbox.
    pub mailbox_length: u64,
    /// No event may happen later than this.
    pub end_time: VirtualTime,
}

impl Default for Limits {
    /// 20 million events at one instant; five million live actors, a million owners
    /// above one; 20 million names remembered; four thousand million
    /// pending events and waiting messages, which is what the identifiers
    /// hold; any number of events and any time.
    fn default() -> Self {
        let ids = u64::from(u32::MAX) - 1;
        Self {
            events: u64::MAX,
            events_per_instant: 20_000_000,
            live_actors: 5_000_000,
            owners: 1_000_000,
            remembered_names: 20_000_000,
            pending_events: ids,
            mailbox_length: ids,
            end_time: VirtualTime::MAX,
        }
    }
}
