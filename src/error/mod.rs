//! Errors that end a run, with the place and all that is needed to repeat it.

mod text;

use crate::time::VirtualTime;
use std::fmt;

/// The error of a run that cannot go on.
///
/// The simulation that returned it stays stopped: every further step returns the same
/// error. Actors can no longer be inspected, because a handler may have stopped in the
/// middle of a change.
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
    /// Path of the actor whose event it was; empty outside of events. A path of more than
    /// eight names is cut to the first and the last four.
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
/// # Effects of wrong use
///
/// | wrong use | effect |
/// |---|---|
/// | a negative span | [`Span`](crate::Span) has none: reading one is a typed error |
/// | an unknown name | [`FindError::Unknown`](crate::FindError), which names it |
/// | the name of a living sibling | [`DuplicateName`](Self::DuplicateName) ends the run; outside of it, [`spawn`](crate::Simulation::spawn) panics |
/// | a message into the past | [`InThePast`](Self::InThePast) ends the run; outside of it, [`send_at`](crate::Simulation::send_at) returns it |
/// | an actor or a process that waits for itself | [`WaitsForItself`](Self::WaitsForItself) ends the run |
/// | a capacity is set that follows a schedule | [`FollowsSchedule`](Self::FollowsSchedule) ends the run |
/// | a claim for more than a resource has | [`NeverEnough`](Self::NeverEnough) ends the run |
/// | giving back twice | does not compile: [`Held`](crate::resource::Held) is consumed |
/// | answering twice | does not compile: [`ReplyTo`](crate::ReplyTo) is consumed |
/// | cancelling a timer after its time, withdrawing a granted claim | no effect: `cancel` returns `None`, `withdraw` returns `false` |
///
/// # Examples
/// ```
/// use flagfall::{Config, Resource, Simulation, Span};
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
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A collector cannot be made.
    Collector {
        /// Why, and what to do instead.
        why: String,
    },
    /// The run was over before its warm-up, or at that instant: it has no results.
    WarmUpNotOver {
        /// When the warm-up would have been over.
        warm_up: VirtualTime,
    },
    /// A limit was reached.
    Limit {
        /// Which one.
        limit: Limit,
        /// How much it allows.
        allowed: u64,
    },
    /// A handler panicked.
    Panic {
        /// The message of the panic.
        message: String,
    },
    /// Two living actors would have the same path, and so the same streams.
    DuplicateName {
        /// The path.
        path: String,
    },
    /// The owner of a new actor is dead: the handle of a process was used after its end.
    DeadOwner {
        /// The name of the new actor.
        name: String,
    },
    /// A name that looks like a path or a numbered name.
    InvalidName {
        /// The name.
        name: String,
    },
    /// A handler asked for a second hold, rest or request to wait for.
    AlreadyBusy,
    /// A message, a hold or a start-up that would end at [`VirtualTime::MAX`] or past it.
    /// Sleeps, timeouts and timers may do so: they never end.
    TimeOverflow,
    /// A message or a kill with an arrival in the past.
    InThePast {
        /// The instant.
        time: VirtualTime,
    },
    /// An actor asks itself and waits for the answer, or a process waits for
    /// its own end.
    WaitsForItself,
    /// A wait for the first answer of no actors.
    NobodyAsked,
    /// The capacity of a resource was set that follows a schedule.
    FollowsSchedule {
        /// Its path.
        resource: String,
    },
    /// A claim for more than a resource has, or a level above a container's
    /// capacity: it would wait for ever.
    NeverEnough {
        /// Path of the resource.
        resource: String,
        /// The amount of the claim.
        asked: u64,
        /// The capacity of the resource.
        capacity: u64,
    },
    /// A claim at a line that is full, where nobody asked whether it is.
    LineFull {
        /// Path of the resource.
        resource: String,
    },
    /// A claim of several resources at once that names one of them twice.
    ClaimedTwice {
        /// Its path.
        resource: String,
    },
    /// A resource or a store without capacity.
    EmptyResource {
        /// Its name.
        name: String,
    },
    /// A yielding claim of an actor, but no message would tell the actor of its loss.
    UnheardLoss,
    /// More than 65,535 types of actors, the limit of identifiers.
    TooManyClasses,
    /// A [`Restart`](crate::Restart) that limits restarts per span of length zero, which
    /// limits nothing.
    EmptyRestartSpan {
        /// Name of the actor to be spawned.
        name: String,
    },
    /// A factory takes another type than that of the checkpoint under its actor's path.
    CheckpointType {
        /// The path.
        path: String,
        /// The type that was saved.
        saved: &'static str,
        /// The type that the factory takes.
        wanted: &'static str,
    },
    /// A choice of a [`TiePolicy`](crate::TiePolicy) that is not possible in this run.
    TieChoice {
        /// The number of the event of the choice.
        event: u64,
        /// The chosen candidate, from 0.
        candidate: u32,
        /// How many candidates there are; 0 if that event had no choice.
        candidates: u64,
    },
    /// A search repeated a run, and the repeated run was different.
    NotRepeated,
    /// A process began a wait (for a claim, a sleep, an answer or another), but did not await
    /// it before it waited for something else or ended. So it went on as if the wait was
    /// over. [`process::later`](crate::process::later) marks a wait that is awaited later.
    NotAwaited {
        /// File, line and column where the wait began.
        place: String,
    },
    /// A model got stuck: actors or processes wait for something that can no longer come, so
    /// its results are not valid. A simulation returns this as an
    /// [`Outcome`](crate::Outcome); [`Model::run`](crate::model::Model::run) makes it an
    /// error.
    Stuck {
        /// The waits, as text of
        /// [`Simulation::stuck_in_brief`](crate::Simulation::stuck_in_brief).
        why: String,
    },
    /// A reference, reply, process, signal or resource of another simulation, also if this
    /// simulation has an equal one.
    ForeignReference,
    /// A process or an actor used the handle of another process.
    ForeignHandle {
        /// Path of the process that owns the handle.
        process: String,
        /// File, line and column where it was used.
        place: String,
    },
    /// A process awaited a wait that another process began.
    ForeignWait {
        /// Path of the process that began the wait.
        process: String,
        /// File, line and column where it began.
        place: String,
    },
    /// A process awaits only something that does not belong to the simulation.
    NothingAwaited,
}

/// The limits of [`Limits`](crate::Limits).
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
