//! The kernel that handlers reach through their context: the clock, the
//! future event list, pools, links, counts. What schedules events stands in
//! `schedule.rs`.

mod schedule;

use super::Counts;
use super::class::Class;
use super::config::Config;
use super::cpu::CpuSlots;
use super::directory::Directory;
use super::error::{ErrorKind, Limit, SimulationError};
use super::pool::AnyPool;
use super::recorder::Recorder;
use super::request::Requests;
use super::resource::Resources;
use super::returns::Returns;
use super::supervision::{Wards, Watches};
use super::ties::Ties;
use crate::actor::{ActorId, ActorRef, Family};
use crate::event_list::{EventId, EventList, Lane};
use crate::network::{Latency, Life, Network, Pattern, path_hash};
use crate::random::{Stream, StreamName};
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

/// An actor that was spawned while its class was in use.
pub(super) struct Newborn {
    pub(super) id: ActorId,
    pub(super) state: Box<dyn Any>,
    pub(super) task: bool,
    /// The cell of the event that ends its start-up, or `NONE`.
    pub(super) pending: u32,
}

/// A pool by both its names: a downcast from a trait of our own would cost one
/// more call.
pub(super) struct Shared {
    pub(super) typed: Rc<dyn Any>,
    pub(super) any: Rc<dyn AnyPool>,
}

#[allow(unreachable_pub, missing_debug_implementations)] // It stands in the signatures of a sealed trait.
pub struct Core {
    /// Which simulation it is: what belongs to another is refused.
    pub(super) family: Family,
    /// What was made by these is as good here, by its numbers: by those that this
    /// one was run again from; by any, if it was read from a file.
    pub(super) kin: Vec<Family>,
    pub(super) now: VirtualTime,
    /// The number of the current event, from 1.
    pub(super) event: u64,
    /// Up to this event, no limit is reached.
    pub(super) event_last: u64,
    /// Before this sequence number, not too many events can be pending.
    pub(super) sequence_look: u64,
    /// How many events had happened when the clock moved last.
    pub(super) instant_first: u64,
    /// If the clock was moved without an event: the time of the last event before
    /// that, and its number.
    pub(super) stopped: Option<(VirtualTime, u64)>,
    /// The family of this simulation while all messages travel for the same span, else
    /// nobody's: who sends to an actor asks once whether it is of here and near.
    pub(super) plain_family: Family,
    /// That span.
    pub(super) plain_span: Span,
    /// Where the event list keeps those that do.
    pub(super) link_lane: Lane,
    /// A plan says how long holds take.
    pub(super) slows: bool,
    /// Events that happen right after the current one, before anything else
    /// of the instant: starts of processes, and what interrupts them.
    pub(super) urgent: VecDeque<EventId>,
    /// The process that goes on when the event is over.
    pub(super) ready: Option<ActorId>,
    pub(super) ended: bool,
    /// Something is being dropped: failures are noted, and nothing unwinds,
    /// which might be under way already.
    pub(super) quiet: bool,
    pub(super) current: ActorId,
    /// The event in which the current one was scheduled; kept up only while
    /// anyone wants to know.
    pub(super) cause: u64,
    pub(super) counts: Counts,
    pub(super) events: EventList,
    pub(super) pools: Vec<Shared>,
    pub(super) recorder: Recorder,
    pub(super) directory: Directory,
    pub(super) requests: Requests,
    pub(super) cpu: CpuSlots,
    pub(super) resources: Resources,
    /// Those whose waits may last for ever.
    pub(super) background: BTreeSet<ActorId>,
    pub(super) wards: Wards,
    pub(super) watches: Watches,
    pub(super) ties: Ties,
    pub(super) failure: Option<SimulationError>,
    pub(super) newborns: Vec<Newborn>,
    pub(super) new_classes: Vec<Box<dyn Class>>,
    /// What is left of processes that were killed, to be dropped when the
    /// kernel is not in use.
    pub(super) remains: Vec<Box<dyn Any>>,
    /// Where things are given back; it knows the kernel, for the handles of
    /// processes, and whether something besides the next event wants to be
    /// looked at.
    pub(super) returns: Rc<Returns>,
    pub(super) network: Network,
    pub(super) class_numbers: FxHashMap<TypeId, u16>,
    pub(super) config: Config,
}

