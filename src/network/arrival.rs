//! Arrival times of messages: latencies, their streams, and the order of messages
//! between a sender and a receiver.

use super::{FaultPlan, Faults, Journey, Latency, PRUNE_MIN};
use crate::actor::{ActorId, End, Life, PathHash};
use crate::random::{Half, Stream, StreamName};
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;

/// The latencies of a run, and the state that they need.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    seed: u64,
    half: Half,
    latency: Latency,
    links: FxHashMap<(PathHash, PathHash), Latency>,
    /// By the sender's life, because an actor and its successor may have the same path.
    pub(super) streams: FxHashMap<Life, Stream>,
    pub(super) order: Order,
    /// After a change of the latency: the earliest arrival for each actor, so that new
    /// messages do not overtake those that were under way at the change.
    pub(super) floors: FxHashMap<ActorId, VirtualTime>,
    /// The faults; `None` if the plan is empty.
    pub(crate) faults: Option<Box<Faults>>,
}

/// When the last message of each pair arrives. It is kept only where messages could
/// overtake each other; with a fixed latency they cannot.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) last_arrival: FxHashMap<(ActorId, ActorId), VirtualTime>,
    /// Size of `last_arrival` at which arrivals that have passed are dropped.
    pub(super) prune_at: usize,
}

impl Network {
    pub(crate) fn new(seed: u64, half: Half, latency: Latency, plan: &FaultPlan) -> Self {
        Self {
            seed,
            half,
            latency,
            links: FxHashMap::default(),
            streams: FxHashMap::default(),
            order: Order { last_arrival: FxHashMap::default(), prune_at: PRUNE_MIN },
            floors: FxHashMap::default(),
            faults: Faults::new(seed, half, plan).map(Box::new),
        }
    }

    /// Sets the latency of messages from `from` to `to`.
    pub(crate) fn set_link(&mut self, from: PathHash, to: PathHash, latency: Latency) {
        self.links.insert((from, to), latency);
    }

    /// Whether any link has its own latency.
    pub(crate) fn names_links(&self) -> bool {
        !self.links.is_empty()
    }

    /// Whether the paths of the ends matter; looking them up takes time.
    #[inline]
    pub(crate) fn needs_paths(&self) -> bool {
        self.names_links() || !matches!(self.latency, Latency::Fixed(_))
    }

    /// The latency of every message, if all have the same and no fault can apply.
    pub(crate) fn plain_latency(&self) -> Option<Span> {
        let planned = self.faults.as_ref().is_some_and(|faults| faults.on_links);
        match self.latency {
            Latency::Fixed(span) if !planned && !self.needs_paths() && self.floors.is_empty() => {
                Some(span)
            }
            _ => None,
        }
    }

    /// When a message sent `now` arrives without a fault plan. It never overtakes an
    /// earlier message from `from` to `to`. `None` past the end of virtual time.
    pub(crate) fn arrival(&mut self, now: VirtualTime, from: End, to: End) -> Option<VirtualTime> {
        let span = self.draw(from, to);
        self.arrival_after(now, from, to, span)
    }

    /// When a kill or a notice of death sent `now` arrives; it may overtake messages.
    pub(crate) fn unordered_arrival(
        &mut self,
        now: VirtualTime,
        from: End,
        to: End,
    ) -> Option<VirtualTime> {
        now.checked_add(self.draw(from, to))
    }

    /// What happens to a message of `bytes` bytes, sent `now` on a link that
    /// [`Faults`] knows.
    pub(crate) fn journey(
        &mut self,
        now: VirtualTime,
        from: End,
        to: End,
        bytes: &dyn Fn() -> u64,
    ) -> Journey {
        // Drawn even if it is not used, so that no rule changes the draws for the
        // sender's other messages.
        let usual = self.draw(from, to);
        let base = self.links.get(&(from.path, to.path)).unwrap_or(&self.latency);
        let ends = (from.id, to.id);
        let passed = self.faults.as_mut().and_then(|f| f.pass(now, ends, bytes, (base, usual)));
        let Some(passage) = passed else {
            let arrival = self.arrival_after(now, from, to, usual);
            return arrival.map_or(Journey::Never, Journey::Arrives);
        };
        if passage.lost {
            return Journey::Lost;
        }
        let after = |span| passage.departs?.checked_add(span);
        let Some(time) = after(passage.latency) else { return Journey::Never };
        let time = self.keep_order(now, from, to, time);
        match passage.copy.map(after) {
            None => Journey::Arrives(time),
            Some(None) => Journey::Never,
            Some(Some(copy)) => Journey::Doubled(time, copy),
        }
    }

    fn arrival_after(
        &mut self,
        now: VirtualTime,
        from: End,
        to: End,
        span: Span,
    ) -> Option<VirtualTime> {
        let time = now.checked_add(span)?;
        // Messages of a pair cannot overtake each other under a fixed latency.
        let base = self.links.get(&(from.path, to.path)).unwrap_or(&self.latency);
        let is_fixed = self.floors.is_empty() && matches!(base, Latency::Fixed(_));
        Some(if is_fixed { time } else { self.keep_order(now, from, to, time) })
    }

    fn keep_order(
        &mut self,
        now: VirtualTime,
        from: End,
        to: End,
        time: VirtualTime,
    ) -> VirtualTime {
        let floor = self.floors.get(&to.id).copied().unwrap_or(time);
        self.order.keep(now, from, to, time.max(floor))
    }

    // --- changes during a run ------------------------------------------------

    /// Sets the latency of later messages. To each of these actors they arrive no earlier
    /// than the messages that are under way to it.
    pub(crate) fn change_latency(
        &mut self,
        latency: Latency,
        on_their_way: impl Iterator<Item = (ActorId, VirtualTime)>,
    ) {
        self.latency = latency;
        for (to, time) in on_their_way {
            let floor = self.floors.entry(to).or_insert(time);
            *floor = (*floor).max(time);
        }
    }

    /// Changes the seed of all later draws.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        self.streams.values_mut().for_each(|stream| stream.rekey(seed));
        if let Some(faults) = &mut self.faults {
            faults.reseed(seed);
        }
    }

    /// Drops the stream of a sender that died. A successor of the same path has its own
    /// stream.
    pub(crate) fn forget(&mut self, life: Life) {
        self.streams.remove(&life);
    }

    fn draw(&mut self, from: End, to: End) -> Span {
        let latency = self.links.get(&(from.path, to.path)).unwrap_or(&self.latency);
        if let Latency::Fixed(span) = latency {
            return *span;
        }
        let (seed, half) = (self.seed, self.half);
        let stream = self.streams.entry(from.life).or_insert_with(|| {
            let Life { lineage: actor, incarnation } = from.life;
            let purpose = "latency";
            let replication = half.replication;
            let name = StreamName { seed, replication, actor, incarnation, purpose };
            Stream::of_engine(&name, half)
        });
        latency.draw(stream)
    }
}

impl Order {
    /// Delays an arrival until the arrival of the message before it, if necessary.
    fn keep(&mut self, now: VirtualTime, from: End, to: End, time: VirtualTime) -> VirtualTime {
        if self.last_arrival.len() >= self.prune_at {
            // A message that has arrived cannot be overtaken. Memory is proportional to the
            // messages under way, at amortized constant cost per message.
            self.last_arrival.retain(|_, last| *last > now);
            self.prune_at = PRUNE_MIN.max(2 * self.last_arrival.len());
        }
        let last = self.last_arrival.entry((from.id, to.id)).or_insert(time);
        *last = (*last).max(time);
        *last
    }
}
