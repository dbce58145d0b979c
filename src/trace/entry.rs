//! The entries of a trace.

use crate::actor::ActorId;
use crate::record::{Record, RecordKind};
use crate::time::VirtualTime;
use std::fmt;
use std::sync::Arc;

/// A record in a trace: a [`Record`](crate::Record) that owns its texts.
///
/// Entries are equal if all that the trace keeps of both records is equal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The number of the event in the run, from 1.
    pub event: u64,
    /// When it happened.
    pub time: VirtualTime,
    /// What happened to the event.
    pub kind: RecordKind,
    /// The actor it happened to.
    pub receiver: Party,
    /// The actor that sent the message; its path is empty for a message from outside.
    pub sender: Party,
    /// The number of the event that sent or scheduled this one; 0 if it came from outside.
    pub cause: u64,
    /// The message, if the event has one.
    pub message: Option<Said>,
    /// The draws since the record before.
    pub draws: Draws,
}

/// One end of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// The actor's identifier as one word.
    pub id: u64,
    /// The actor's path; at most [`LONGEST_TEXT`](super::LONGEST_TEXT) bytes are
    /// kept.
    pub path: Arc<str>,
}

impl Party {
    /// The actor's identifier, the same in all runs of the same scenario.
    #[must_use]
    pub fn actor(&self) -> ActorId {
        ActorId::of_word(self.id)
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Said {
    /// Its text for debugging; at most [`LONGEST_TEXT`](super::LONGEST_TEXT) bytes are kept.
    pub text: Arc<str>,
    /// A hash of its whole contents, also if the text was cut.
    pub contents: u64,
}

/// The draws between two records. The first few are kept one by one, the others as a count
/// and a hash, because an actor may draw a million words at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draws {
    /// How many draws there were.
    pub count: u64,
    /// The first of them, in order.
    pub first: Vec<Drawn>,
    /// A hash of the others; 0 if there are none.
    pub others: u64,
}

/// A random word that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drawn {
    /// The stream it is from: its purpose and its actor.
    pub stream: Arc<str>,
    /// The word.
    pub word: u64,
}

impl Entry {
    /// An entry of an event from outside, without receiver and message. Its fields can be set.
    #[must_use]
    pub fn new(event: u64, time: VirtualTime, kind: RecordKind) -> Self {
        let nobody = Party { id: 0, path: Arc::from("") };
        Self {
            event,
            time,
            kind,
            receiver: nobody.clone(),
            sender: nobody,
            cause: 0,
            message: None,
            draws: Draws::default(),
        }
    }

    /// Shows the entry as the record that it was, without draws.
    pub(super) fn with_record<T>(&self, show: impl FnOnce(&Record<'_>) -> T) -> T {
        let text = self.message.as_ref().map(|said| Verbatim(&said.text));
        show(&Record {
            event: self.event,
            time: self.time,
            kind: self.kind,
            receiver_id: self.receiver.actor(),
            receiver: &self.receiver.path,
            sender_id: self.sender.actor(),
            sender: &self.sender.path,
            cause: self.cause,
            since: None,
            message: text.as_ref().map(|text| text as &dyn fmt::Debug),
            said: None,
            drawn: &[],
            activity: None,
            digest: None,
        })
    }

    /// The fields in which two entries differ, the most important first.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Field> {
        let contents = |entry: &Self| entry.message.as_ref().map(|said| said.contents);
        let text = |entry: &Self| entry.message.as_ref().map(|said| said.text.clone());
        let parts = [
            (Field::Event, self.event == other.event),
            (Field::Time, self.time == other.time),
            (Field::Kind, self.kind == other.kind),
            (Field::Receiver, self.receiver == other.receiver),
            (Field::Sender, self.sender == other.sender),
            (Field::Message, text(self) == text(other)),
            (Field::Contents, contents(self) == contents(other)),
            (Field::Cause, self.cause == other.cause),
            (Field::Draws, self.draws == other.draws),
        ];
        parts.into_iter().filter(|(_, equal)| !equal).map(|(field, _)| field).collect()
    }
}

impl fmt::Display for Entry {
    /// One line, as [`Record`](crate::Record) prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_record(|record| record.fmt(f))
    }
}

/// A text that prints for debugging as it is, in place of a message.
struct Verbatim<'a>(&'a str);

impl fmt::Debug for Verbatim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A part of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The number of the event.
    Event,
    /// When it happened.
    Time,
    /// What happened to the event.
    Kind,
    /// The actor it happened to.
    Receiver,
    /// The actor that sent the message.
    Sender,
    /// The message as text.
    Message,
    /// The message's contents, which the text may not show.
    Contents,
    /// The event that sent or scheduled it.
    Cause,
    /// The draws since the record before.
    Draws,
}

impl fmt::Display for Field {
    /// The name of the field in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{self:?}").to_lowercase())
    }
}
