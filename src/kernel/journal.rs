//! Where records go: into the digest and to the observers.

use crate::actor::{ActorId, Message};
use crate::config::Config;
use crate::digest::{Digest, Ingredients};
use crate::entities::Entities;
use crate::kernel::subjects::Subjects;
use crate::random::{Drawn, Ledger, Stream, StreamName, hash_text};
use crate::record::{Activities, Draw, Observer, Record, Undeliverable};
use crate::store::Occurrence;
use crate::tie::TiePolicy;
use crate::time::VirtualTime;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// Who receives records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listeners {
    None,
    /// The digest of the usual ingredients, of all actors.
    PlainDigest,
    /// Observers, or a digest with other ingredients or of some actors.
    Others,
}

pub(crate) struct Journal {
    digest: Digest,
    listeners: Listeners,
    /// Whether senders and causes are stored with each event.
    pub(super) origins: bool,
    digests: bool,
    /// Whether the digest is of the usual ingredients, of all actors.
    digests_plainly: bool,
    ingredients: Ingredients,
    /// The actors that the digest is about.
    subjects: Subjects,
    observers: Vec<Box<dyn Observer>>,
    pub(crate) activities: Activities,
    /// Observers are at work, so a panic is theirs and no actor's.
    pub(super) observing: bool,
    /// Whether the steps of claims are recorded.
    claims: bool,
    /// Shared by the streams of the run. It holds the draws since the last record, if draws are
    /// recorded.
    ledger: Arc<Ledger>,
    /// The newest undeliverable messages, up to the limit of the settings.
    undeliverable: VecDeque<Undeliverable>,
    undeliverable_kept: usize,
}

impl Journal {
    pub(crate) fn new(config: &Config) -> Self {
        let ingredients = config.ingredients;
        let mut journal = Self {
            digest: Digest::new(),
            listeners: Listeners::None,
            // A tie policy needs senders: messages of one sender to one receiver keep their order.
            origins: config.undeliverable_kept > 0 || config.ties != TiePolicy::InOrder,
            digests: config.digest,
            digests_plainly: false,
            ingredients,
            subjects: Subjects::new(config.digest_of.clone()),
            observers: Vec::new(),
            activities: Activities::default(),
            observing: false,
            claims: config.digest && ingredients.contains(Ingredients::CLAIMS),
            ledger: Ledger::new(config.tells_draws()),
            undeliverable: VecDeque::new(),
            undeliverable_kept: config.undeliverable_kept,
        };
        if config.digest {
            // The results of a model are no record: they are added at the end.
            let plain = ingredients | Ingredients::RESULTS
                == Ingredients::STANDARD | Ingredients::RESULTS
                && config.digest_of.is_empty();
            journal.digests_plainly = plain;
            journal.listeners = if plain { Listeners::PlainDigest } else { Listeners::Others };
            // Subjects are also known by what they send.
            journal.origins |=
                ingredients.contains(Ingredients::SENDERS) || !config.digest_of.is_empty();
        }
        if journal.ledger.tells() {
            // Each record takes the draws before it out of the ledger, which would grow for ever
            // otherwise.
            journal.listeners = Listeners::Others;
        }
        journal
    }

