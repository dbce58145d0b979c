//! The settings of a run, and its limits.

mod limits;

pub use limits::Limits;

use crate::actor::Pattern;
use crate::digest::Ingredients;
use crate::event_list::EventListKind;
use crate::network::{FaultPlan, Latency};
use crate::random::Half;
use crate::tie::TiePolicy;
use crate::time::VirtualTime;

/// The settings of a run.
///
/// There is no default seed: the user chooses one. The same seed gives the same run.
/// The defaults of all other settings are ideal: no latency, no limit on CPU slots,
/// replication 0.
///
/// # Examples
/// ```
/// use flagfall::{Config, Latency, Span};
///
/// let config = Config::new(42).latency(Latency::Fixed(Span::from_millis(1))).cpus(2);
/// assert_eq!(config.seed, 42);
/// ```
// Not `non_exhaustive`: the command destructures it without `..`, so that no new setting
// is forgotten in files and headers.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Names every random stream of the run.
    pub seed: u64,
    /// Which replication of the scenario this is; part of every stream's name.
    pub replication: u64,
    /// Whether replications are antithetic pairs.
    pub antithetic: bool,
    /// The latency of messages on links that have no latency of their own.
    pub latency: Latency,
    /// Latencies of single links: (sender's path, receiver's path, latency).
    pub links: Vec<(String, String, Latency)>,
    /// The faults of the run; none by default.
    pub faults: FaultPlan,
    /// CPU slots for tasks; `None` is as many as there are tasks.
    pub cpus: Option<u32>,
    /// When [`run`](crate::Simulation::run) ends without an error; never by default.
    pub horizon: Option<VirtualTime>,
    /// When statistics begin anew; zero if they do not.
    pub warm_up: VirtualTime,
    /// The limits at which the run ends with an error.
    pub limits: Limits,
    /// Which of several events due at one instant comes first.
    pub ties: TiePolicy,
    /// Which structure holds the future event list.
    pub event_list: EventListKind,
    /// Whether the digest is computed.
    pub digest: bool,
    /// What goes into the digest.
    pub ingredients: Ingredients,
    /// The actors that the digest covers: what happens to actors of these paths, and
    /// what they send. If empty, it covers all actors.
    pub digest_of: Vec<Pattern>,
    /// Whether observers are shown the random draws of actors.
    pub draws: bool,
    /// How many of the newest undeliverable messages are kept.
    pub undeliverable_kept: usize,
}

impl Config {
    /// The default settings with that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            replication: 0,
            antithetic: false,
            latency: Latency::ZERO,
            links: Vec::new(),
            faults: FaultPlan::new(),
            cpus: None,
            horizon: None,
            warm_up: VirtualTime::ZERO,
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

    /// Makes antithetic pairs of replications 2k and 2k + 1. The second draws from the streams of the
    /// first, [mirrored](crate::random::Stream::mirrored): where one has long services, the other has
    /// short ones. The mean of the two scatters less than that of two independent replications, if
    /// the result goes up or down with each draw.
    ///
    /// The two of a pair depend on each other. So an interval is of the means of pairs, for example by
    /// [`Antithetic`](crate::statistics::Antithetic).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span};
    ///
    /// let service = |replication| {
    ///     let config = Config::new(42).replication(replication).antithetic(true);
    ///     Simulation::new(config).stream("services").span(Span::ZERO..=Span::from_secs(60))
    /// };
    /// assert_eq!(service(6) + service(7), Span::from_secs(60));
    /// ```
    #[must_use]
    pub fn antithetic(self, antithetic: bool) -> Self {
        Self { antithetic, ..self }
    }

