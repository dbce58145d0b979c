//! Claims that are granted at any place of the line of a resource, not only at its head.

use super::{Claim, Claimed, Facility, Known, Lost, Ticket};
use crate::record::RecordKind;
use crate::time::VirtualTime;

impl<W: Known> Facility<W> {
    /// The first claim in the line, or the first behind that ticket.
    pub(crate) fn next_after(&self, ticket: Option<Ticket>) -> Option<(Ticket, Claim)> {
        let next = self.waiting.after(ticket).next()?;
        Some((next.0, next.1.what))
    }

    /// The tickets before that one, first in line first.
    pub(crate) fn before(&self, ticket: Ticket) -> impl Iterator<Item = Ticket> {
        self.waiting.iter().map(|(before, _)| before).take_while(move |before| *before < ticket)
    }

    /// Whether a claim of that priority could have its units now, if it were its turn and there
    /// were `capacity` units.
    pub(crate) fn has_for(&self, capacity: u64, priority: i32, claim: Claim) -> bool {
        let missing = self.missing(capacity, claim);
        missing == 0 || claim.preempting && self.yields(priority, missing)
    }

    /// Takes away one of the grants that a claim of that priority preempts. To be repeated until it
    /// returns `None`.
    pub(crate) fn preempt_for(
        &mut self,
        now: VirtualTime,
        priority: i32,
        claim: Claim,
    ) -> Option<Lost<W>> {
        let missing = self.missing(self.capacity, claim);
        if !claim.preempting || missing == 0 {
            return None;
        }
        self.preempt_one(now, priority, missing)
    }

    /// Takes a claim that has just come out of the line, which is full.
    pub(crate) fn refuse(&mut self, now: VirtualTime, ticket: Ticket) -> Option<W> {
        self.pass(now);
        let claimed = self.waiting.remove(ticket)?;
        self.usage.refuse();
        self.note(RecordKind::Refused, &claimed);
        Some(claimed.who)
    }

    /// What a claim that waits is for.
    pub(crate) fn wanted(&self, ticket: Ticket) -> Option<Claim> {
        self.waiting.get(ticket).map(|claimed| claimed.what)
    }

    /// Takes a claim out of the line, to put it into another: what it wants, and since when.
    pub(crate) fn take_out(
        &mut self,
        now: VirtualTime,
        ticket: Ticket,
        leaves: bool,
    ) -> Option<(W, Claim, VirtualTime)> {
        self.pass(now);
        let claimed = self.waiting.remove(ticket)?;
        if leaves {
            self.usage.withdraw();
        }
        self.note(RecordKind::Withdrawn, &claimed);
        Some((claimed.who, claimed.what, claimed.since))
    }

    /// Puts a claim into the line that waits since then, behind those of its priority.
    pub(crate) fn put_in(
        &mut self,
        now: VirtualTime,
        claim: Claim,
        since: VirtualTime,
        who: W,
    ) -> Ticket {
        self.pass(now);
        self.enter(None, Claimed { who, what: claim, since })
    }

    /// Who waits, for what and since when, first in line first.
    pub(crate) fn places(&self) -> impl Iterator<Item = (Ticket, &W, Claim, VirtualTime)> {
        self.waiting.iter().map(|(ticket, one)| (ticket, &one.who, one.what, one.since))
    }

    /// Grants a claim for what `claim` says; `None` if it does not wait. The caller has checked
    /// that the units are there.
    pub(crate) fn grant(
        &mut self,
        now: VirtualTime,
        ticket: Ticket,
        claim: Claim,
    ) -> Option<&mut W> {
        self.pass(now);
        let claimed = self.waiting.remove(ticket)?;
        self.usage.grant(now - claimed.since);
        self.in_use += claim.amount;
        let claimed = Claimed { what: claim, ..claimed };
        self.note(RecordKind::Granted, &claimed);
        let claimed = Claimed { since: now, ..claimed };
        Some(&mut self.holders.insert(ticket, claimed).who)
    }
}
