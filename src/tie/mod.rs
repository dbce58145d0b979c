//! Ties: events that are due at one instant, and which of them comes first.
//!
//! Without a policy, the event that was scheduled first happens first. A [`TiePolicy`]
//! may choose otherwise. At each step it chooses among the *candidates*: all events due
//! now, except messages that follow another message of the same sender to the same
//! receiver. The order of one sender's messages to one receiver is kept under every
//! policy. Events without a message may come at any place: ends of holds, kills, free
//! actors that look into their mailboxes, resources that look at their queues. An event
//! that belongs to its cause (the start of a process, an interrupt without latency)
//! stays with it.
//!
//! If a policy is set during a run, the senders of messages under way may be unknown. Such
//! a message may have any sender: later messages to the same receiver stay behind it.
//!
//! This module knows only the choices, not how events happen.

mod buffer;
mod choices;
mod footprint;
mod log;
mod sender;

pub use choices::{ParseTiesError, TieChoices};
pub use log::TieLog;

pub(crate) use buffer::{Buffer, Due};
pub(crate) use footprint::{Access, Footprint, Thing};
pub(crate) use log::{Cause, TieStep};
pub(crate) use sender::Sender;

use crate::time::VirtualTime;
use std::fmt;
use std::str::FromStr;

/// Which of several events that are due at one instant comes first.
///
/// It is read from and prints as `fifo`, `shuffle:7` or choices such as `57=1,63=2`.
///
/// # Examples
/// The reader gets the value of the writer, unless the read comes first:
/// ```
/// use flagfall::{Actor, Config, Context, Message, Simulation, TiePolicy, VirtualTime};
///
/// #[derive(Debug, Message)]
/// enum Access { Write(u64), Read }
/// #[derive(Default)]
/// struct Register { value: u64, read: Option<u64> }
/// impl Actor for Register {
///     type Message = Access;
///     fn handle(&mut self, access: Access, _: &mut Context<'_, Access>) {
///         match access {
///             Access::Write(value) => self.value = value,
///             Access::Read => self.read = Some(self.value),
///         }
///     }
/// }
/// // Two senders, because the messages of one sender keep their order.
/// struct User { register: flagfall::ActorRef<Access>, writes: bool }
/// impl Actor for User {
///     type Message = u64;
///     fn handle(&mut self, value: u64, context: &mut Context<'_, u64>) {
///         let access = if self.writes { Access::Write(value) } else { Access::Read };
///         context.send(&self.register, access);
///     }
/// }
///
/// let read = |ties: TiePolicy| {
///     let mut simulation = Simulation::new(Config::new(42).ties(ties));
///     let register = simulation.spawn("register", Register::default());
///     for (name, writes) in [("writer", true), ("reader", false)] {
///         let user = simulation.spawn(name, User { register: *register, writes });
///         simulation.send(&user, 7);
///     }
///     simulation.run().map(|_| simulation[&register].read)
/// };
/// assert_eq!(read(TiePolicy::InOrder)?, Some(7));
/// // Event 3 is the first of the two that reach the register.
/// assert_eq!(read("3=1".parse().unwrap())?, Some(0));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TiePolicy {
    /// The event that was scheduled first.
    #[default]
    InOrder,
    /// Any candidate, each equally likely, drawn from a stream of that seed. It changes
    /// only the order. Every order that keeps the messages of each pair in order is
    /// possible, but not all are equally likely.
    Shuffled(u64),
    /// The given candidates. A choice that is not possible ends the run with an error.
    Chosen(TieChoices),
    /// The guide of a [`TieSearch`](crate::TieSearch).
    Guided(TieGuide),
}

/// Guides a run of a [`TieSearch`](crate::TieSearch).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TieGuide {
    /// The sequence numbers of the first steps.
    pub(crate) picks: Vec<u64>,
    /// The sleep set after the picks: events that need not come next, because the search
    /// knows all that follows them, and what they touched.
    pub(crate) asleep: Vec<(u64, Footprint)>,
    /// Earlier steps are not logged.
    pub(crate) note_from: u64,
    /// The seed to shuffle the steps after the picks.
    pub(crate) shuffle: Option<u64>,
    /// The run is given up before the first event after that time.
    pub(crate) until: Option<VirtualTime>,
}

impl TieGuide {
    /// Like [`TiePolicy::Shuffled`], with a log of each choice, so that
    /// [`TieLog::choices`] can repeat the order.
    #[must_use]
    pub fn shuffled(seed: u64) -> Self {
        Self { shuffle: Some(seed), ..Self::default() }
    }
}

impl fmt::Display for TiePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InOrder => f.write_str("fifo"),
            Self::Shuffled(seed) => write!(f, "shuffle:{seed}"),
            Self::Chosen(choices) if choices.is_empty() => f.write_str("fifo"),
            Self::Chosen(choices) => choices.fmt(f),
            Self::Guided(_) => f.write_str("(a search)"),
        }
    }
}

impl FromStr for TiePolicy {
    type Err = ParseTiesError;

    fn from_str(text: &str) -> Result<Self, ParseTiesError> {
        if text == "fifo" {
            return Ok(Self::InOrder);
        }
        let Some(rest) = text.strip_prefix("shuffle") else {
            return text.parse().map(Self::Chosen);
        };
        let seed = rest.strip_prefix(':').and_then(|seed| seed.parse().ok());
        seed.map(Self::Shuffled).ok_or_else(|| ParseTiesError {
            message: format!("`{text}` names no seed: write shuffle:7"),
        })
    }
}
