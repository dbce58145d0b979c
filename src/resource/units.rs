//! The units of a resource in the kernel: claims, grants, and the capacity.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::{AnyResource, Kernel};
use crate::line::{Claim, Facility, Known, LineFull, Reported, ResourceStatistics, Ticket, Usage};
use crate::process::Waiter;
use crate::resource::held::Held;
use crate::resource::preempted::Preempted;
use crate::resource::several::Several;
use crate::resource::shifts::{Shifts, Shortage};
use crate::resource::user::{Displaced, User};
use crate::resource::wear::Wear;
use crate::tie::Thing;
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) struct Units {
    pub(crate) facility: Facility<User>,
    /// The most units that there have been or will be: a claim for more can never be granted.
    pub(super) most: u64,
    /// How many units there are, with those that are down.
    pub(super) planned: u64,
    /// How many units are down.
    pub(super) down: u64,
    pub(super) shifts: Option<Box<Shifts>>,
    pub(super) wear: Option<Box<Wear>>,
    /// When the next planned look is, and the cell of its event.
    pub(super) look: Option<(VirtualTime, u32)>,
    /// What a change of the schedule does to those in service.
    pub(super) shortage: Shortage,
    /// How many units may be in use beyond the capacity, until they are given back: set whenever
    /// the capacity falls.
    pub(super) over: u64,
    /// Losses, by ticket, until the `Held` is dropped.
    pub(crate) lost: FxHashMap<Ticket, Rc<Preempted>>,
    /// The places to come back to, at the instant of the last loss.
    pub(super) displaced: Vec<Displaced>,
    /// At most so many claims wait.
    pub(super) limit: usize,
    /// The claims in the line that wait in other lines, too.
    pub(super) several: BTreeMap<Ticket, Rc<Several>>,
}

impl Units {
    pub(crate) fn new(capacity: u64, now: VirtualTime) -> Self {
        Self {
            facility: Facility::new(capacity, now),
            most: capacity,
            planned: capacity,
            down: 0,
            shifts: None,
            wear: None,
            look: None,
            shortage: Shortage::Finish,
            over: 0,
            lost: FxHashMap::default(),
            displaced: Vec::new(),
            limit: usize::MAX,
            several: BTreeMap::new(),
        }
    }

    pub(crate) fn scheduled(shifts: Shifts, shortage: Shortage, now: VirtualTime) -> Self {
        let mut units = Self::new(shifts.capacity(now), now);
        units.most = shifts.most();
        units.shortage = shortage;
        units.shifts = Some(Box::new(shifts));
        units
    }

    pub(crate) fn capacity(&self, now: VirtualTime) -> u64 {
        let planned = self.shifts.as_ref().map_or(self.planned, |shifts| shifts.capacity(now));
        planned.saturating_sub(self.down)
    }

    pub(crate) fn statistics(&self, now: VirtualTime) -> ResourceStatistics {
        self.facility.statistics(now, self.changes(now))
    }
}

impl Kernel {
    /// Claims units; a full line fails the run.
    pub(crate) fn claim(&mut self, resource: ActorId, claim: Claim, user: User) -> Option<Ticket> {
        self.claim_or_balk(resource, claim, user).unwrap_or_else(|LineFull| {
            let resource = self.entities.path(resource).to_string();
            self.fail(ErrorKind::LineFull { resource });
            None
        })
    }

    /// Claims units, unless the line is full. `None` has failed the run.
    #[inline]
    pub(crate) fn claim_or_balk(
        &mut self,
        resource: ActorId,
        claim: Claim,
        user: User,
    ) -> Result<Option<Ticket>, LineFull> {
        self.take_back_first();
        let made = self.with_resource(resource, |state: &mut Units, kernel| {
            if claim.amount > state.most {
                return Err(state.most);
            }
            state.keep_up(kernel.now);
            if state.facility.is_open_to(claim) {
                return Ok(Ok(state.grant_at_once(kernel, resource, claim, user)));
            }
            let actor = user.claimant.actor_id();
            let ticket = state.enter(kernel.now, claim, user);
            kernel.remember_claim(actor, resource, ticket);
            state.serve(kernel, resource);
            if state.facility.waiting() > state.limit && state.refuse(kernel, resource, ticket) {
                return Ok(Err(LineFull));
            }
            Ok(Ok(ticket))
        });
        match made {
            Some(Ok(made)) => made.map(Some),
            None => Ok(None),
            Some(Err(capacity)) => {
                let resource = self.entities.path(resource).to_string();
                self.fail(ErrorKind::NeverEnough { resource, asked: claim.amount, capacity });
                Ok(None)
            }
        }
    }

    pub(crate) fn release(&mut self, resource: ActorId, ticket: Ticket) {
        self.with_resource(resource, |state: &mut Units, kernel| {
            state.keep_up(kernel.now);
            let released = state.facility.release(kernel.now, ticket).is_some();
            // The loss can no longer be asked for.
            if !state.lost.is_empty() {
                state.lost.remove(&ticket);
            }
            if released && state.facility.waiting() > 0 {
                kernel.look_later(resource);
            } else if state.plans() {
                state.plan(kernel, resource);
            }
        });
    }
}

impl Kernel {
    /// Changes how many units there are; `false` if the capacity follows a schedule.
    pub(crate) fn set_capacity(
        &mut self,
        resource: ActorId,
        capacity: u64,
        shortage: Shortage,
    ) -> bool {
        self.take_back_first();
        let set = self.with_resource(resource, |state: &mut Units, kernel| {
            if state.shifts.is_some() {
                return false;
            }
            state.planned = capacity;
            state.most = state.most.max(capacity);
            state.change_capacity(kernel.now, shortage);
            state.serve(kernel, resource);
            true
        });
        // Without such a resource, the run has failed.
        set.unwrap_or(true)
    }

