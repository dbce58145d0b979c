//! The units of a resource in the kernel: grants, losses, and claims that come back to an old
//! place.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::{AnyResource, Kernel};
use crate::line::{
    Claim, Facility, Known, LineFull, Lost, Reported, ResourceStatistics, Ticket, Usage,
};
use crate::process::Waiter;
use crate::resource::held::Held;
use crate::resource::preempted::Preempted;
use crate::resource::resources::{Claimant, Told};
use crate::resource::several::Several;
use crate::resource::shifts::{Shifts, Shortage};
use crate::resource::wear::Wear;
use crate::store::Op;
use crate::tie::Thing;
use crate::time::{Span, VirtualTime};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A claimant that waits or has been granted units, and how it is told.
pub(crate) struct User {
    pub(super) claimant: Claimant<Held>,
    /// Who is told of a loss. In a box, because few claims yield, and all are moved with it.
    yielding: Option<Box<Yielding>>,
}

/// What a claim that yields has besides.
#[derive(Default)]
struct Yielding {
    /// How the actor that claimed is told of the loss, and in which of its lives it claimed. Its
    /// next life is not told of the loss.
    told: Option<(u32, Told<Preempted>)>,
    /// The processes that wait for the loss.
    watching: Vec<Waiter>,
}

impl User {
    pub(crate) fn new(claimant: Claimant<Held>) -> Self {
        Self { claimant, yielding: None }
    }

    /// A claimant that is told of a loss, in that life.
    pub(crate) fn yielding(claimant: Claimant<Held>, life: u32, lost: Told<Preempted>) -> Self {
        let yielding = Yielding { told: Some((life, lost)), watching: Vec::new() };
        Self { claimant, yielding: Some(Box::new(yielding)) }
    }
}

impl Known for User {
    fn id(&self) -> ActorId {
        self.claimant.id()
    }
}

/// The place of a claim that was preempted at this instant.
struct Displaced {
    who: ActorId,
    ticket: Ticket,
    at: VirtualTime,
}

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
    pub(crate) lost: FxHashMap<Ticket, Preempted>,
    /// The places to come back to, at the instant of the last loss.
    displaced: Vec<Displaced>,
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

    pub(super) fn take_away(
        &mut self,
        kernel: &mut Kernel,
        id: ActorId,
        by: ActorId,
        lost: Lost<User>,
    ) {
        let Lost { who, ticket, since } = lost;
        let by = kernel.entities.path(by).to_string();
        let preempted = Preempted { by, since, at: kernel.now };
        self.lost.insert(ticket, preempted.clone());
        let claimant = who.claimant.id();
        self.displaced.retain(|other| other.at == kernel.now);
        let Yielding { told, watching } =
            who.yielding.map(|yielding| *yielding).unwrap_or_default();
        // A process that has handed the units on no longer watches, and has no place.
        let working = watching.iter().filter(|waiter| waiter.is_open());
        for who in working.map(|waiter| waiter.process).chain([claimant]) {
            self.displaced.push(Displaced { who, ticket, at: kernel.now });
        }
        watching.iter().for_each(|waiter| kernel.wake_urgent(waiter));
        if let Some((life, told)) = told {
            let same = kernel.entities.life(claimant).incarnation == life;
            let op = if same { Op::OWN } else { Op::STALE };
            told(kernel, id, claimant, op, preempted);
        }
    }

    /// Lets a process be woken by a loss, if there can be one.
    pub(crate) fn watch(&mut self, ticket: Ticket, waiter: Waiter) {
        if let Some(user) = self.facility.yielding(ticket) {
            let watching = &mut user.yielding.get_or_insert_default().watching;
            watching.retain(Waiter::is_open);
            watching.push(waiter);
        }
    }

    /// The old place of a claimant that was preempted at this instant.
    fn old_place(&mut self, now: VirtualTime, who: ActorId, claim: Claim) -> Option<Ticket> {
        if self.displaced.is_empty() {
            return None;
        }
        let own = self.displaced.iter().filter(|lost| {
            lost.who == who && lost.at == now && lost.ticket.priority == claim.priority
        });
        let old = own.map(|lost| lost.ticket).min().filter(|_| !claim.behind)?;
        self.displaced.retain(|lost| lost.ticket != old);
        Some(old)
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
