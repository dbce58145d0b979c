//! Sending where messages do not all travel alike: drawn latencies, links of
//! their own, and what a fault plan does to messages, holds and lives.

use super::core::Core;
use super::pool::{EventKind, NONE};
use crate::actor::{ActorId, Message};
use crate::digest::Digest;
use crate::event_list::Lane;
use crate::network::{End, Journey, Latency};
use crate::record::RecordKind;
use crate::tie::Thing;
use crate::time::{Span, VirtualTime};
use std::fmt;

/// When something is due, and its lane; `None` is past the end of time.
type Due = Option<(VirtualTime, Lane)>;

impl Core {
    /// Sends a message over its link; the cell it is in, `NONE` if it does
    /// not arrive.
    #[inline(always)]
    pub(super) fn send<M: Message>(
        &mut self,
        from: ActorId,
        to: ActorId,
        kind: EventKind,
        message: M,
    ) -> u32 {
        match self.plain_arrival() {
            Some(due) => self.post(Some(due), from, to, kind, message),
            None => self.send_by_link(from, to, kind, message),
        }
    }

    /// Sends a message that does not travel as all others do.
    #[inline(never)]
    pub(super) fn send_by_link<M: Message>(
        &mut self,
        from: ActorId,
        to: ActorId,
        kind: EventKind,
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
            Journey::Doubled(time, copy) if kind != EventKind::Request => {
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
            // The copy is no message that anyone sent.
            self.counts.sent -= 1;
            self.post_on_link((time, self.lane(time)), from, to, kind, message);
        }
        cell
    }

    /// When an answer given now arrives, of so many bytes; `Err` if its link
    /// loses it.
    #[inline]
    pub(super) fn answer_arrival(
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

    /// When something arrives that no plan touches, after what was sent on
    /// its link before.
    pub(super) fn arrival(&mut self, from: ActorId, to: ActorId) -> Due {
        if let Some(due) = self.plain_arrival() {
            return Some(due);
        }
        let (from, to) = self.ends(from, to);
        match self.network.arrival(self.now, from, to) {
            Some(time) => {
                let usual = matches!(self.config.latency, Latency::Fixed(span)
                    if self.now.checked_add(span) == Some(time));
                Some((time, if usual { self.link_lane } else { Lane::None }))
            }
            None => self.overflow(),
        }
    }

    /// The ends of a link; paths are looked up only where links need them.
    #[inline]
    pub(super) fn ends(&self, from: ActorId, to: ActorId) -> (End, End) {
        if self.network.needs_paths() && self.pools.get(to.class() as usize).is_some() {
            (self.directory.end(from), self.directory.end(to))
        } else {
            (End::without_path(from), End::without_path(to))
        }
    }

    // --- what a plan does --------------------------------------------------

    /// Whether a plan could touch a message: there is one, and both live. An
    /// actor has no link to itself.
    fn has_planned_link(&mut self, from: ActorId, to: ActorId) -> bool {
        let Some(faults) = self.network.faults.as_mut().filter(|faults| faults.on_links()) else {
            return false;
        };
        if from == to {
            return false;
        }
        self.ties.marks.sees(Thing::Lives);
        let directory = &self.directory;
        let lives = |id| directory.is_alive(id);
        if !lives(from) || !lives(to) {
            return false;
        }
        if !faults.knows_link(from, to) {
            let ends = (directory.end(from), directory.end(to));
            faults.add_link(ends.0, ends.1, |id| directory.path(id).to_string(), lives);
        }
        true
    }

    fn journey(&mut self, from: ActorId, to: ActorId, bytes: &dyn Fn() -> u64) -> Journey {
        let (from, to) = self.ends(from, to);
        self.network.journey(self.now, from, to, bytes)
    }

    /// Accounts for a message that is sent and never seen again.
    fn lose_on_link<M: Message>(&mut self, from: ActorId, to: ActorId, message: &M) {
        self.counts.sent += 1;
        self.counts.lost += 1;
        self.record_message(RecordKind::Lost, from, to, message);
    }

    /// Lets the plan choose when an actor that was just born, or restarted,
    /// crashes. The crash that made a restart necessary does not happen again.
    #[cold]
    #[inline(never)]
    pub(super) fn plan_crashes(&mut self, id: ActorId, restarted: bool) {
        let Some(faults) = self.network.faults.as_ref().filter(|faults| faults.on_births()) else {
            return;
        };
        let path = self.directory.path(id).to_string();
        for time in faults.crashes(self.now, self.directory.end(id), &path) {
            if restarted && time == self.now {
                continue;
            }
            let due = Some((time, self.lane(time)));
            self.schedule_plain(due, id, EventKind::Crash);
        }
    }

    /// How long a hold of `span` that begins now takes an actor that is slow.
    #[cold]
    #[inline(never)]
    pub(super) fn slow_hold(&mut self, who: ActorId, span: Span) -> Span {
        let faults = self.network.faults.as_mut().expect("whatever slows is a plan");
        let directory = &self.directory;
        let path = |id| directory.path(id).to_string();
        let end = faults.end_of_hold(self.now, who, span, path, |id| directory.is_alive(id));
        match end {
            Some(end) => end - self.now,
            None => {
                self.overflow();
                Span::MAX
            }
        }
    }
}

/// An answer that was lost, as records show it: what it said was not a message
/// yet.
pub(super) struct LostAnswer;

impl fmt::Debug for LostAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }
}

impl Message for LostAnswer {
    fn digest(&self, _: &mut Digest) {}
}
