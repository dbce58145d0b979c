//! Applies a fault plan to messages and actors.

use super::rule::{Kind, LinkFaults, Rule, Since};
use super::slow::end_of_work;
use super::{FaultPlan, Latency, PRUNE_MIN};
use crate::actor::{ActorId, End};
use crate::random::{Half, Stream, StreamName, hash_child};
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journey {
    Arrives(VirtualTime),
    /// It and a copy arrive.
    Doubled(VirtualTime, VirtualTime),
    Lost,
    /// It would arrive past the end of virtual time.
    Never,
}

/// How a message passes a link that rules match.
pub(super) struct Passage {
    /// When the link has transmitted it; `None` is past the end of time.
    pub(super) departs: Option<VirtualTime>,
    pub(super) lost: bool,
    pub(super) latency: Span,
    /// The latency of its copy, if there is one.
    pub(super) copy: Option<Span>,
}

/// What a link draws, each from its own stream.
#[derive(Clone, Copy)]
enum Draw {
    Loss,
    Duplicate,
    Latency,
    CopyLatency,
}

/// The state of a link that rules match.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Link {
    /// Numbers of the rules, in order.
    pub(super) rules: Box<[u32]>,
    /// When the last message is transmitted.
    pub(super) free: VirtualTime,
    /// Names its streams, from the lives of its ends.
    pub(super) name: u64,
    pub(super) incarnation: u32,
    /// By [`Draw`]; each is opened at its first draw.
    pub(super) streams: [Option<Box<Stream>>; 4],
}

/// A plan, and the state that it needs.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    seed: u64,
    half: Half,
    pub(super) rules: Box<[Rule]>,
    /// Whether it has rules about messages.
    pub(crate) on_links: bool,
    /// Whether it has rules that apply when an actor is spawned.
    pub(crate) on_births: bool,
    /// Whether it has rules about holds.
    pub(crate) on_holds: bool,
    /// The used links between living actors; `None` if no rule matches the link.
    pub(super) links: FxHashMap<(ActorId, ActorId), Option<Box<Link>>>,
    pub(super) prune_links_at: usize,
    /// Numbers of the rules by which an actor is slow.
    slow: FxHashMap<ActorId, Box<[u32]>>,
    prune_slow_at: usize,
}

impl Faults {
    /// `None` if the plan is empty.
    pub(crate) fn new(seed: u64, half: Half, plan: &FaultPlan) -> Option<Self> {
        let rules = plan.rules();
        let on = |wanted: fn(&Kind) -> bool| rules.iter().any(|rule| wanted(&rule.0));
        (!rules.is_empty()).then(|| Self {
            seed,
            half,
            on_links: on(|kind| matches!(kind, Kind::Link { .. } | Kind::Partition { .. })),
            on_births: on(|kind| matches!(kind, Kind::Crash { .. })),
            on_holds: on(|kind| matches!(kind, Kind::Slow { .. })),
            rules: rules.into(),
            links: FxHashMap::default(),
            prune_links_at: PRUNE_MIN,
            slow: FxHashMap::default(),
            prune_slow_at: PRUNE_MIN,
        })
    }

    /// Changes the seed of all later draws.
    pub(super) fn reseed(&mut self, seed: u64) {
        self.seed = seed;
        for link in self.links.values_mut().flatten() {
            link.streams.iter_mut().flatten().for_each(|stream| stream.rekey(seed));
        }
    }

    /// The numbers of the rules that `wanted` accepts.
    fn numbers(&self, wanted: impl Fn(&Kind) -> bool) -> Box<[u32]> {
        (0..).zip(&self.rules).filter(|(_, rule)| wanted(&rule.0)).map(|(n, _)| n).collect()
    }

    // --- links -------------------------------------------------------------

    /// Whether [`add_link`](Self::add_link) was called for that link.
    pub(crate) fn knows_link(&self, from: ActorId, to: ActorId) -> bool {
        self.links.contains_key(&(from, to))
    }

    /// Finds the rules that match the link between two living actors. `path` prints the
    /// path of an actor, and `lives` says whether it lives.
    pub(crate) fn add_link(
        &mut self,
        from: End,
        to: End,
        path: impl Fn(ActorId) -> String,
        lives: impl Fn(ActorId) -> bool,
    ) {
        if self.links.len() >= self.prune_links_at {
            // The identifiers of dead actors are not used again.
            self.links.retain(|(from, to), _| lives(*from) && lives(*to));
            self.prune_links_at = PRUNE_MIN.max(2 * self.links.len());
        }
        let (sender, receiver) = (path(from.id), path(to.id));
        let rules = self.numbers(|kind| match kind {
            Kind::Link { from, to, .. } => from.matches(&sender) && to.matches(&receiver),
            Kind::Partition { sides: [one, other], .. } => {
                let on =
                    |side: &[crate::actor::Pattern], path| side.iter().any(|p| p.matches(path));
                (on(one, &sender) && on(other, &receiver))
                    || (on(other, &sender) && on(one, &receiver))
            }
            _ => false,
        });
        let link = (!rules.is_empty()).then(|| {
            let name = hash_child(from.life.lineage, to.life.lineage, Some(to.life.incarnation));
            let (free, streams) = (VirtualTime::ZERO, Default::default());
            Box::new(Link { rules, free, name, incarnation: from.life.incarnation, streams })
        });
        self.links.insert((from.id, to.id), link);
    }

