//! The kernel that handlers reach through their context: the clock, the
//! future event list, pools, links, counts, and the one place where events
//! are scheduled and recorded.

use super::class::{Class, TypedClass};
use super::config::Config;
use super::cpu::CpuSlots;
use super::directory::Directory;
use super::error::{ErrorKind, Limit, SimulationError};
use super::pool::{AnyPool, Envelope, NONE, Pool};
use super::recorder::{Happened, Recorder};
use super::request::Requests;
use super::{Actor, Counts};
use crate::actor::{ActorId, ActorRef, DeathCause, Message, Spawn};
use crate::event_list::{EventHandle, EventKey, EventList, Lane};
use crate::network::{End, Latency, Network, path_hash};
use crate::record::RecordKind;
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};

/// A scheduled event: what happens to whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) target: ActorId,
    /// Index of the envelope in the pool of the target's class, or `NONE`.
    pub(super) payload: u32,
    pub(super) kind: EventKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    /// A message arrives.
    Deliver,
    /// A free actor takes the next message from its mailbox.
    Take,
    /// A hold or a start-up ends; the payload, if any, continues the handler.
    Resume,
    /// The answer that a waiting actor is blocked on arrives.
    Answer,
    /// A submitted task is ready for a CPU slot.
    TaskReady,
    /// A task that was waiting has got a CPU slot.
    TaskStart,
    /// The actor dies.
    Die(DeathCause),
}

/// An actor that was spawned while its class was in use.
pub(super) struct Newborn {
    pub(super) id: ActorId,
    pub(super) state: Box<dyn Any>,
    pub(super) task: bool,
    /// The event that ends its start-up.
    pub(super) pending: Option<EventHandle>,
}

pub(crate) struct Core {
    pub(super) config: Config,
    pub(super) now: VirtualTime,
    /// The number of the current event, from 1.
    pub(super) event: u64,
    pub(super) current: ActorId,
    pub(super) events: EventList<Event>,
    pub(super) directory: Directory,
    pub(super) requests: Requests,
    pub(super) cpu: CpuSlots,
    pub(super) counts: Counts,
    pub(super) recorder: Recorder,
    pub(super) failure: Option<SimulationError>,
    pub(super) ended: bool,
    pub(super) newborns: Vec<Newborn>,
    pub(super) new_classes: Vec<Box<dyn Class>>,
    network: Network,
    pools: Vec<Box<dyn AnyPool>>,
    class_numbers: FxHashMap<TypeId, u32>,
    sequence: u64,
    events_this_instant: u64,
    /// When a message sent now arrives under the usual fixed latency.
    link_arrival: Option<VirtualTime>,
}

/// What unwinds from a handler whose run has failed; the error itself is in
/// [`Core::failure`].
pub(super) struct RunFailed;

/// When a message sent at `now` arrives where no link says otherwise.
#[inline]
fn usual_arrival(config: &Config, now: VirtualTime) -> Option<VirtualTime> {
    match config.latency {
        Latency::Fixed(span) => now.checked_add(span),
        _ => None,
    }
}

impl Core {
    pub(super) fn new(config: Config) -> Self {
        let mut network = Network::new(config.seed, config.replication, config.latency);
        for (from, to, latency) in &config.links {
            network.set_link(path_hash(from), path_hash(to), *latency);
        }
        Self {
            now: VirtualTime::ZERO,
            event: 0,
            current: ActorId::OUTSIDE,
            events: EventList::new(config.event_list),
            directory: Directory::default(),
            requests: Requests::default(),
            cpu: CpuSlots::new(config.cpus),
            counts: Counts::default(),
            recorder: Recorder::new(config.digest),
            failure: None,
            ended: false,
            newborns: Vec::new(),
            new_classes: Vec::new(),
            network,
            pools: Vec::new(),
            class_numbers: FxHashMap::default(),
            sequence: 0,
            events_this_instant: 0,
            link_arrival: usual_arrival(&config, VirtualTime::ZERO),
            config,
        }
    }

    // --- failing -----------------------------------------------------------

    /// Ends the run; the first failure counts. Inside a handler this does
    /// not return: a handler that could go on past a limit would make it
    /// none. (Where panics abort, it returns and the handler runs to its end.)
    #[cold]
    pub(super) fn fail(&mut self, kind: ErrorKind) {
        if self.failure.is_none() {
            self.failure = Some(self.error(kind));
        }
        if self.current != ActorId::OUTSIDE && cfg!(panic = "unwind") {
            // No panic hook is called: this is no panic, but the way out.
            std::panic::resume_unwind(Box::new(RunFailed));
        }
    }