    /// Which streams the run draws from. A model needs it only if it opens streams by
    /// [`Stream::open`](crate::random::Stream::open).
    #[must_use]
    pub fn half(&self) -> Half {
        let Self { replication, antithetic, .. } = *self;
        match antithetic {
            true => Half { replication: replication & !1, is_mirrored: replication & 1 == 1 },
            false => Half { replication, is_mirrored: false },
        }
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

    /// Sets the faults. A latency that the plan gives a link has priority over
    /// [`link`](Self::link) and [`latency`](Self::latency).
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

    /// Sets the virtual time at which a run ends, without an error. Events due at the
    /// horizon still happen; later events stay pending. Results describe the state at
    /// the horizon: every time-weighted mean goes up to it. If no events are left before
    /// it, the clock still goes on to the horizon;
    /// [`Simulation::last_event`](crate::Simulation::last_event) is the time of the last
    /// event. If an actor ends the run before, the clock stays at that instant.
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

    /// Sets the end of the warm-up: the instant at which all statistics begin anew, before the
    /// events of that instant. These are the [collectors](crate::collect), and the statistics of
    /// resources, containers and stores. Levels, lines and what is held stay as they are. An
    /// observation belongs to the instant at which it is recorded: a wait that began during the
    /// warm-up and ends after it counts, in full.
    ///
    /// The reset is no event. It is exact also if nothing happens at that instant, and changes
    /// neither the order of events nor the digest. Series begin anew, too; histories of resources
    /// go on.
    ///
    /// A run that is over by then has no results:
    /// [`run`](crate::Simulation::run) returns [`WarmUpNotOver`](crate::ErrorKind::WarmUpNotOver).
    ///
    /// # Examples
    /// A machine is busy from 60 s to 100 s, and its statistics begin at 80 s:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span, VirtualTime};
    ///
    /// let at = VirtualTime::from_secs;
    /// let config = Config::new(42).warm_up(at(80)).horizon(at(120));
    /// let mut simulation = Simulation::new(config);
    /// let machine = Resource::new(&mut simulation, "machine", 1);
    /// simulation.process("customer", async move |p| {
    ///     p.sleep(Span::from_secs(60)).await;
    ///     let _machine = machine.acquire(&p).await;
    ///     p.sleep(Span::from_secs(40)).await;
    /// });
    /// simulation.run()?;
    /// let statistics = machine.statistics(&simulation);
    /// assert_eq!(statistics.utilisation, 0.5); // 20 of 40 seconds
    /// assert_eq!(statistics.granted, 0); // that was before
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use]
    pub fn warm_up(self, warm_up: VirtualTime) -> Self {
        Self { warm_up, ..self }
    }

    /// Sets all limits at once. Each limit also has its own method, such as
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

    /// Sets [`Limits::end_time`]: a later event is an error. To end a run without an
    /// error, set a [`horizon`](Self::horizon).
    #[must_use]
    pub fn max_time(mut self, time: VirtualTime) -> Self {
        self.limits.end_time = time;
        self
    }

    /// Sets which of several events due at one instant comes first; see [`TiePolicy`].
    /// [`Simulation::set_ties`](crate::Simulation::set_ties) changes it during the run.
    /// A run under any other policy than the default is slower: each event costs
    /// O(events that could come next).
    #[must_use]
    pub fn ties(self, ties: TiePolicy) -> Self {
        Self { ties, ..self }
    }

    /// Chooses the structure of the future event list.
    #[must_use]
    pub fn event_list(self, event_list: EventListKind) -> Self {
        Self { event_list, ..self }
    }

    /// Turns the digest on or off; it is on by default.
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
    /// // Do two runs differ only in the times of their events?
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

    /// Limits the digest to the actors of these paths: what happens to them, what they
    /// send, and what they draw. Each call adds a pattern.
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

    /// Whether a run records the draws: for observers, or for a digest of draws.
    #[must_use]
    pub fn tells_draws(&self) -> bool {
        self.draws || self.digest && self.ingredients.contains(Ingredients::DRAWS)
    }

    /// Keeps the newest `messages` undeliverable messages for
    /// [`Simulation::undeliverable`](crate::Simulation::undeliverable); none by default.
    /// This does not change the run. Each kept message costs its text and two paths.
    #[must_use]
    pub fn keep_undeliverable(self, messages: usize) -> Self {
        Self { undeliverable_kept: messages, ..self }
    }
}
