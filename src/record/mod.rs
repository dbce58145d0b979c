//! Records of what happened, for observers.
//!
//! Observers never change the run: the outcome and the digest are the same with and
//! without them.

mod activity;
mod undeliverable;

pub(crate) use activity::Activities;
pub use undeliverable::Undeliverable;

use crate::actor::{ActorId, DeathCause, Message};
use crate::digest::Digest;
use crate::time::VirtualTime;
use std::fmt;
use std::sync::Arc;

/// What happened in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// The receiver handled a message on arrival.
    Handled,
    /// The receiver was busy, or a process that did not wait for a message: the message waits
    /// in its mailbox.
    Queued,
    /// The receiver handled a message that had waited in its mailbox.
    Taken,
    /// A hold or the start-up of an actor ended, or a wait of a process.
    Resumed,
    /// The answer that the receiver was waiting for arrived.
    Answered,
    /// A task got its CPU slot and began, or a process began.
    Started,
    /// All CPU slots were taken, and a task waits for one.
    Delayed,
    /// The receiver is dead: the message was not handled.
    Undeliverable,
    /// The receiver died before it began or continued with this message of its own, or it
    /// cancelled the timer of the message.
    Cancelled,
    /// A resource looked at its queues, because something was put, taken, given back or
    /// withdrawn.
    Served,
    /// The receiver died.
    Died(DeathCause),
    /// The link to the receiver lost the message; recorded when it was sent.
    Lost,
    /// The link to the receiver doubled the message, and a copy is under way; recorded when
    /// it was sent.
    Duplicated,
    /// The receiver has just died, and was restarted with a new state.
    Restarted,
    /// The receiver claimed units of the sender, which is a resource, or began to put something
    /// into a container or store, or to get something out. A claim that is moved to another line or
    /// another priority is withdrawn and claimed again.
    Claimed,
    /// The receiver got what it had claimed; for a put, it is in.
    Granted,
    /// Units that the receiver had got went back, by whoever had them then. If the program itself
    /// had them, this may be after the end of a run.
    Released,
    /// The claim of the receiver left the line. Or what a container or store had given it, or got
    /// from it, went back, because the process gave it up before it had noticed.
    Withdrawn,
    /// The claim of the receiver was refused, because the line was full.
    Refused,
    /// Units that the receiver had got were taken away.
    Preempted,
}

/// The most frequent kinds, those in which an actor handles a message, by the codes of
/// [`RecordKind`].
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
            // After all codes of causes.
            Self::Lost => 32,
            Self::Duplicated => 33,
            Self::Served => 34,
            Self::Restarted => 35,
            Self::Claimed => 36,
            Self::Granted => 37,
            Self::Released => 38,
            Self::Withdrawn => 39,
            Self::Refused => 40,
            Self::Preempted => 41,
        }
    }

    /// Whether it is a step of a claim: [`Claimed`](Self::Claimed) to
    /// [`Preempted`](Self::Preempted). These are in digests only with
    /// [`Ingredients::CLAIMS`](crate::Ingredients::CLAIMS).
    #[must_use]
    pub const fn is_of_claim(self) -> bool {
        use RecordKind::{Claimed, Granted, Preempted, Refused, Released, Withdrawn};
        matches!(self, Claimed | Granted | Released | Withdrawn | Refused | Preempted)
    }
}

impl fmt::Display for RecordKind {
    /// The name of the kind in lower case, or the cause of a death.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Died(cause) => f.pad(&format!("died: {cause}")),
            kind => f.pad(&format!("{kind:?}").to_lowercase()),
        }
    }
}

/// A record of what happened, for observers.
///
/// An event has one record, with four exceptions. There is one more for each message that a
/// death made undeliverable or cancelled, that its own actor cancelled, or that a link lost
/// or doubled; these come after the record of the event. After them, there is one more for a
/// restart. There is one more for each step of a claim of a resource, container or store; its
/// sender is the resource. An event without effect, such as a kill of a dead actor, has no record.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The number of the event in the run, from 1.
    pub event: u64,
    /// When it happened.
    pub time: VirtualTime,
    /// What happened in the event.
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
    /// The number of the event that sent the message or scheduled this event. It is 0 for
    /// events from outside, and for those under way when the first observer was added.
    pub cause: u64,
    /// The message, if the event has one.
    pub message: Option<&'a dyn fmt::Debug>,
    /// In a step of a claim: when the claim began to wait, or for [`RecordKind::Released`] and
    /// [`RecordKind::Preempted`], when it was granted. `None` in other records, and in
    /// those of a trace file.
    pub since: Option<VirtualTime>,
    pub(crate) said: Option<&'a dyn Message>,
    /// The random words that actors have drawn since the record before, oldest first. The
    /// draws of a handler come with the record after that of its own event. Empty unless
    /// [`Config::draws`](crate::Config::draws) is set.
    pub drawn: &'a [Draw],
    /// What the receiver has done until now, in the words of its model
    /// ([`Context::activity`](crate::Context::activity)); only with
    /// [`Resumed`](RecordKind::Resumed), and not in trace files.
    pub activity: Option<&'a str>,
    /// The digest of the run up to and including this record; `None` if it is turned off.
    pub digest: Option<Digest>,
}

impl Record<'_> {
    /// A hash of the message's contents; 0 without a message.
    ///
    /// Cost: linear in the size of the message, for each call.
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
    /// The actor that opened the stream; [`OUTSIDE`](crate::ActorId::OUTSIDE) for streams of
    /// [`Simulation::stream`](crate::Simulation::stream).
    pub actor: ActorId,
    /// The purpose of the stream.
    pub purpose: Arc<str>,
    /// The word drawn: 64 or 32 bits.
    pub word: u64,
}

impl fmt::Display for Record<'_> {
    /// One line: virtual time, receiver, message, and the kind if it is neither handled nor
    /// taken.
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
