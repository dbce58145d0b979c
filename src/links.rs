//! Sending where messages do not all travel for the same span: random latencies, separate links,
//! and what a fault plan does.

use crate::actor::{ActorId, ActorRef, End, Family, Message};
use crate::digest::Digest;
use crate::event_list::Lane;
use crate::features::Kernel;
use crate::kernel::put_message;
use crate::network::{Journey, Latency};
use crate::record::RecordKind;
use crate::store::{NONE, Op};
use crate::tie::Thing;
use crate::time::{Span, VirtualTime};
use std::fmt;

/// When an event is due, and its lane; `None` is past the end of time.
type Due = Option<(VirtualTime, Lane)>;

impl Kernel {
    /// Computes how messages travel, after a change.
    pub(crate) fn settle_latency(&mut self) {
        self.features.links.settle(self.family, &self.config.latency);
    }

    /// When a message that is sent now arrives, if all travel for the same span. `None` otherwise,
    /// and past the end of time.
    #[inline(always)]
    pub(crate) fn plain_arrival(&self) -> Due {
        if self.travels_alike() { self.plain_due() } else { None }
    }

    #[inline(always)]
    fn plain_due(&self) -> Due {
        let time = self.now.checked_add(self.features.links.plain_span)?;
        Some((time, self.features.links.lane))
    }

    /// Whether all messages travel for the same span.
    #[inline(always)]
    pub(crate) fn travels_alike(&self) -> bool {
        !self.features.links.plain_family.is(Family::NOBODY)
    }

    /// The same for a message to that actor, if it is of this simulation.
    #[inline(always)]
    pub(crate) fn plain_arrival_at<M>(&self, to: &ActorRef<M>) -> Due {
        if to.family().is(self.features.links.plain_family) { self.plain_due() } else { None }
    }

    /// Sends a message over its link. Returns its cell, or `NONE` if it does not arrive.
    #[inline(always)]
    pub(crate) fn send<M: Message>(
        &mut self,
        from: ActorId,
        to: ActorId,
        kind: Op,
        message: M,
    ) -> u32 {
        match self.plain_arrival() {
            Some(due) => self.post(Some(due), from, to, kind, message),
            None => self.send_by_link(from, to, kind, message),
        }
    }

    /// Sends a message where not all travel for the same span.
    #[inline(never)]
    pub(crate) fn send_by_link<M: Message>(
        &mut self,
        from: ActorId,
        to: ActorId,
        kind: Op,
        message: M,
    ) -> u32 {
        if !self.has_planned_link(from, to) {
            return match self.arrival(from, to) {
                Some(due) => self.post_on_link(due, from, to, kind, message),
                None => NONE,
            };
        }
        let (time, copy) = match self.journey(from, to, &|| message.size()) {
            Journey::Arrives(time) => (time, None),
            Journey::Doubled(time, copy) if kind != Op::REQUEST => {
                (time, message.duplicate().map(|message| (copy, message)))
            }
            Journey::Doubled(time, _) => (time, None),
            Journey::Lost => {
                self.lose_on_link(from, to, &message);
                return NONE;
            }
            Journey::Never => {
                self.overflow();
                return NONE;
            }
        };
        let cell = self.post_on_link((time, self.lane(time)), from, to, kind, message);
        if let Some((time, message)) = copy {
            self.record_message(RecordKind::Duplicated, from, to, &message);
            self.counts.duplicated += 1;
            // No actor has sent the copy, so it is not counted as sent.
            self.counts.sent -= 1;
            self.post_on_link((time, self.lane(time)), from, to, kind, message);
        }
        cell
    }

    /// When an answer of that size that is given now arrives; `Err` if its link loses it.
    #[inline]
    pub(crate) fn answer_arrival(
        &mut self,
        from: ActorId,
        to: ActorId,
        bytes: u64,
    ) -> Result<Due, LostAnswer> {
        match self.plain_arrival() {
            Some(due) => Ok(Some(due)),
            None => self.answer_by_link(from, to, bytes),
        }
    }

    #[inline(never)]
    fn answer_by_link(
        &mut self,
        from: ActorId,
        to: ActorId,
        bytes: u64,
    ) -> Result<Due, LostAnswer> {
        if !self.has_planned_link(from, to) {
            return Ok(self.arrival(from, to));
        }
        match self.journey(from, to, &|| bytes) {
            Journey::Arrives(time) | Journey::Doubled(time, _) => Ok(Some((time, self.lane(time)))),
            Journey::Never => Ok(self.overflow()),
            Journey::Lost => {
                self.lose_on_link(from, to, &LostAnswer);
                Err(LostAnswer)
            }
        }
    }

    /// When a message arrives that no plan touches: after the earlier messages on its link.
    pub(crate) fn arrival(&mut self, from: ActorId, to: ActorId) -> Due {
        self.mark_sender(from);
        if let Some(due) = self.plain_arrival() {
            return Some(due);
        }
        let (from, to) = self.ends(from, to);
        match self.features.links.network.arrival(self.now, from, to) {
            Some(time) => {
                let usual = matches!(self.config.latency, Latency::Fixed(span)
                    if self.now.checked_add(span) == Some(time));
                Some((time, if usual { self.features.links.lane } else { Lane::None }))
            }
            None => self.overflow(),
        }
    }

