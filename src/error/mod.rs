//! Why a run ended early: always with the place and enough to repeat it.

mod text;

use crate::time::VirtualTime;
use std::fmt;

/// A run that cannot go on.
///
/// The simulation that returned it stays stopped: every further step returns
/// the same error, and actors can no longer be inspected, since one of them
/// may be half-way through a change.
///
/// # Examples
/// ```
/// use flagfall::{Actor, Config, Context, ErrorKind, Simulation};
///
/// struct Faulty;
/// impl Actor for Faulty {
///     type Message = u64;
///     fn handle(&mut self, message: u64, _: &mut Context<'_, u64>) {
///         assert!(message < 3, "{message} is too many");
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let faulty = simulation.spawn("faulty", Faulty);
/// for message in 0..5 {
///     simulation.send(&faulty, message);
/// }
/// let error = simulation.run().unwrap_err();
/// assert_eq!(error.kind, ErrorKind::Panic { message: "3 is too many".into() });
/// assert_eq!(error.event, 4);
/// assert_eq!(
///     error.to_string(),
///     "actor faulty: the handler panicked: 3 is too many (event 4, virtual time 0s, seed 42, replication 0)",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulationError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Path of the actor whose event it was; empty outside of events. Of more than
    /// eight names, only the first and the last four stand there.
    pub actor: String,
    /// The number of the event, from 1; 0 before the first.
    pub event: u64,
    /// The virtual time of the event.
    pub time: VirtualTime,
    /// The seed of the run.
    pub seed: u64,
    /// The replication of the run.
    pub replication: u64,
}