    pub(super) fn error(&self, kind: ErrorKind) -> SimulationError {
        SimulationError {
            kind,
            actor: self.directory.path(self.current).to_string(),
            event: self.event,
            time: self.now,
            seed: self.config.seed,
            replication: self.config.replication,
        }
    }

    fn limit(&mut self, limit: Limit, allowed: u64) {
        self.fail(ErrorKind::Limit { limit, allowed });
    }

    pub(super) fn check_mailbox(&mut self, length: u32) {
        if u64::from(length) > self.config.limits.mailbox_length {
            self.limit(Limit::MailboxLength, self.config.limits.mailbox_length);
        }
    }

    // --- the clock ---------------------------------------------------------

    /// Moves the clock to the event about to happen, unless a limit forbids.
    /// `Err` leaves the counters at the event that could not happen.
    #[inline]
    pub(super) fn advance(&mut self, time: VirtualTime, target: ActorId) -> Result<(), Limit> {
        self.set_clock(time);
        self.event += 1;
        self.events_this_instant += 1;
        self.current = target;
        let limits = &self.config.limits;
        if self.event > limits.events {
            return Err(Limit::Events);
        }
        if self.events_this_instant > limits.events_per_instant {
            return Err(Limit::EventsPerInstant);
        }
        if time > limits.end_time { Err(Limit::EndTime) } else { Ok(()) }
    }

    #[inline]
    pub(super) fn set_clock(&mut self, time: VirtualTime) {
        if time != self.now {
            self.now = time;
            self.events_this_instant = 0;
            self.link_arrival = usual_arrival(&self.config, time);
        }
    }

    // --- scheduling --------------------------------------------------------

    #[inline]
    pub(super) fn schedule(
        &mut self,
        time: Option<VirtualTime>,
        target: ActorId,
        kind: EventKind,
        payload: u32,
    ) -> Option<EventHandle> {
        let Some(time) = time else {
            self.fail(ErrorKind::TimeOverflow);
            return None;
        };
        let key = EventKey { time, tie_rank: 0, sequence: self.sequence };
        self.sequence += 1;
        let lane = if time == self.now {
            Lane::Now
        } else if Some(time) == self.link_arrival {
            Lane::Link
        } else {
            Lane::None
        };
        let handle = self.events.schedule(key, lane, Event { target, payload, kind });
        let allowed = self.config.limits.pending_events;
        if self.events.len() as u64 > allowed {
            self.limit(Limit::PendingEvents, allowed);
        }
        Some(handle)
    }

    #[inline]
    pub(super) fn pool<M: Message>(&mut self, class: u32) -> Option<&mut Pool<M>> {
        self.pools.get_mut(class as usize)?.as_any_mut().downcast_mut()
    }

    /// Puts an envelope into the pool of its receiver's class.
    #[inline]
    pub(super) fn stow<M: Message>(&mut self, to: ActorId, envelope: Envelope<M>) -> u32 {
        match self.pool(to.class) {
            Some(pool) => pool.insert(envelope),
            None => {
                self.fail(ErrorKind::ForeignReference);
                NONE
            }
        }
    }

    /// Sends a message: counted, stowed, scheduled at `time`.
    #[inline]
    pub(super) fn post<M: Message>(
        &mut self,
        time: Option<VirtualTime>,
        from: ActorId,
        to: ActorId,
        kind: EventKind,
        message: M,
    ) -> Option<EventHandle> {
        self.post_envelope(time, to, kind, Envelope { message, sender: from, request: None })
    }

    #[inline]
    pub(super) fn post_envelope<M: Message>(
        &mut self,
        time: Option<VirtualTime>,
        to: ActorId,
        kind: EventKind,
        envelope: Envelope<M>,
    ) -> Option<EventHandle> {
        let payload = self.stow(to, envelope);
        if payload == NONE {
            return None;
        }
        self.counts.sent += 1;
        self.schedule(time, to, kind, payload)
    }

    /// When a message sent now arrives.
    #[inline]
    pub(super) fn arrival(&mut self, from: ActorId, to: ActorId) -> Option<VirtualTime> {
        let (from, to) = self.ends(from, to);
        self.network.arrival(self.now, from, to)
    }