    /// Notes the sender for a search. It is mostly the receiver of the current event, which is
    /// noted anyway. But notices of a death may have other senders. Messages from one actor to
    /// another keep their order, and draw from one stream.
    fn mark_sender(&self, from: ActorId) {
        let marks = &self.ties.marks;
        if !marks.are_on() {
            return;
        }
        marks.uses(Thing::Actor(from));
        if !self.entities.is_on_books(from) {
            // Without an entry, it draws from the stream of the outside.
            marks.uses(Thing::Actor(ActorId::OUTSIDE));
        }
        if self.features.links.network.names_links() {
            // An actor whose place was used again has no path, and so no link.
            marks.sees(Thing::Reuse);
        }
    }

    /// The ends of a link; paths are looked up only where links need them.
    #[inline]
    pub(crate) fn ends(&self, from: ActorId, to: ActorId) -> (End, End) {
        if self.features.links.network.needs_paths()
            && self.pools.get(to.class() as usize).is_some()
        {
            (self.entities.end(from), self.entities.end(to))
        } else {
            (End::without_path(from), End::without_path(to))
        }
    }

    /// Sends a kill, or the notice that an owner died.
    pub(crate) fn post_death(&mut self, from: ActorId, to: ActorId, kind: Op) {
        let due = self.news_arrival(from, to);
        self.schedule_plain(due, to, kind);
    }

    /// When a kill or the notice of a death arrives; it overtakes messages.
    pub(crate) fn news_arrival(&mut self, from: ActorId, to: ActorId) -> Due {
        self.mark_sender(from);
        let (from, to) = self.ends(from, to);
        match self.features.links.network.unordered_arrival(self.now, from, to) {
            Some(time) => Some((time, self.lane(time))),
            None => self.overflow(),
        }
    }

    /// Interrupts a process; without latency, right after the current event.
    pub(crate) fn interrupt<M: Message>(&mut self, from: ActorId, to: ActorId, message: M) {
        match self.plain_arrival() {
            Some(due) => self.post_on_link(due, from, to, Op::INTERRUPT, message),
            None => self.send_by_link(from, to, Op::INTERRUPT, message),
        };
    }

    /// Sends a message that its link has let through. An interrupt that arrives now is urgent, on
    /// every link.
    pub(crate) fn post_on_link<M: Message>(
        &mut self,
        due: (VirtualTime, Lane),
        from: ActorId,
        to: ActorId,
        kind: Op,
        message: M,
    ) -> u32 {
        let is_urgent = kind == Op::INTERRUPT && due.0 == self.now;
        if !is_urgent || self.pool::<M>(to.class()).is_none() {
            return self.post(Some(due), from, to, kind, message);
        }
        let pool = self.shared_pool::<M>(to.class());
        let cell = put_message(&pool, self, from, to, kind, message);
        self.counts.sent += 1;
        self.make_urgent(to.class(), cell);
        cell
    }

    // --- what a plan does --------------------------------------------------

    /// Whether a plan could touch a message: there is one, and both actors live. An actor has no
    /// link to itself.
    fn has_planned_link(&mut self, from: ActorId, to: ActorId) -> bool {
        let Some(faults) =
            self.features.links.network.faults.as_mut().filter(|faults| faults.on_links)
        else {
            return false;
        };
        if from == to {
            return false;
        }
        self.ties.marks.sees(Thing::Lives);
        let entities = &self.entities;
        let lives = |id| entities.is_alive(id);
        if !lives(from) || !lives(to) {
            return false;
        }
        if !faults.knows_link(from, to) {
            let ends = (entities.end(from), entities.end(to));
            faults.add_link(ends.0, ends.1, |id| entities.path(id).to_string(), lives);
        }
        true
    }

    fn journey(&mut self, from: ActorId, to: ActorId, bytes: &dyn Fn() -> u64) -> Journey {
        let (from, to) = self.ends(from, to);
        self.features.links.network.journey(self.now, from, to, bytes)
    }

    /// Counts and records a message that a link loses.
    fn lose_on_link<M: Message>(&mut self, from: ActorId, to: ActorId, message: &M) {
        self.counts.sent += 1;
        self.counts.lost += 1;
        self.record_message(RecordKind::Lost, from, to, message);
    }

    /// Lets the plan choose when an actor that was just born or restarted crashes. The crash that
    /// caused a restart does not happen again.
    #[cold]
    #[inline(never)]
    pub(crate) fn plan_crashes(&mut self, id: ActorId, restarted: bool) {
        let Some(faults) =
            self.features.links.network.faults.as_ref().filter(|faults| faults.on_births)
        else {
            return;
        };
        let path = self.entities.path(id).to_string();
        for time in faults.crashes(self.now, self.entities.end(id), &path) {
            if restarted && time == self.now {
                continue;
            }
            let due = Some((time, self.lane(time)));
            self.schedule_plain(due, id, Op::CRASH);
        }
    }

    /// How long a hold of `span` that begins now takes, if a plan makes the actor slow.
    #[cold]
    #[inline(never)]
    pub(crate) fn slow_hold(&mut self, who: ActorId, span: Span) -> Span {
        let faults = self.features.links.network.faults.as_mut().expect("whatever slows is a plan");
        let entities = &self.entities;
        let path = |id| entities.path(id).to_string();
        let end = faults.end_of_hold(self.now, who, span, path, |id| entities.is_alive(id));
        match end {
            Some(end) => end - self.now,
            None => {
                self.overflow();
                Span::MAX
            }
        }
    }
}

/// A lost answer, in records. It was not a message yet, so its contents are not shown.
pub(crate) struct LostAnswer;

impl fmt::Debug for LostAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }
}

impl Message for LostAnswer {
    fn digest(&self, _: &mut Digest) {}
}
