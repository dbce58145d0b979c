//! The capacity of a resource over time.

use crate::schedule::Schedule;
use crate::time::VirtualTime;
use std::cell::Cell;

/// What happens to those who hold units when there are fewer than they hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shortage {
    /// They finish: units go when they are given back.
    #[default]
    Finish,
    /// Claims that [yield](crate::resource::Claim::yielding) lose their units at once, the least
    /// urgent and latest first, as to a more urgent claim: [`Resource::serve`] goes on when there
    /// are units again, or gives up, as its claim says. Others finish.
    ///
    /// [`Resource::serve`]: crate::Resource::serve
    Preempt,
}

/// A capacity that follows a schedule.
///
/// It is looked up when the resource is used, so a change costs no event, and a schedule that
/// repeats for ever does not keep a run going. There is an event for the next change only while
/// claims wait that it can serve, or units are held that it takes away.
pub(crate) struct Shifts {
    schedule: Schedule<u64>,
    /// Up to when the facility knows the capacity.
    known: VirtualTime,
    /// The capacity then, and when it changes next.
    current: u64,
    next: Option<VirtualTime>,
    /// While a line waits, the same is looked for at each event.
    looked: Cell<Option<Looked>>,
}

/// That the first change after `since` to at least `least` units is at `first`. It is the first
/// after all times in between, too.
#[derive(Clone, Copy)]
struct Looked {
    least: u64,
    since: VirtualTime,
    first: Option<VirtualTime>,
}

impl Shifts {
    pub(crate) fn new(schedule: Schedule<u64>, now: VirtualTime) -> Self {
        let (current, next) = (*schedule.at(now), schedule.change_after(now));
        Self { schedule, known: now, current, next, looked: Cell::new(None) }
    }

    /// Whether there are changes up to now that the facility does not know.
    #[inline]
    pub(super) fn has_changed(&self, now: VirtualTime) -> bool {
        self.next.is_some_and(|next| next <= now)
    }

    pub(super) fn capacity(&self, time: VirtualTime) -> u64 {
        let is_current = self.known <= time && !self.has_changed(time);
        if is_current { self.current } else { *self.schedule.at(time) }
    }

    /// The largest capacity that it ever has.
    pub(super) fn most(&self) -> u64 {
        self.schedule.values().copied().max().unwrap_or(0)
    }

    /// The changes up to now that the facility does not know, each with the capacity from then on.
    pub(super) fn changes(&self, now: VirtualTime) -> impl Iterator<Item = (VirtualTime, u64)> {
        let until_now = move |at: &VirtualTime| *at <= now;
        let next = move |at: &VirtualTime| self.schedule.change_after(*at).filter(until_now);
        let times = std::iter::successors(self.next.filter(until_now), next);
        times.map(|at| (at, *self.schedule.at(at)))
    }

    /// The same; the facility knows them then.
    pub(super) fn pass(&mut self, now: VirtualTime) -> Vec<(VirtualTime, u64)> {
        let changes: Vec<_> = self.changes(now).collect();
        if let Some((last, current)) = changes.last() {
            (self.known, self.current) = (*last, *current);
            self.next = self.schedule.change_after(*last);
        }
        changes
    }

    /// The first step after now to at least so many units.
    pub(super) fn first_with(&self, now: VirtualTime, least: u64) -> Option<VirtualTime> {
        let holds = |last: &Looked| {
            let (since, first) = (last.since, last.first.unwrap_or(VirtualTime::MAX));
            last.least == least && since <= now && now < first
        };
        if let Some(last) = self.looked.get().filter(holds) {
            return last.first;
        }
        let first = self.first(now, |capacity| capacity >= least);
        self.looked.set(Some(Looked { least, since: now, first }));
        first
    }

    /// The first change after now to a capacity that is wanted.
    pub(super) fn first(
        &self,
        now: VirtualTime,
        wanted: impl Fn(u64) -> bool,
    ) -> Option<VirtualTime> {
        self.schedule.first_after(now, |capacity| wanted(*capacity))
    }
}