    /// The ends of a link; paths are looked up only where links need them.
    #[inline]
    fn ends(&self, from: ActorId, to: ActorId) -> (End, End) {
        if self.network.needs_paths() && self.pools.get(to.class as usize).is_some() {
            (self.directory.end(from), self.directory.end(to))
        } else {
            (End::without_path(from), End::without_path(to))
        }
    }

    /// Sends a kill, or the news of an owner's death.
    pub(super) fn post_death(&mut self, from: ActorId, to: ActorId, cause: DeathCause) {
        if to.class as usize >= self.pools.len() {
            return self.fail(ErrorKind::ForeignReference);
        }
        let (from, to_end) = self.ends(from, to);
        let time = self.network.unordered_arrival(self.now, from, to_end);
        self.schedule(time, to, EventKind::Die(cause), NONE);
    }

    // --- recording ---------------------------------------------------------

    /// Records an event that carries a message.
    #[inline]
    pub(super) fn record_message<M: Message>(
        &mut self,
        kind: RecordKind,
        receiver: ActorId,
        sender: ActorId,
        message: &M,
    ) {
        let happened = Happened { event: self.event, time: self.now, kind, receiver, sender };
        self.recorder.record(&self.directory, happened, Some(message));
    }

    /// Records an event that carries none.
    pub(super) fn record_plain(&mut self, kind: RecordKind, receiver: ActorId) {
        let sender = ActorId::OUTSIDE;
        let happened = Happened { event: self.event, time: self.now, kind, receiver, sender };
        self.recorder.record::<()>(&self.directory, happened, None);
    }

    // --- births and deaths -------------------------------------------------

    fn class_of<A: Actor>(&mut self) -> u32 {
        let next = self.pools.len() as u32;
        let class = *self.class_numbers.entry(TypeId::of::<A>()).or_insert(next);
        if class == next {
            self.pools.push(Box::new(Pool::<A::Message>::default()));
            self.directory.add_class();
            self.new_classes.push(Box::new(TypedClass::<A>::default()));
        }
        class
    }

    /// Spawns an actor; with `first`, a task that begins with that message.
    pub(super) fn spawn<A: Actor>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        state: A,
        first: Option<A::Message>,
    ) -> ActorRef<A::Message> {
        let class = self.class_of::<A>();
        let registered = if spawn.is_plain() {
            self.directory.register(class, owner, spawn)
        } else {
            Err(ErrorKind::InvalidName { name: spawn.to_string() })
        };
        let id = match registered {
            Ok(id) => id,
            Err(kind) => {
                self.fail(kind);
                return ActorRef::new(ActorId::OUTSIDE);
            }
        };
        let allowed = self.config.limits.live_actors;
        if self.directory.live() > allowed {
            self.limit(Limit::LiveActors, allowed);
        }
        let task = first.is_some();
        let owner = owner.unwrap_or(ActorId::OUTSIDE);
        let pending = if let Some(first) = first {
            let ready = self.arrival(owner, id).and_then(|time| time.checked_add(spawn.startup));
            self.post(ready, owner, id, EventKind::TaskReady, first)
        } else if spawn.startup.is_zero() {
            None
        } else {
            self.schedule(self.now.checked_add(spawn.startup), id, EventKind::Resume, NONE)
        };
        self.newborns.push(Newborn { id, state: Box::new(state), task, pending });
        ActorRef::new(id)
    }

    /// What a death means for everyone else: children, requests, CPU slots.
    pub(super) fn bury(&mut self, id: ActorId, cause: DeathCause) {
        let path = self.directory.path_hash(id);
        self.fail_requests_to(id, cause);
        for child in self.directory.bury(id, cause) {
            self.post_death(id, child, DeathCause::OwnerDied);
        }
        // Only now: the news was still drawn from the dying actor's stream.
        self.network.forget(path);
    }

    /// Gives a free CPU slot to the task that has waited longest.
    pub(super) fn start_next_task(&mut self) {
        while let Some((task, payload)) = self.cpu.grant_next() {
            self.schedule(Some(self.now), task, EventKind::TaskStart, payload);
        }
    }

    pub(super) fn live_envelopes(&self) -> usize {
        self.pools.iter().map(|pool| pool.live()).sum()
    }
}