    /// Takes one more unit down, or up again.
    pub(super) fn set_down(&mut self, resource: ActorId, fails: bool, shortage: Shortage) {
        self.take_back_first();
        self.with_resource(resource, |state: &mut Units, kernel| {
            // A change of the schedule at this instant comes first.
            state.keep_up(kernel.now);
            state.take_surplus(kernel, resource);
            state.down = if fails { state.down + 1 } else { state.down - 1 };
            state.facility.set_down(kernel.now, state.down);
            state.change_capacity(kernel.now, shortage);
            state.serve(kernel, resource);
        });
    }

    /// Wakes a process as soon as the units have been in use for that long, from now on.
    pub(super) fn wake_after_use(&mut self, resource: ActorId, span: Span, waiter: Waiter) {
        self.take_back_first();
        self.with_resource(resource, |state: &mut Units, kernel| {
            let worn = state.worn();
            let wear = state.wear.get_or_insert_with(|| Box::new(Wear::new(kernel.now)));
            wear.pass(kernel.now, worn);
            wear.add(span, waiter);
            state.serve(kernel, resource);
        });
    }
}

impl Units {
    /// Puts a claim into the line; the capacity is that of now.
    #[inline]
    pub(super) fn enter(&mut self, now: VirtualTime, claim: Claim, user: User) -> Ticket {
        let old = self.old_place(now, user.claimant.id(), claim);
        self.facility.claim(now, claim, old, user)
    }

    /// Grants a claim that would be first in the line, and for which there are units. Apart, so that
    /// claims that wait lose no registers.
    #[inline(never)]
    fn grant_at_once(
        &mut self,
        kernel: &mut Kernel,
        id: ActorId,
        claim: Claim,
        user: User,
    ) -> Ticket {
        if let Some(actor) = user.claimant.actor_id() {
            kernel.ties.marks.changes(Thing::Claims(actor));
        }
        let old = self.old_place(kernel.now, user.claimant.id(), claim);
        let (ticket, user) = self.facility.grant_at_once(kernel.now, claim, old, user);
        kernel.tell(id, &mut user.claimant, |kernel| Held::new(&kernel.returns, id, ticket));
        if self.plans() {
            self.plan(kernel, id);
        }
        ticket
    }

    /// Takes away what is too much, serves the line from its head, and preempts where needed. A
    /// claim may also preempt after a release, when fewer units are missing than when it was made.
    pub(super) fn serve(&mut self, kernel: &mut Kernel, id: ActorId) {
        self.keep_up(kernel.now);
        if self.facility.in_use > self.facility.capacity {
            self.take_surplus(kernel, id);
        }
        if self.several.is_empty() {
            self.serve_line(kernel, id);
        } else {
            self.serve_with_several(kernel, id);
        }
        if self.plans() {
            self.plan(kernel, id);
        }
    }

    /// Takes units away until no more are in use than may be.
    fn take_surplus(&mut self, kernel: &mut Kernel, id: ActorId) {
        while let Some(lost) = self.facility.preempt_surplus(kernel.now, self.over) {
            self.take_away(kernel, id, id, lost);
        }
    }

    fn serve_line(&mut self, kernel: &mut Kernel, id: ActorId) {
        loop {
            while let Some((user, lost)) = self.facility.preempt_next(kernel.now) {
                let by = user.claimant.id();
                self.take_away(kernel, id, by, lost);
            }
            let Some((ticket, user)) = self.facility.grant_next(kernel.now) else { return };
            kernel.forget_claim(user.claimant.actor_id(), id, ticket);
            kernel.tell(id, &mut user.claimant, |kernel| Held::new(&kernel.returns, id, ticket));
        }
    }
}

impl AnyResource<Kernel> for Units {
    fn look(&mut self, kernel: &mut Kernel, id: ActorId) {
        self.serve(kernel, id);
    }

    fn withdraw(&mut self, kernel: &mut Kernel, id: ActorId, _: ActorId, ticket: Ticket) -> bool {
        self.keep_up(kernel.now);
        let withdrawn = self.facility.withdraw(kernel.now, ticket).is_some();
        if !self.several.is_empty() {
            self.several.remove(&ticket);
        }
        if withdrawn && self.facility.waiting() > 0 {
            // The claim behind may be for fewer units.
            kernel.look_later(id);
        } else if self.plans() {
            self.plan(kernel, id);
        }
        withdrawn
    }

    fn usage(&mut self) -> Option<&mut Usage> {
        Some(&mut self.facility.usage)
    }

    fn begin_anew(&mut self, at: VirtualTime) {
        self.keep_up(at);
        self.facility.begin_anew(at);
    }

    fn keep_history(&mut self, now: VirtualTime) {
        Self::keep_history(self, now);
    }

    fn reported(&self, now: VirtualTime) -> Option<Reported> {
        Some(Self::reported(self, now))
    }

    fn waiting(&self, id: ActorId, now: VirtualTime) -> Vec<(ActorId, VirtualTime)> {
        let line = self.facility.line();
        let here = line.filter(|(ticket, _, _)| !self.waits_elsewhere(id, now, *ticket));
        here.map(|(_, user, since)| (user.id(), since)).collect()
    }

    fn holders(&self) -> Vec<ActorId> {
        self.facility.holders().map(|user| user.claimant.id()).collect()
    }
}