/// The last instant at which something can happen; what is due after it never comes.
pub(super) const LAST: VirtualTime = VirtualTime::from_nanos(u64::MAX - 1);

/// What unwinds from a handler whose run has failed; the error itself is in
/// [`Core::failure`].
pub(super) struct RunFailed;

impl Core {
    pub(super) fn new(config: Config) -> Self {
        let (seed, replication) = (config.seed, config.replication);
        let mut network = Network::new(seed, replication, config.latency.clone(), &config.faults);
        for (from, to, latency) in &config.links {
            network.set_link(path_hash(from), path_hash(to), latency.clone());
        }
        let mut directory = Directory::default();
        let links = config.links.iter().flat_map(|(from, to, _)| [from.as_str(), to.as_str()]);
        directory.await_paths(links.chain(config.faults.patterns().filter_map(Pattern::exact)));
        let family = Family::next();
        let (plain_family, plain_span) = plain(family, &network);
        Self {
            family,
            kin: Vec::new(),
            now: VirtualTime::ZERO,
            event: 0,
            event_last: 0,
            sequence_look: 0,
            instant_first: 0,
            stopped: None,
            plain_family,
            plain_span,
            slows: network.faults.as_ref().is_some_and(|faults| faults.on_holds()),
            link_lane: link_lane(&config.latency),
            urgent: VecDeque::new(),
            ready: None,
            ended: false,
            quiet: false,
            current: ActorId::OUTSIDE,
            cause: 0,
            counts: Counts::default(),
            events: EventList::new(config.event_list),
            pools: Vec::new(),
            recorder: Recorder::new(&config),
            directory,
            requests: Requests::default(),
            cpu: CpuSlots::new(config.cpus),
            resources: Resources::default(),
            background: BTreeSet::new(),
            wards: Wards::default(),
            watches: Watches::default(),
            ties: Ties::new(&config.ties, replication),
            failure: None,
            newborns: Vec::new(),
            new_classes: Vec::new(),
            remains: Vec::new(),
            returns: Rc::default(),
            network,
            class_numbers: FxHashMap::default(),
            config,
        }
    }

    /// The kernel in a place that it knows.
    pub(super) fn share(self) -> Rc<RefCell<Self>> {
        let core = Rc::new(RefCell::new(self));
        core.borrow().returns.serve(&core);
        core
    }

    /// Works out how messages travel, after that was changed.
    pub(super) fn settle_latency(&mut self) {
        (self.plain_family, self.plain_span) = plain(self.family, &self.network);
        self.link_lane = link_lane(&self.config.latency);
    }

    /// The kernel, for a handle to keep.
    pub(super) fn shared(&self) -> Rc<RefCell<Self>> {
        self.returns.kernel().expect("whoever uses the kernel keeps it")
    }

    /// Opens an actor's stream for a purpose.
    pub(super) fn stream(&self, actor: ActorId, purpose: &str) -> Stream {
        let Life { lineage, incarnation } = self.directory.life(actor);
        let name = StreamName {
            seed: self.config.seed,
            replication: self.config.replication,
            actor: lineage,
            incarnation,
            purpose,
        };
        self.recorder.open(actor, &name)
    }