    /// How a message of `bytes` bytes passes a link; `None` if no rule matches the link.
    /// `base` is the latency without the plan: the model, and the span drawn from it.
    pub(super) fn pass(
        &mut self,
        now: VirtualTime,
        ends: (ActorId, ActorId),
        bytes: &dyn Fn() -> u64,
        (model, usual): (&Latency, Span),
    ) -> Option<Passage> {
        let Self { seed, half, rules, links, .. } = self;
        let link = links.get_mut(&ends)?.as_deref_mut()?;
        let run = (*seed, *half);
        let partitioned = link.rules.iter().any(|number| match &rules[*number as usize].0 {
            Kind::Partition { window, .. } => window.contains(now),
            _ => false,
        });
        let loss = link.last(rules, now, |faults| faults.loss);
        let duplicate = link.last(rules, now, |faults| faults.duplicate);
        let latency = link.last(rules, now, |faults| faults.latency.as_ref());
        let bandwidth = link.last(rules, now, |faults| faults.bandwidth);
        let size = link.last(rules, now, |faults| faults.size);
        // Everything is drawn, also for a lost message, so that no part of a rule
        // changes the draws of another part.
        let lost = loss.is_some_and(|p| link.stream(run, Draw::Loss).chance(p));
        let doubled = duplicate.is_some_and(|p| link.stream(run, Draw::Duplicate).chance(p));
        let copy_latency =
            duplicate.map(|_| latency.unwrap_or(model).draw(link.stream(run, Draw::CopyLatency)));
        let latency =
            latency.map_or(usual, |latency| latency.draw(link.stream(run, Draw::Latency)));
        let departs = match bandwidth {
            None => Some(now.max(link.free)),
            Some(rate) => transmitted(now.max(link.free), size.unwrap_or_else(bytes), rate),
        };
        // Past the end of virtual time, the run ends.
        link.free = departs.unwrap_or(VirtualTime::MAX);
        let copy = copy_latency.filter(|_| doubled);
        Some(Passage { departs, lost: lost || partitioned, latency, copy })
    }

    // --- actors ------------------------------------------------------------

    /// When an actor that is spawned now will crash.
    pub(crate) fn crashes(&self, now: VirtualTime, who: End, path: &str) -> Vec<VirtualTime> {
        let crash = |rule: &Rule| {
            let Kind::Crash { who: pattern, since, span } = &rule.0 else { return None };
            if !pattern.matches(path) {
                return None;
            }
            // The distribution names the stream, so that no rule changes another rule's draws.
            let mut purpose = String::new();
            let start = match since {
                Since::Start => VirtualTime::ZERO,
                Since::Birth => now,
            };
            write!(purpose, "crash {since:?} {span}").expect("a string takes all");
            let name = StreamName {
                seed: self.seed,
                replication: self.half.replication,
                actor: who.life.lineage,
                incarnation: who.life.incarnation,
                purpose: &purpose,
            };
            let mut stream = Stream::of_engine(&name, self.half);
            start.checked_add(span.draw(&mut stream)).filter(|time| *time >= now)
        };
        self.rules.iter().filter_map(crash).collect()
    }

    /// When a hold of `span` that an actor begins now ends; `None` past the end of
    /// virtual time.
    pub(crate) fn end_of_hold(
        &mut self,
        now: VirtualTime,
        who: ActorId,
        span: Span,
        path: impl Fn(ActorId) -> String,
        lives: impl Fn(ActorId) -> bool,
    ) -> Option<VirtualTime> {
        if !self.slow.contains_key(&who) {
            if self.slow.len() >= self.prune_slow_at {
                self.slow.retain(|who, _| lives(*who));
                self.prune_slow_at = PRUNE_MIN.max(2 * self.slow.len());
            }
            let path = path(who);
            let about = |kind: &Kind| match kind {
                Kind::Slow { who, .. } => who.matches(&path),
                _ => false,
            };
            let numbers = self.numbers(about);
            self.slow.insert(who, numbers);
        }
        let numbers = &self.slow[&who];
        if numbers.is_empty() {
            return now.checked_add(span);
        }
        let rule = |number: &u32| match &self.rules[*number as usize].0 {
            Kind::Slow { factor, window, .. } => Some((*factor, *window)),
            _ => None,
        };
        let rules: Vec<_> = numbers.iter().filter_map(rule).collect();
        end_of_work(now, span, &rules)
    }
}

impl Link {
    /// The value of that part in the last rule that applies now and has the part.
    fn last<'a, T>(
        &self,
        rules: &'a [Rule],
        now: VirtualTime,
        part: impl Fn(&'a LinkFaults) -> Option<T>,
    ) -> Option<T> {
        self.rules.iter().rev().find_map(|number| match &rules[*number as usize].0 {
            Kind::Link { faults, .. } if faults.applies(now) => part(faults),
            _ => None,
        })
    }

    fn stream(&mut self, (seed, half): (u64, Half), draw: Draw) -> &mut Stream {
        let (actor, incarnation) = (self.name, self.incarnation);
        self.streams[draw as usize].get_or_insert_with(|| {
            let purpose = match draw {
                Draw::Loss => "loss",
                Draw::Duplicate => "duplicate",
                Draw::Latency => "link latency",
                Draw::CopyLatency => "copy latency",
            };
            let replication = half.replication;
            let name = StreamName { seed, replication, actor, incarnation, purpose };
            Box::new(Stream::of_engine(&name, half))
        })
    }
}

/// When a link that is free at `start` has transmitted `bytes` bytes. The transmission
/// time is rounded up to a whole nanosecond.
fn transmitted(start: VirtualTime, bytes: u64, per_second: u64) -> Option<VirtualTime> {
    let nanos = (u128::from(bytes) * 1_000_000_000).div_ceil(u128::from(per_second));
    start.checked_add(Span::from_nanos(u64::try_from(nanos).ok()?))
}
