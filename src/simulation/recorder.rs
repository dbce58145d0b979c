//! Where records go: into the digest and to the observers.

use super::directory::Directory;
use super::supervision::Undeliverable;
use crate::actor::{ActorId, Message};
use crate::digest::Digest;
use crate::record::{Observer, Record, RecordKind};
use crate::time::VirtualTime;
use std::collections::VecDeque;
use std::fmt;

/// What happened, before anyone is told.
#[derive(Clone, Copy)]
pub(super) struct Happened {
    pub(super) event: u64,
    pub(super) time: VirtualTime,
    pub(super) kind: RecordKind,
    pub(super) receiver: ActorId,
    pub(super) sender: ActorId,
}

pub(super) struct Recorder {
    /// `None` if it is turned off.
    digest: Option<Digest>,
    observers: Vec<Box<dyn Observer>>,
    /// Whether records are wanted by anyone.
    on: bool,
    /// The newest messages that met dead actors, as many as are kept.
    undeliverable: VecDeque<Undeliverable>,
    undeliverable_kept: usize,
}

impl Recorder {
    pub(super) fn new(digest: bool, undeliverable_kept: usize) -> Self {
        Self {
            digest: digest.then(Digest::new),
            observers: Vec::new(),
            // Who sent what is kept is only known while it is remembered.
            on: digest || undeliverable_kept > 0,
            undeliverable: VecDeque::new(),
            undeliverable_kept,
        }
    }

    pub(super) fn keeps_undeliverable(&self) -> bool {
        self.undeliverable_kept > 0
    }

    pub(super) fn keep(&mut self, message: Undeliverable) {
        if self.undeliverable.len() == self.undeliverable_kept {
            self.undeliverable.pop_front();
        }
        self.undeliverable.push_back(message);
    }

    /// What was kept, oldest first.
    pub(super) fn undeliverable(&self) -> impl Iterator<Item = &Undeliverable> {
        self.undeliverable.iter()
    }

    pub(super) fn observe(&mut self, observer: Box<dyn Observer>) {
        self.observers.push(observer);
        self.on = true;
    }

    pub(super) fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Whether records are wanted by anyone.
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// The digest and the observers see the same facts; neither can change
    /// what happens next.
    #[inline]
    pub(super) fn record<M: Message>(
        &mut self,
        directory: &Directory,
        happened: Happened,
        message: Option<&M>,
    ) {
        if let Some(digest) = &mut self.digest {
            // On a copy, which the compiler can keep in registers.
            let mut record = digest.begin_record();
            record.write_u64(happened.time.as_nanos());
            record.write_u64(happened.kind.code());
            happened.receiver.digest(&mut record);
            if let Some(message) = message {
                happened.sender.digest(&mut record);
                message.digest(&mut record);
            }
            record.end_record();
            *digest = record;
        }
        if !self.observers.is_empty() {
            self.show(directory, happened, message.map(|message| message as &dyn fmt::Debug));
        }
    }

    #[cold]
    fn show(
        &mut self,
        directory: &Directory,
        happened: Happened,
        message: Option<&dyn fmt::Debug>,
    ) {
        let record = Record {
            event: happened.event,
            time: happened.time,
            kind: happened.kind,
            receiver: &directory.path(happened.receiver),
            sender: &directory.path(happened.sender),
            message,
        };
        self.observers.iter_mut().for_each(|observer| observer.record(&record));
    }
}