    /// Drops what is the program's when the kernel is not in use: that may
    /// give things back.
    pub(super) fn drop_later<T: 'static>(&mut self, left: T) {
        if std::mem::needs_drop::<T>() {
            self.remains.push(Box::new(left));
            self.want_attention();
        }
    }

    /// The number of the class whose actors have states of type `K`.
    pub(super) fn class_number<K: 'static>(&self) -> Option<u16> {
        self.class_numbers.get(&TypeId::of::<K>()).copied()
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
        self.want_attention();
        if self.current != ActorId::OUTSIDE && !self.quiet && cfg!(panic = "unwind") {
            // No panic hook is called: this is no panic, but the way out.
            std::panic::resume_unwind(Box::new(RunFailed));
        }
    }

    pub(super) fn error(&self, kind: ErrorKind) -> SimulationError {
        SimulationError {
            kind,
            actor: self.directory.brief_path(self.current).to_string(),
            event: self.event,
            time: self.now,
            seed: self.config.seed,
            replication: self.config.replication,
        }
    }

    /// Whether something is of this simulation; fails the run if not.
    #[inline]
    pub(super) fn owns(&mut self, family: Family) -> bool {
        let owns = family.fits(self.family);
        if !owns {
            self.fail(ErrorKind::ForeignReference);
        }
        owns
    }

    /// Whom a reference names here. One of another simulation fails the run, and names
    /// nobody, so that a caller that goes on does nothing.
    #[inline(always)]
    pub(super) fn named<M>(&mut self, actor: &ActorRef<M>) -> ActorId {
        let own = actor.family().is(self.family);
        if own { actor.id() } else { self.named_elsewhere(actor.id(), actor.family()) }
    }

    #[cold]
    #[inline(never)]
    fn named_elsewhere(&mut self, id: ActorId, family: Family) -> ActorId {
        if self.takes(family) {
            return id;
        }
        self.fail(ErrorKind::ForeignReference);
        ActorId::OUTSIDE
    }

    /// The same, to read.
    ///
    /// # Panics
    /// If it is of another simulation: what would be read is another's.
    #[track_caller]
    pub(super) fn seen<M>(&self, actor: &ActorRef<M>) -> ActorId {
        assert!(
            self.takes(actor.family()),
            "an actor was read with another simulation: each is read with the one that made it"
        );
        actor.id()
    }

    /// Whether what only numbers name may be used here.
    pub(super) fn takes(&self, family: Family) -> bool {
        let kin = |kin: &Family| kin.is(family) || kin.is(Family::ANY);
        family.fits(self.family) || self.kin.iter().any(kin)
    }

    pub(super) fn limit(&mut self, limit: Limit, allowed: u64) {
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
    pub(super) fn advance(&mut self, time: VirtualTime) -> Result<(), Limit> {
        if time != self.now {
            self.set_clock(time);
        }
        self.event += 1;
        if self.event > self.event_last { self.check_limits() } else { Ok(()) }
    }

    /// Looks whether the current event is beyond a limit, and how far the
    /// next look is.
    #[cold]
    fn check_limits(&mut self) -> Result<(), Limit> {
        let limits = &self.config.limits;
        let instant_last = self.instant_first.saturating_add(limits.events_per_instant);
        if self.event > limits.events {
            return Err(Limit::Events);
        }
        if self.now > limits.end_time {
            return Err(Limit::EndTime);
        }
        if self.event > instant_last {
            return Err(Limit::EventsPerInstant);
        }
        self.event_last = limits.events.min(instant_last);
        Ok(())
    }

    /// Moves the clock between two events.
    #[inline]
    fn set_clock(&mut self, time: VirtualTime) {
        if time != self.now {
            self.now = time;
            // Each instant allows events later than the one before did: what
            // was computed for that one comes too early at worst.
            self.instant_first = self.event;
            if time > self.config.limits.end_time {
                self.event_last = 0;
            }
        }
    }

    /// Whether nothing will happen any more: nothing is scheduled, or never.
    pub(super) fn is_over(&mut self) -> bool {
        let next = self.events.next_time().filter(|time| *time <= LAST);
        next.is_none() && self.urgent.is_empty() && !self.ties.is_amid()
    }

    /// Moves the clock on to where a run stops, without an event.
    pub(super) fn stop_at(&mut self, time: VirtualTime) {
        if time > self.now {
            self.stopped = Some((self.last_event(), self.event));
            self.set_clock(time);
        }
    }

    /// When the last event happened; the beginning, if none has.
    pub(super) fn last_event(&self) -> VirtualTime {
        match self.stopped {
            Some((time, event)) if event == self.event => time,
            _ => self.now,
        }
    }

    /// Whom an event that was just popped happens to.
    #[cold]
    pub(super) fn target(&self, event: EventId) -> ActorId {
        self.pools[event.pool as usize].any.target(event.cell)
    }

    /// Messages in the engine's hands.
    pub(super) fn pending_messages(&self) -> usize {
        self.pools.iter().map(|pool| pool.any.messages()).sum()
    }
}

/// Whose messages all travel for the same span, and which.
fn plain(family: Family, network: &Network) -> (Family, Span) {
    network.plain_latency().map_or((Family::NOBODY, Span::ZERO), |span| (family, span))
}

/// Where the event list keeps messages under the usual latency.
fn link_lane(latency: &Latency) -> Lane {
    match *latency {
        Latency::ZERO => Lane::Now,
        Latency::Fixed(_) => Lane::Link,
        _ => Lane::None,
    }
}