/// What ended a run.
///
/// # What bad use comes to
///
/// | bad use | what comes of it |
/// |---|---|
/// | a negative span | [`Span`](crate::Span) has none: reading one is a typed error |
/// | an unknown name | [`FindError::Unknown`](crate::FindError), which names it |
/// | a name that a living sibling has | [`DuplicateName`](Self::DuplicateName) ends the run; outside of it, [`spawn`](crate::Simulation::spawn) panics |
/// | a message into the past | [`InThePast`](Self::InThePast) ends the run; outside of it, [`send_at`](crate::Simulation::send_at) returns it |
/// | waiting for oneself | [`WaitsForItself`](Self::WaitsForItself) ends the run |
/// | asking a resource for more than it has | [`NeverEnough`](Self::NeverEnough) ends the run |
/// | giving back twice | does not compile: [`Held`](crate::resource::Held) is used up |
/// | answering twice | does not compile: [`ReplyTo`](crate::ReplyTo) is used up |
/// | a timer that has gone off, a claim that was granted | nothing: `cancel` and `withdraw` say so |
///
/// # Examples
/// ```
/// use flagfall::{ErrorKind, Config, Resource, Simulation, Span};
///
/// assert_eq!(
///     Span::try_from_secs_f64(-1.5).unwrap_err().to_string(),
///     "`-1.5` is negative: spans start at 0, like 1.5s; nothing is sent into the past",
/// );
///
/// let mut simulation = Simulation::new(Config::new(42));
/// assert_eq!(
///     simulation.find::<u64>("bank/till").unwrap_err().to_string(),
///     "no actor is named `bank/till`: a path is the names of all owners and its own, such as \
///      driver/dispatcher/taxi[7]",
/// );
///
/// let tills = Resource::new(&mut simulation, "tills", 2);
/// simulation.process("crowd", async move |p| {
///     use flagfall::resource::Claim;
///     drop(tills.acquire_as(&p, Claim::new().amount(3)).await);
/// });
/// let error = simulation.run().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "actor crowd: 3 are asked of tills, which has 2 at most: ask for less, or make it larger \
///      (event 1, virtual time 0s, seed 42, replication 0)",
/// );
///
/// let name = ErrorKind::DuplicateName { path: "bank/till".into() };
/// assert_eq!(
///     name.to_string(),
///     "a second living actor would be named bank/till: number the name",
/// );
/// assert_eq!(
///     ErrorKind::WaitsForItself.to_string(),
///     "it would wait for itself, for ever: use Context::request, which does not wait",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A limit was reached.
    Limit {
        /// Which one.
        limit: Limit,
        /// How much it allows.
        allowed: u64,
    },
    /// A handler panicked.
    Panic {
        /// What the panic said.
        message: String,
    },
    /// Two living actors would have the same path, and so the same streams.
    DuplicateName {
        /// The path.
        path: String,
    },
    /// A dead actor was to own a new one: the handle of a process was used
    /// after its end.
    DeadOwner {
        /// The name of the new one.
        name: String,
    },
    /// A name that would read like a path or a numbered name.
    InvalidName {
        /// The name.
        name: String,
    },
    /// A handler asked for a second hold or request to wait for.
    AlreadyBusy,
    /// A message, a hold or a start-up that would end at [`VirtualTime::MAX`] or past it. A
    /// sleep, a timeout or a timer may: it never comes.
    TimeOverflow,
    /// A message or a kill was to arrive at an instant that has passed.
    InThePast {
        /// The instant.
        time: VirtualTime,
    },
    /// An actor asks itself and waits for the answer, or a process waits for
    /// its own end.
    WaitsForItself,
    /// The first answer of nobody was to be awaited.
    NobodyAsked,
    /// A claim for more than a resource has, or a level above a container's
    /// capacity: it would wait for ever.
    NeverEnough {
        /// Path of the resource.
        resource: String,
        /// How much was asked for.
        asked: u64,
        /// How much there is at most.
        capacity: u64,
    },
    /// A resource without units, or a store without room.
    EmptyResource {
        /// Its name.
        name: String,
    },
    /// An actor's claim yields, but nothing tells the actor of its loss.
    UnheardLoss,
    /// More types of actor than identifiers have room for, 65,535.
    TooManyClasses,
    /// A [`Restart`](crate::Restart) that bounds restarts per span of length
    /// zero, which bounds nothing.
    EmptyRestartSpan {
        /// Name of the actor to be spawned.
        name: String,
    },
    /// A factory expects another type than the checkpoint that was saved
    /// under its actor's path.
    CheckpointType {
        /// The path.
        path: String,
        /// The type that was saved.
        saved: &'static str,
        /// The type that the factory takes.
        wanted: &'static str,
    },
    /// A choice of a [`TiePolicy`](crate::TiePolicy) that cannot be made in this
    /// run.
    TieChoice {
        /// The number of the event that was to be chosen.
        event: u64,
        /// Which candidate was to be it, from 0.
        candidate: u32,
        /// How many there are; 0 if nothing was to be chosen as that event.
        candidates: u64,
    },
    /// A search repeated a run, and another came of it.
    NotRepeated,
    /// A process began to wait for something (a claim, a sleep, an answer, any other)
    /// and did not look at it before it waited for something else, or ended: it went
    /// on as if that had come. [`process::later`](crate::process::later) says that it
    /// is awaited later.
    NotAwaited {
        /// File, line and column where it began.
        place: String,
    },
    /// A model was run to its end, and got stuck: somebody waits for what can no longer
    /// come, so that its results are not what was meant. What a simulation comes to is an
    /// [`Outcome`](crate::Outcome); [`Model::run`](crate::model::Model::run) makes it an
    /// error.
    Stuck {
        /// Who waits for what, as [`Simulation::stuck_in_brief`](crate::Simulation::stuck_in_brief)
        /// says it.
        why: String,
    },
    /// A reference, reply, process, signal or resource of another simulation, also if
    /// there is its like here.
    ForeignReference,
    /// The handle of a process was used by another, or by an actor.
    ForeignHandle {
        /// Path of the process whose handle it is.
        process: String,
        /// File, line and column where it was used.
        place: String,
    },
    /// What a process began to wait for was awaited by another.
    ForeignWait {
        /// Path of the process that began.
        process: String,
        /// File, line and column where it began.
        place: String,
    },
    /// A process awaits something that is not the simulation's, and nothing else.
    NothingAwaited,
}

/// The bounds that [`Limits`](crate::Limits) sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::events`](crate::Limits::events)
    Events,
    /// [`Limits::events_per_instant`](crate::Limits::events_per_instant)
    EventsPerInstant,
    /// [`Limits::live_actors`](crate::Limits::live_actors)
    LiveActors,
    /// [`Limits::owners`](crate::Limits::owners)
    Owners,
    /// [`Limits::remembered_names`](crate::Limits::remembered_names)
    RememberedNames,
    /// [`Limits::pending_events`](crate::Limits::pending_events)
    PendingEvents,
    /// [`Limits::mailbox_length`](crate::Limits::mailbox_length)
    MailboxLength,
    /// [`Limits::end_time`](crate::Limits::end_time)
    EndTime,
}

impl fmt::Display for SimulationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.actor.is_empty() {
            write!(f, "actor {}: ", self.actor)?;
        }
        write!(
            f,
            "{} (event {}, virtual time {}, seed {}, replication {})",
            self.kind, self.event, self.time, self.seed, self.replication
        )
    }
}

impl std::error::Error for SimulationError {}
