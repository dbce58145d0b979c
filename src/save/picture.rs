//! The kernel in a snapshot.

use crate::actor::Pattern;
use crate::config::{Config, Limits};
use crate::digest::{Digest, Ingredients};
use crate::entities::EntitiesPicture;
use crate::event_list::{EventId, EventKey, EventList, EventListKind};
use crate::features::{Features, Kernel};
use crate::outcome::Counts;
use crate::parts::{FeaturesPicture, Loading, Part, wrong};
use crate::snapshot::FileError;
use crate::supervision::Undeliverable;
use crate::time::VirtualTime;
use crate::types::{SnapshotError, TypeRegistry};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

#[derive(Serialize, Deserialize)]
pub(crate) struct KernelPicture {
    config: ConfigPicture,
    pub(crate) now: VirtualTime,
    /// The instant at which the clock was stopped without an event.
    pub(crate) stopped: Option<(VirtualTime, u64)>,
    pub(crate) event: u64,
    pub(crate) instant_first: u64,
    ended: bool,
    cause: u64,
    pub(crate) counts: Counts,
    pub(crate) urgent: VecDeque<EventId>,
    pub(crate) sequence: u64,
    /// In order, with those that a tie policy has taken from the future event list.
    pub(crate) events: Vec<(EventKey, EventId)>,
    /// How many words were drawn to shuffle ties.
    shuffled: u64,
    journal: JournalPicture,
    pub(crate) entities: EntitiesPicture,
    pub(crate) features: FeaturesPicture,
}

/// The settings. Latencies and plans are saved as text.
#[derive(Serialize, Deserialize)]
struct ConfigPicture {
    seed: u64,
    replication: u64,
    antithetic: bool,
    latency: String,
    links: Vec<(String, String, String)>,
    faults: String,
    cpus: Option<u32>,
    horizon: Option<VirtualTime>,
    warm_up: VirtualTime,
    limits: Limits,
    ties: String,
    event_list: EventListKind,
    digest: bool,
    ingredients: Ingredients,
    digest_of: Vec<String>,
    undeliverable_kept: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct JournalPicture {
    pub(crate) digest: [u64; 2],
    pub(crate) origins: bool,
    pub(crate) undeliverable: Vec<Undeliverable>,
}

impl KernelPicture {
    pub(crate) fn of(kernel: &Kernel, types: &TypeRegistry) -> Result<Self, SnapshotError> {
        let mut events = kernel.events.clone().into_entries();
        events.append(&mut kernel.ties.drawn());
        events.sort_unstable_by_key(|(key, _)| *key);
        Ok(Self {
            config: ConfigPicture::of(&kernel.config),
            now: kernel.now,
            stopped: kernel.stopped,
            event: kernel.event,
            instant_first: kernel.instant_first,
            ended: kernel.ended,
            cause: kernel.cause,
            counts: kernel.counts,
            urgent: kernel.urgent.clone(),
            sequence: kernel.events.scheduled(),
            events,
            shuffled: kernel.ties.position(),
            journal: JournalPicture {
                digest: kernel.journal.chain().words(),
                origins: kernel.journal.wants_origins(),
                undeliverable: kernel.journal.undeliverable().cloned().collect(),
            },
            entities: kernel.entities.picture(),
            features: kernel.features.save(types)?,
        })
    }

    pub(crate) fn config(&self) -> Result<Config, FileError> {
        self.config
            .restore()
            .ok_or(FileError::Inconsistent { what: "a latency, fault plan or tie policy" })
    }

    /// Restores everything in a kernel that was made with the same settings.
    pub(crate) fn restore(self, kernel: &mut Kernel, with: &Loading<'_>) -> Result<(), FileError> {
        kernel.now = self.now;
        kernel.stopped = self.stopped;
        kernel.event = self.event;
        kernel.instant_first = self.instant_first;
        kernel.ended = self.ended;
        kernel.cause = self.cause;
        kernel.want_attention();
        kernel.counts = self.counts;
        kernel.urgent = self.urgent;
        let events = self.events.into_iter();
        kernel.events = EventList::restore(kernel.config.event_list, self.sequence, events);
        let gone_on = kernel.ties.go_on(self.event, self.shuffled);
        gone_on.ok_or(wrong("how much was drawn to shuffle ties"))?;
        let JournalPicture { digest, origins, undeliverable } = self.journal;
        let digest = Digest::of_words(digest);
        kernel.journal.go_on(digest, origins, undeliverable).map_err(wrong)?;
        kernel.entities = self.entities.restore().map_err(wrong)?;
        kernel.features = Features::load(self.features, with)?;
        kernel.settle_latency();
        kernel.set_warm_up(self.config.warm_up);
        Ok(())
    }
}

impl ConfigPicture {
    fn of(config: &Config) -> Self {
        let link = |(from, to, latency): &(String, String, _)| {
            (from.clone(), to.clone(), crate::network::Latency::to_string(latency))
        };
        Self {
            seed: config.seed,
            replication: config.replication,
            antithetic: config.antithetic,
            latency: config.latency.to_string(),
            links: config.links.iter().map(link).collect(),
            faults: config.faults.to_string(),
            cpus: config.cpus,
            horizon: config.horizon,
            warm_up: config.warm_up,
            limits: config.limits,
            ties: config.ties.to_string(),
            event_list: config.event_list,
            digest: config.digest,
            ingredients: config.ingredients,
            digest_of: config.digest_of.iter().map(|pattern| pattern.text().to_owned()).collect(),
            undeliverable_kept: config.undeliverable_kept as u64,
        }
    }

    fn restore(&self) -> Option<Config> {
        let mut links = Vec::new();
        for (from, to, latency) in &self.links {
            links.push((from.clone(), to.clone(), latency.parse().ok()?));
        }
        let mut config = Config::new(self.seed)
            .replication(self.replication)
            .antithetic(self.antithetic)
            .latency(self.latency.parse().ok()?)
            .faults(self.faults.parse().ok()?)
            .warm_up(self.warm_up)
            .limits(self.limits)
            .ties(self.ties.parse().ok()?)
            .event_list(self.event_list)
            .digest(self.digest)
            .keep_undeliverable(usize::try_from(self.undeliverable_kept).ok()?);
        config.ingredients = self.ingredients;
        config.digest_of =
            self.digest_of.iter().map(|pattern| Pattern::from(pattern.as_str())).collect();
        (config.links, config.cpus, config.horizon) = (links, self.cpus, self.horizon);
        Some(config)
    }
}
