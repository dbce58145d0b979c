//! The line of a resource: units that are held for a while and given back.

use super::ordered::Ordered;
use super::{
    Asked, Claim, Claimed, Known, ResourceHistory, ResourceStatistics, Served, Staffing, Ticket,
    Usage,
};
use crate::record::RecordKind;
use crate::time::{Span, VirtualTime};

/// A number of equal units, the claims that hold some, and the claims that wait. `W` identifies the
/// claimant.
#[derive(Debug)]
pub(crate) struct Facility<W> {
    /// How many units there are now. Fewer than are in use, if units are given back later than they
    /// go.
    pub(crate) capacity: u64,
    pub(crate) in_use: u64,
    staffing: Staffing,
    pub(super) holders: Ordered<Ticket, Claimed<W, Claim>>,
    pub(super) waiting: Ordered<Ticket, Claimed<W, Claim>>,
    claims: u64,
    pub(crate) usage: Usage,
}

/// A grant that was taken away.
pub(crate) struct Lost<W> {
    pub(crate) who: W,
    pub(crate) ticket: Ticket,
    /// When it was granted.
    pub(crate) since: VirtualTime,
}

impl<W: Known> Facility<W> {
    pub(crate) fn new(capacity: u64, now: VirtualTime) -> Self {
        let (holders, waiting) = (Ordered::new(), Ordered::new());
        let (staffing, usage) = (Staffing::new(now), Usage::new(now));
        Self { capacity, in_use: 0, staffing, holders, waiting, claims: 0, usage }
    }

    /// How many units are there that nobody holds.
    fn free(&self) -> u64 {
        self.capacity.saturating_sub(self.in_use)
    }

    /// Changes how many units there are. The line is not served, and nothing is taken away.
    pub(crate) fn set_capacity(&mut self, now: VirtualTime, capacity: u64) {
        self.pass(now);
        self.staffing.change(now, self.capacity);
        self.capacity = capacity;
    }

    /// How many units a claim misses, if there are `capacity`: those that are in use beyond the
    /// capacity have to go first.
    pub(super) fn missing(&self, capacity: u64, claim: Claim) -> u64 {
        match claim.amount {
            0 => 0,
            amount => self.in_use.saturating_add(amount).saturating_sub(capacity),
        }
    }

    /// How many units there have to be so that a claim of that priority is granted when it is its
    /// turn.
    pub(crate) fn needed_for(&self, priority: i32, claim: Claim) -> u64 {
        let preempted = || self.victims(priority).map(|(_, amount)| amount).sum();
        let preempted = if claim.preempting { preempted() } else { 0 };
        self.missing(0, claim).saturating_sub(preempted)
    }

    /// The same for the first claim in the line.
    pub(crate) fn needed(&self) -> Option<u64> {
        let (ticket, first) = self.waiting.first()?;
        Some(self.needed_for(ticket.priority, first.what))
    }

    /// Says how many units are down, for the statistics alone.
    pub(crate) fn set_down(&mut self, now: VirtualTime, down: u64) {
        self.staffing.set_down(now, down);
    }

    /// Takes away the last grant that yields, if over `over` more units are in use than there are.
    /// To be repeated until it returns `None`.
    pub(crate) fn preempt_surplus(&mut self, now: VirtualTime, over: u64) -> Option<Lost<W>> {
        if self.in_use.saturating_sub(self.capacity) <= over {
            return None;
        }
        let last = self.holders.backwards().find(|(_, holder)| holder.what.yielding)?.0;
        self.take_away(now, last)
    }

    /// Takes a grant away.
    fn take_away(&mut self, now: VirtualTime, ticket: Ticket) -> Option<Lost<W>> {
        self.pass(now);
        self.usage.preempt();
        let claimed = self.holders.remove(ticket)?;
        self.note(RecordKind::Preempted, &claimed);
        let Claimed { who, what: claim, since } = claimed;
        self.in_use -= claim.amount;
        Some(Lost { who, ticket, since })
    }

