//! The capacity of a resource over time.

use crate::schedule::Schedule;
use crate::time::VirtualTime;

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
}

impl Shifts {
    pub(crate) fn new(schedule: Schedule<u64>, now: VirtualTime) -> Self {
        Self { schedule, known: now }
    }

    pub(super) fn capacity(&self, now: VirtualTime) -> u64 {
        *self.schedule.at(now)
    }

    /// The largest capacity that it ever has.
    pub(super) fn most(&self) -> u64 {
        self.schedule.values().copied().max().unwrap_or(0)
    }

    /// The changes up to now that the facility does not know, each with the capacity from then on.
    pub(super) fn changes(&self, now: VirtualTime) -> impl Iterator<Item = (VirtualTime, u64)> {
        let next = move |at: VirtualTime| self.schedule.change_after(at).filter(|at| *at <= now);
        let times = std::iter::successors(next(self.known), move |at| next(*at));
        times.map(|at| (at, self.capacity(at)))
    }

    /// The same; the facility knows them then.
    pub(super) fn pass(&mut self, now: VirtualTime) -> Vec<(VirtualTime, u64)> {
        let changes: Vec<_> = self.changes(now).collect();
        if let Some((last, _)) = changes.last() {
            self.known = *last;
        }
        changes
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