    /// The same for a copy of the run, without observers: a comparison of two runs does not use
    /// them.
    pub(crate) fn fork(&self, config: &Config, ledger: &Arc<Ledger>) -> Self {
        Self {
            digest: self.digest,
            origins: self.origins,
            subjects: self.subjects.clone(),
            ledger: Arc::clone(ledger),
            undeliverable: self.undeliverable.clone(),
            ..Self::new(config)
        }
    }

    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// Continues where another journal stopped.
    #[cfg(feature = "snapshot")]
    pub(crate) fn go_on(
        &mut self,
        digest: Digest,
        origins: bool,
        undeliverable: Vec<Undeliverable>,
    ) -> Result<(), &'static str> {
        if undeliverable.len() > self.undeliverable_kept {
            return Err("more undeliverable messages than are kept");
        }
        self.digest = digest;
        self.origins |= origins;
        self.undeliverable = undeliverable.into();
        Ok(())
    }

    pub(crate) fn keeps_undeliverable(&self) -> bool {
        self.undeliverable_kept > 0
    }

    pub(crate) fn keep(&mut self, message: Undeliverable) {
        if self.undeliverable.len() == self.undeliverable_kept {
            self.undeliverable.pop_front();
        }
        self.undeliverable.push_back(message);
    }

    pub(crate) fn undeliverable(&self) -> impl Iterator<Item = &Undeliverable> {
        self.undeliverable.iter()
    }

    pub(crate) fn observe(&mut self, observer: Box<dyn Observer>) {
        self.observers.push(observer);
        self.listeners = Listeners::Others;
        self.origins = true;
        self.claims = true;
    }

    /// Ends the records of claims: units that go back because the simulation is dropped are no step.
    pub(crate) fn close(&mut self) {
        self.claims = false;
    }

    /// Whether the steps of claims are recorded: for observers, or for the digest.
    #[inline]
    pub(crate) fn records_claims(&self) -> bool {
        self.claims
    }

    /// Whether there are observers.
    pub(crate) fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// The digest, including the draws since the last record.
    pub(crate) fn digest(&self, entities: &Entities) -> Option<Digest> {
        let mut digest = self.digests.then_some(self.digest)?;
        if self.ingredients.contains(Ingredients::DRAWS) {
            self.add_draws(&mut digest, entities, &draws(&self.ledger.look()));
        }
        Some(digest)
    }

    /// The digest without the draws since the last record.
    #[cfg(feature = "snapshot")]
    pub(crate) fn chain(&self) -> Digest {
        self.digest
    }

    #[cfg(feature = "snapshot")]
    pub(crate) fn wants_draws(&self) -> bool {
        self.ledger.tells()
    }

    pub(crate) fn open(&self, actor: ActorId, name: &StreamName<'_>) -> Stream {
        Stream::of_simulation(name, Arc::clone(&self.ledger), actor.word())
    }

    /// Whether anything receives records.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.listeners != Listeners::None
    }

    /// Whether senders and causes are stored with each event.
    #[inline]
    pub(crate) fn wants_origins(&self) -> bool {
        self.origins
    }

    /// Whether there is more than the digest of the usual ingredients.
    #[inline(always)]
    pub(crate) fn has_others(&self) -> bool {
        self.listeners == Listeners::Others
    }

    /// Whether there is only the digest of the usual ingredients.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        self.listeners == Listeners::PlainDigest
    }

    /// Adds a record to the usual digest, by the code of its kind.
    #[inline(always)]
    pub(crate) fn digest_plain<M: Message + ?Sized>(
        &mut self,
        time: VirtualTime,
        receiver: ActorId,
        code: u64,
        message: Option<&M>,
    ) {
        // The compiler can keep this copy in registers.
        let mut digest = self.digest;
        digest.begin_record(kind_word(code, message.is_some()));
        digest.write_pair(time.as_nanos(), receiver.word());
        if let Some(message) = message {
            message.digest(&mut digest);
        }
        self.digest = digest;
    }

    /// The digest and the observers get the same facts. Neither can change the run.
    #[inline(always)]
    pub(crate) fn record<M: Message>(
        &mut self,
        entities: &Entities,
        occurrence: Occurrence,
        message: Option<&M>,
    ) {
        match self.listeners {
            Listeners::None => {}
            Listeners::PlainDigest => {
                let Occurrence { time, receiver, kind, .. } = occurrence;
                self.digest_plain(time, receiver, kind.code(), message);
            }
            Listeners::Others => {
                let contents = message.map(|message| message as &dyn Message);
                let message = message.map(|message| message as &dyn fmt::Debug);
                self.tell(entities, occurrence, contents, message, None);
            }
        }
    }

    /// The same for a step of a claim, with the time since when it waited or held its units.
    pub(crate) fn record_step<M: Message>(
        &mut self,
        entities: &Entities,
        occurrence: Occurrence,
        step: &M,
        since: VirtualTime,
    ) {
        self.tell(entities, occurrence, Some(step), Some(step), Some(since));
    }

    #[cold]
    #[inline(never)]
    fn tell(
        &mut self,
        entities: &Entities,
        occurrence: Occurrence,
        contents: Option<&dyn Message>,
        message: Option<&dyn fmt::Debug>,
        since: Option<VirtualTime>,
    ) {
        let drawn = draws(&self.ledger.take());
        let is_left_out =
            occurrence.kind.is_of_claim() && !self.ingredients.contains(Ingredients::CLAIMS);
        if !self.digests {
            // Nothing to add.
        } else if is_left_out {
            // Its draws count all the same: without observers, the next record has them.
            let mut digest = self.digest;
            if self.ingredients.contains(Ingredients::DRAWS) {
                self.add_draws(&mut digest, entities, &drawn);
            }
            self.digest = digest;
        } else if self.digests_plainly {
            let Occurrence { time, receiver, kind, .. } = occurrence;
            self.digest_plain(time, receiver, kind.code(), contents);
        } else {
            self.add(entities, occurrence, contents, &drawn);
        }
        // An observer that has panicked gets no more records: what unwinds may give back units.
        if self.observers.is_empty() || self.observing {
            return;
        }
        let activity = self.activities.until(occurrence.kind, occurrence.receiver);
        let record = Record {
            event: occurrence.event,
            time: occurrence.time,
            kind: occurrence.kind,
            receiver_id: occurrence.receiver,
            receiver: &entities.path(occurrence.receiver),
            sender_id: occurrence.origin.sender,
            sender: &entities.path(occurrence.origin.sender),
            cause: occurrence.origin.event,
            message,
            since,
            said: contents,
            drawn: &drawn,
            activity: activity.as_deref(),
            digest: self.digests.then_some(self.digest),
        };
        self.observing = true;
        self.observers.iter_mut().for_each(|observer| observer.record(&record));
        self.observing = false;
    }

    /// Adds the chosen ingredients of one record to the digest.
    fn add(
        &mut self,
        entities: &Entities,
        occurrence: Occurrence,
        contents: Option<&dyn Message>,
        drawn: &[Draw],
    ) {
        let mut digest = self.digest;
        if self.ingredients.contains(Ingredients::DRAWS) {
            self.add_draws(&mut digest, entities, drawn);
        }
        let Occurrence { receiver, origin, .. } = occurrence;
        let sends = contents.is_some() && self.subjects.have(entities, origin.sender);
        if sends || self.subjects.have(entities, receiver) {
            let chosen =
                |one: Ingredients, word| if self.ingredients.contains(one) { word } else { 0 };
            let mut record = self.begin(&digest);
            record.begin_record(kind_word(occurrence.kind.code(), contents.is_some()));
            record.write_pair(
                chosen(Ingredients::TIMES, occurrence.time.as_nanos()),
                chosen(Ingredients::RECEIVERS, receiver.word()),
            );
            if self.ingredients.contains(Ingredients::SENDERS) {
                record.write_u64(origin.sender.word());
            }
            if self.ingredients.contains(Ingredients::CONTENTS) {
                contents.into_iter().for_each(|message| message.digest(&mut record));
            }
            self.end(&mut digest, record);
        }
        self.digest = digest;
    }

    /// Adds each draw as a separate record, so that it makes no difference when they are asked for.
    fn add_draws(&self, digest: &mut Digest, entities: &Entities, drawn: &[Draw]) {
        for draw in drawn.iter().filter(|draw| self.subjects.have(entities, draw.actor)) {
            let mut record = self.begin(digest);
            record.begin_record(DRAW);
            record.write_pair(draw.actor.word(), hash_text(&draw.purpose));
            record.write_u64(draw.word);
            self.end(digest, record);
        }
    }

    /// Where a record begins: at the current digest, if the order counts.
    fn begin(&self, digest: &Digest) -> Digest {
        let ordered = self.ingredients.contains(Ingredients::ORDER);
        if ordered { *digest } else { Digest::new() }
    }

    fn end(&self, digest: &mut Digest, record: Digest) {
        if self.ingredients.contains(Ingredients::ORDER) {
            *digest = record;
        } else {
            digest.add_unordered(&record);
        }
    }
}

fn draws(drawn: &[Drawn]) -> Vec<Draw> {
    let draw = |Drawn { origin, word }: &Drawn| Draw {
        actor: ActorId::of_word(origin.actor),
        purpose: Arc::clone(&origin.purpose),
        word: *word,
    };
    drawn.iter().map(draw).collect()
}

/// The kind word of a random draw: larger than that of any record.
const DRAW: u64 = 1 << 16;

/// The kind of a record, and whether there is a message; never 0.
#[inline(always)]
fn kind_word(code: u64, message: bool) -> u64 {
    (code << 1 | u64::from(message)) + 1
}
