//! What happened: one record for each event, offered to observers.
//!
//! Observers read and never touch the run: the outcome and the digest are
//! the same with and without them.

mod undeliverable;

pub use undeliverable::Undeliverable;

use crate::actor::{ActorId, DeathCause, Message};
use crate::digest::Digest;
use crate::time::VirtualTime;
use std::fmt;
use std::sync::Arc;

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// The receiver handled a message on arrival.
    Handled,
    /// The receiver was busy: the message waits in its mailbox.
    Queued,
    /// The receiver handled a message that had waited in its mailbox.
    Taken,
    /// A hold, or a start-up, of the receiver ended.
    Resumed,
    /// The answer that the receiver was waiting for arrived.
    Answered,
    /// A task got its CPU slot and began.
    Started,
    /// A task found every CPU slot taken and waits for one.
    Delayed,
    /// The receiver is dead: the message was not handled.
    Undeliverable,
    /// The receiver died before it could continue with this message of its
    /// own, or begin with it; or it took the message back, by its timer.
    Cancelled,
    /// A resource looked at its line, because something was given back.
    Served,
    /// The receiver died.
    Died(DeathCause),
    /// The link to the receiver lost the message; told when it was sent.
    Lost,
    /// The link to the receiver doubled the message: a copy is on its way; told
    /// when it was sent.
    Duplicated,
    /// The receiver, which has just died, was given a new state and lives on.
    Restarted,
}

/// How an actor comes to handle a message, by the codes of [`RecordKind`]:
/// whatever happens most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handling {
    Handled = 0,
    Taken = 2,
    Resumed = 3,
    Answered = 4,
    Started = 5,
}

impl Handling {
    pub(crate) fn kind(self) -> RecordKind {
        match self {
            Self::Handled => RecordKind::Handled,
            Self::Taken => RecordKind::Taken,
            Self::Resumed => RecordKind::Resumed,
            Self::Answered => RecordKind::Answered,
            Self::Started => RecordKind::Started,
        }
    }
}

impl RecordKind {
    /// A small number that names the kind in digests.
    pub(crate) fn code(self) -> u64 {
        match self {
            Self::Handled => 0,
            Self::Queued => 1,
            Self::Taken => 2,
            Self::Resumed => 3,
            Self::Answered => 4,
            Self::Started => 5,
            Self::Delayed => 6,
            Self::Undeliverable => 7,
            Self::Cancelled => 8,
            Self::Died(cause) => 9 + cause as u64,
            // Far enough for all causes.
            Self::Lost => 32,
            Self::Duplicated => 33,
            Self::Served => 34,
            Self::Restarted => 35,
        }
    }
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handled => f.pad("handled"),
            Self::Queued => f.pad("queued"),
            Self::Taken => f.pad("taken"),
            Self::Resumed => f.pad("resumed"),
            Self::Answered => f.pad("answered"),
            Self::Started => f.pad("started"),
            Self::Delayed => f.pad("delayed"),
            Self::Undeliverable => f.pad("undeliverable"),
            Self::Cancelled => f.pad("cancelled"),
            Self::Served => f.pad("served"),
            Self::Died(cause) => f.pad(&format!("died: {cause}")),
            Self::Lost => f.pad("lost"),
            Self::Duplicated => f.pad("duplicated"),
            Self::Restarted => f.pad("restarted"),
        }
    }
}

/// One thing that happened, as an observer sees it.
///
/// An event leaves one record, with three exceptions: one more for each message
/// that a death made undeliverable or cancelled, that its own actor took back,
/// or that a link lost or doubled (those records come after the one of the
/// event), one more for a restart (after those), and an event that finds nothing
/// to do (a kill whose victim is dead) leaves none.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The number of the event in the run, from 1.
    pub event: u64,
    /// When it happened.
    pub time: VirtualTime,
    /// What became of it.
    pub kind: RecordKind,
    /// The actor it happened to.
    pub receiver_id: ActorId,
    /// Its path.
    pub receiver: &'a dyn fmt::Display,
    /// The actor that sent the message;
    /// [`OUTSIDE`](crate::ActorId::OUTSIDE) if there is none.
    pub sender_id: ActorId,
    /// Its path; empty from outside.
    pub sender: &'a dyn fmt::Display,
    /// The number of the event in which the message was sent, or the event
    /// scheduled; 0 from outside, and of what was under way when the first
    /// observer came.
    pub cause: u64,
    /// The message, unless the event carries none.
    pub message: Option<&'a dyn fmt::Debug>,
    pub(crate) said: Option<&'a dyn Message>,
    /// The random words that actors have drawn since the record before, oldest
    /// first: the draws of a handler come with the record after that of its own
    /// event. Empty unless [`Config::draws`](crate::Config::draws) asks for them.
    pub drawn: &'a [Draw],
    /// The digest of the run up to here, this record included; `None` if it is
    /// turned off.
    pub digest: Option<Digest>,
}

impl Record<'_> {
    /// A hash of what the message feeds to digests; 0 without a message.
    ///
    /// Cost: a walk through the message's contents, each time.
    #[must_use]
    pub fn contents(&self) -> u64 {
        self.said.map_or(0, |message| {
            let mut digest = Digest::new();
            message.digest(&mut digest);
            digest.value() as u64
        })
    }
}

/// A random word that an actor drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Who opened the stream; [`OUTSIDE`](crate::ActorId::OUTSIDE) for those of
    /// [`Simulation::stream`](crate::Simulation::stream).
    pub actor: ActorId,
    /// What the stream is for.
    pub purpose: Arc<str>,
    /// What was drawn: 64 bits, or 32 of them.
    pub word: u64,
}

impl fmt::Display for Record<'_> {
    /// One line: virtual time, receiver, message; the kind where it is not
    /// plain handling.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#} {}", self.time, self.receiver)?;
        if let Some(message) = self.message {
            write!(f, " {message:?}")?;
        }
        match self.kind {
            RecordKind::Handled | RecordKind::Taken => Ok(()),
            kind => write!(f, " ({kind})"),
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {self}", self.event)
    }
}

/// Reads the records of a run as they happen.
///
/// Closures are observers. Give one to
/// [`Simulation::observe`](crate::Simulation::observe).
///
/// # Examples
/// ```
/// use flagfall::{Actor, Config, Context, Record, Simulation};
/// use std::{cell::RefCell, rc::Rc};
///
/// struct Sink;
/// impl Actor for Sink {
///     type Message = u64;
///     fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
/// }
///
/// let lines = Rc::new(RefCell::new(Vec::new()));
/// let log = Rc::clone(&lines);
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.observe(move |record: &Record<'_>| log.borrow_mut().push(record.to_string()));
/// let sink = simulation.spawn("sink", Sink);
/// simulation.send(&sink, 7);
/// simulation.run()?;
/// assert_eq!(*lines.borrow(), ["0.000000000 sink 7"]);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub trait Observer {
    /// Called once for each record, in order.
    fn record(&mut self, record: &Record<'_>);
}

impl<F: FnMut(&Record<'_>)> Observer for F {
    fn record(&mut self, record: &Record<'_>) {
        self(record);
    }
}
