//! What happens to the units of a resource by itself: changes of a schedule, and use that was waited
//! for.

use crate::actor::ActorId;
use crate::event_list::Lane;
use crate::features::Kernel;
use crate::line::Facility;
use crate::resource::shifts::Shortage;
use crate::resource::units::Units;
use crate::store::Op;
use crate::time::{Span, VirtualTime};

/// Marks the event by which a resource looks at its line when its capacity changes.
const LOOK: u64 = 1;

impl Units {
    /// The changes of the capacity up to now that the facility does not know.
    pub(super) fn changes(&self, now: VirtualTime) -> impl Iterator<Item = (VirtualTime, u64)> {
        let changes = self.shifts.as_ref().map(|shifts| shifts.changes(now));
        let changes = changes.into_iter().flatten();
        changes.map(|(at, planned)| (at, planned.saturating_sub(self.down)))
    }

    /// Makes the facility have the capacity of now.
    #[inline]
    pub(super) fn keep_up(&mut self, now: VirtualTime) {
        if self.shifts.as_ref().is_some_and(|shifts| shifts.has_changed(now)) {
            self.pass_changes(now);
        }
    }

    #[cold]
    #[inline(never)]
    fn pass_changes(&mut self, now: VirtualTime) {
        let changes = self.shifts.as_mut().map(|shifts| shifts.pass(now));
        for (at, planned) in changes.into_iter().flatten() {
            self.planned = planned;
            self.change_capacity(at, self.shortage);
        }
    }

    /// Makes the facility have as many units as are planned and not down. Those in service who
    /// finish may stay; units that are to be taken away are taken when the line is served.
    pub(super) fn change_capacity(&mut self, now: VirtualTime, shortage: Shortage) {
        let capacity = self.planned.saturating_sub(self.down);
        let Facility { capacity: before, in_use, .. } = self.facility;
        self.facility.set_capacity(now, capacity);
        if capacity < before {
            self.over = in_use.saturating_sub(match shortage {
                Shortage::Finish => capacity,
                Shortage::Preempt => before,
            });
        }
    }

    /// How many units there are, or the most that the schedule ever has.
    pub(super) fn could_fail(&self) -> u64 {
        self.shifts.as_ref().map_or(self.planned, |shifts| shifts.most())
    }

    /// How many units wear: those in use but for those that are down, on which work is finished.
    pub(super) fn worn(&self) -> u64 {
        self.facility.in_use.min(self.most.saturating_sub(self.down))
    }

    /// Whether there can be events that are planned.
    pub(super) fn plans(&self) -> bool {
        self.shifts.is_some() || self.wear.is_some()
    }

    /// When the capacity changes next by a schedule.
    pub(super) fn next_change(&self, now: VirtualTime) -> Option<VirtualTime> {
        let now_there = self.capacity(now);
        self.shifts.as_ref()?.first(now, |there| there.saturating_sub(self.down) != now_there)
    }

    /// Whether the capacity changes by a schedule at a later time.
    pub(super) fn changes_at(&self, time: VirtualTime) -> bool {
        self.capacity(time) != self.capacity(time - Span::from_nanos(1))
    }

    /// Schedules a look at the next time at which something happens by itself: a change of the
    /// capacity serves the first claim or takes units away, or there was enough use. There is one
    /// such event at most, so that a schedule does not keep a run going.
    pub(super) fn plan(&mut self, kernel: &mut Kernel, id: ActorId) {
        let serves = if self.several.is_empty() {
            self.facility.needed().and_then(|needed| self.first_with(kernel.now, needed))
        } else {
            self.next_time_for_several(kernel, id)
        };
        self.plan_for(kernel, id, serves);
    }

    /// The next change of the schedule to that many units or more.
    pub(super) fn first_with(&self, now: VirtualTime, needed: u64) -> Option<VirtualTime> {
        let least = if needed == 0 { 0 } else { needed.checked_add(self.down)? };
        self.shifts.as_ref()?.first_with(now, least)
    }

    /// The same as `plan`, if the time is known at which a change serves a claim.
    pub(super) fn plan_for(
        &mut self,
        kernel: &mut Kernel,
        id: ActorId,
        serves: Option<VirtualTime>,
    ) {
        let in_use = self.facility.in_use;
        let takes = self.shifts.as_ref().and_then(|shifts| {
            let takes = self.shortage == Shortage::Preempt && self.facility.any_yields();
            let fewer = |planned: u64| planned.saturating_sub(self.down) < in_use;
            takes.then(|| shifts.first(kernel.now, fewer)).flatten()
        });
        let change = earlier(serves, takes);
        let in_wear = self.worn();
        let worn = self.wear.as_mut().and_then(|wear| {
            wear.pass(kernel.now, in_wear);
            wear.wake_due(kernel);
            wear.next()
        });
        let wanted = earlier(change, worn);
        let planned = self.look.filter(|(at, _)| *at > kernel.now);
        if planned.map(|(at, _)| at) == wanted {
            return;
        }
        if let Some((_, cell)) = planned {
            kernel.cancel_if(id, Op::TAKE, LOOK, cell);
        }
        self.look = wanted.map(|at| {
            let cell = kernel.put_word(id, Op::TAKE, LOOK);
            kernel.schedule(at, Lane::None, id.class(), cell);
            (at, cell)
        });
    }
}

/// The earlier of two times that there may be. Written out, because each claim comes
/// here, and a chain of iterators is not inlined.
fn earlier(one: Option<VirtualTime>, other: Option<VirtualTime>) -> Option<VirtualTime> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