    /// Notes a step of a claim, if records are wanted.
    #[inline]
    pub(super) fn note(&mut self, step: RecordKind, claimed: &Claimed<W, Claim>) {
        self.usage.note(step, &claimed.who, Asked::Units(claimed.what), claimed.since);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn held_by(&self, ticket: Ticket) -> u64 {
        self.holders.get(ticket).map_or(0, |claimed| claimed.what.amount)
    }

    pub(crate) fn is_waiting(&self, ticket: Ticket) -> bool {
        self.waiting.contains(ticket)
    }

    /// `changes` are those of the capacity since it was set last, with the capacity from then on.
    pub(crate) fn statistics(
        &self,
        now: VirtualTime,
        changes: impl Iterator<Item = (VirtualTime, u64)>,
    ) -> ResourceStatistics {
        let read = self.usage.read(now, self.in_use, self.waiting.len(), self.capacity);
        let (mut staffing, mut capacity, mut last) =
            (self.staffing, self.capacity, self.usage.last());
        for (at, next) in changes {
            staffing.pass(at - last, self.in_use.saturating_sub(capacity));
            staffing.change(at, capacity);
            (capacity, last) = (next, at);
        }
        staffing.pass(now - last, self.in_use.saturating_sub(capacity));
        staffing.read(now, capacity, read)
    }

    pub(crate) fn keep_history(&mut self, now: VirtualTime) {
        self.pass(now);
        self.usage.keep_history();
    }

    /// The history so far; `changes` are as in [`statistics`](Self::statistics).
    pub(crate) fn history(
        &self,
        now: VirtualTime,
        changes: impl Iterator<Item = (VirtualTime, u64)>,
    ) -> Option<ResourceHistory> {
        let mut history = self.usage.history()?;
        let mut capacity = self.capacity;
        for (at, next) in changes {
            history.pass(at, (self.in_use, self.waiting(), capacity));
            capacity = next;
        }
        history.pass(now, (self.in_use, self.waiting(), capacity));
        Some(history)
    }

    pub(crate) fn begin_anew(&mut self, at: VirtualTime) {
        self.pass(at);
        self.usage.begin_anew(at);
        self.staffing.begin_anew(at);
    }

    pub(super) fn pass(&mut self, now: VirtualTime) {
        if self.in_use > self.capacity {
            self.staffing.pass(now - self.usage.last(), self.in_use - self.capacity);
        }
        self.usage.pass(now, self.in_use, self.waiting.len(), self.capacity);
    }

    /// Puts a claim into the line, at its old place if it has one. The caller has checked that it
    /// is not for more than the capacity.
    pub(crate) fn claim(
        &mut self,
        now: VirtualTime,
        claim: Claim,
        old: Option<Ticket>,
        who: W,
    ) -> Ticket {
        self.pass(now);
        self.enter(old, Claimed { who, what: claim, since: now })
    }

    #[inline]
    pub(super) fn enter(&mut self, old: Option<Ticket>, claimed: Claimed<W, Claim>) -> Ticket {
        let ticket = self.ticket(claimed.what, old);
        self.note(RecordKind::Claimed, &claimed);
        self.waiting.insert(ticket, claimed);
        ticket
    }

    fn ticket(&mut self, claim: Claim, old: Option<Ticket>) -> Ticket {
        if let Some(old) = old {
            return old.kept();
        }
        self.claims += 1;
        Ticket::new(claim.priority, self.claims - 1)
    }

    /// Whether a new claim would be granted at once: nobody waits, and its units are free.
    pub(crate) fn is_open_to(&self, claim: Claim) -> bool {
        self.waiting.is_empty() && claim.amount > 0 && claim.amount <= self.free()
    }

    /// Grants a claim to which it [is open](Self::is_open_to). It comes to the same as a claim in
    /// the line that is granted next, and takes half the work.
    pub(crate) fn grant_at_once(
        &mut self,
        now: VirtualTime,
        claim: Claim,
        old: Option<Ticket>,
        who: W,
    ) -> (Ticket, &mut W) {
        self.pass(now);
        let ticket = self.ticket(claim, old);
        self.usage.grant(Span::ZERO);
        self.in_use += claim.amount;
        let claimed = Claimed { who, what: claim, since: now };
        self.note(RecordKind::Claimed, &claimed);
        self.note(RecordKind::Granted, &claimed);
        (ticket, &mut self.holders.insert(ticket, claimed).who)
    }

    /// Takes away one of the grants that the first claim in the line preempts. Returns it with the
    /// claimant that preempts. To be repeated until it returns `None`.
    pub(crate) fn preempt_next(&mut self, now: VirtualTime) -> Option<(&W, Lost<W>)> {
        let (first, claimed) = self.waiting.first()?;
        let (priority, missing) = (first.priority, self.missing(self.capacity, claimed.what));
        if !claimed.what.preempting || missing == 0 {
            return None;
        }
        let lost = self.preempt_one(now, priority, missing)?;
        let (_, first) = self.waiting.first()?;
        Some((&first.who, lost))
    }

    /// The grants that a claim of that priority preempts, first to last.
    fn victims(&self, priority: i32) -> impl Iterator<Item = (Ticket, u64)> + Clone {
        let behind = self.holders.backwards().take_while(move |one| one.0.priority > priority);
        let yielding = behind.filter(|(_, holder)| holder.what.yielding);
        yielding.map(|(ticket, holder)| (ticket, holder.what.amount))
    }

    /// Whether a claim of that priority can preempt that many units.
    pub(super) fn yields(&self, priority: i32, missing: u64) -> bool {
        let mut found = 0;
        missing == 0
            || self.victims(priority).any(|(_, amount)| {
                found += amount;
                found >= missing
            })
    }

    /// Takes away a grant, if that many units can be preempted.
    pub(super) fn preempt_one(
        &mut self,
        now: VirtualTime,
        priority: i32,
        missing: u64,
    ) -> Option<Lost<W>> {
        let last = self.victims(priority).next()?.0;
        if !self.yields(priority, missing) {
            return None;
        }
        self.take_away(now, last)
    }

    /// Grants the first claim in the line if enough units are free. To be repeated until it returns
    /// `None`.
    pub(crate) fn grant_next(&mut self, now: VirtualTime) -> Option<(Ticket, &mut W)> {
        let free = self.free();
        let (ticket, first) = self.waiting.first()?;
        if first.what.amount > free {
            return None;
        }
        self.pass(now);
        let mut claimed = self.waiting.remove(ticket)?;
        self.usage.grant(now - claimed.since);
        self.in_use += claimed.what.amount;
        self.note(RecordKind::Granted, &claimed);
        claimed.since = now;
        Some((ticket, &mut self.holders.insert(ticket, claimed).who))
    }

    /// Gives units back; `None` if they were taken away, or given back before.
    pub(crate) fn release(&mut self, now: VirtualTime, ticket: Ticket) -> Option<W> {
        self.pass(now);
        let claimed = self.holders.remove(ticket)?;
        self.in_use -= claimed.what.amount;
        self.note(RecordKind::Released, &claimed);
        Some(claimed.who)
    }

    /// For a grant that was not noticed and is about to go back: counts it as withdrawn, unless it
    /// was taken away before.
    pub(crate) fn take_back(&mut self, now: VirtualTime, ticket: Ticket, served: Served) {
        if self.holders.contains(ticket) {
            self.usage.take_back(now, served);
        }
    }

    /// Leaves the line; `None` if it was not in it.
    pub(crate) fn withdraw(&mut self, now: VirtualTime, ticket: Ticket) -> Option<W> {
        self.pass(now);
        let claimed = self.waiting.remove(ticket)?;
        self.usage.withdraw();
        self.note(RecordKind::Withdrawn, &claimed);
        Some(claimed.who)
    }

    /// Who waits, first in line first, and since when.
    pub(crate) fn line(&self) -> impl Iterator<Item = (Ticket, &W, VirtualTime)> {
        self.waiting.iter().map(|(ticket, claimed)| (ticket, &claimed.who, claimed.since))
    }

    /// Who waits with that ticket.
    pub(crate) fn at(&self, ticket: Ticket) -> Option<&W> {
        self.waiting.get(ticket).map(|claimed| &claimed.who)
    }

    /// The claimant of the units with that ticket, if they can be taken away.
    pub(crate) fn yielding(&mut self, ticket: Ticket) -> Option<&mut W> {
        let claimed = self.holders.get_mut(ticket)?;
        claimed.what.yielding.then_some(&mut claimed.who)
    }

    /// Whether the units with that ticket can be taken away.
    pub(crate) fn yields_at(&self, ticket: Ticket) -> bool {
        self.holders.get(ticket).is_some_and(|claimed| claimed.what.yielding)
    }

    /// Whether any units can be taken away.
    pub(crate) fn any_yields(&self) -> bool {
        self.holders.iter().any(|(_, holder)| holder.what.yielding)
    }

    pub(crate) fn holders(&self) -> impl Iterator<Item = &W> {
        self.holders.iter().map(|(_, claimed)| &claimed.who)
    }
}
