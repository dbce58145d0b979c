//! The line of a container: an amount that claims put into and get out of.

use super::{
    Asked, Claimed, Known, Note, Ordered, ResourceHistory, ResourceStatistics, Served, Ticket,
    Usage,
};
use crate::record::RecordKind;
use crate::time::VirtualTime;

/// A level between nothing and a capacity, and the claims that wait to put in or to get out. `W`
/// identifies the claimant.
#[derive(Debug)]
pub(crate) struct Level<W> {
    pub(crate) capacity: u64,
    pub(crate) level: u64,
    /// The amount that came back and has no room. It goes in before all puts, whenever there is
    /// room. While there is any, the level is the capacity.
    pub(crate) aside: u128,
    putting: Ordered<Ticket, Claimed<W, u64>>,
    getting: Ordered<Ticket, Claimed<W, u64>>,
    claims: u64,
    pub(crate) usage: Usage,
}

impl Asked {
    /// To put that amount in (`true`), or to get it out.
    fn transfer(is_put: bool, amount: u64) -> Self {
        if is_put { Self::Put(amount) } else { Self::Get(amount) }
    }
}

impl<W: Known> Level<W> {
    pub(crate) fn new(capacity: u64, level: u64, now: VirtualTime) -> Self {
        let (putting, getting) = (Ordered::new(), Ordered::new());
        let usage = Usage::new(now);
        Self { capacity, level, aside: 0, putting, getting, claims: 0, usage }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.putting.len() + self.getting.len()
    }

    pub(crate) fn keep_history(&mut self, now: VirtualTime) {
        self.pass(now);
        self.usage.keep_history();
    }

    pub(crate) fn history(&self, now: VirtualTime) -> Option<ResourceHistory> {
        let mut history = self.usage.history()?;
        history.pass(now, (self.level, self.waiting(), self.capacity));
        Some(history)
    }

    pub(crate) fn begin_anew(&mut self, at: VirtualTime) {
        self.pass(at);
        self.usage.begin_anew(at);
    }

    fn pass(&mut self, now: VirtualTime) {
        self.usage.pass(now, self.level, self.waiting(), self.capacity);
    }

    pub(crate) fn statistics(&self, now: VirtualTime) -> ResourceStatistics {
        self.usage.read(now, self.level, self.waiting(), self.capacity)
    }

    /// Adds a claim to put in (`true`) or to get out (`false`).
    pub(crate) fn claim(
        &mut self,
        now: VirtualTime,
        is_put: bool,
        priority: i32,
        amount: u64,
        who: W,
    ) -> Ticket {
        self.pass(now);
        let ticket = Ticket::new(priority, self.claims);
        self.claims += 1;
        self.usage.note(RecordKind::Claimed, &who, Asked::transfer(is_put, amount), now);
        let line = if is_put { &mut self.putting } else { &mut self.getting };
        line.insert(ticket, Claimed { who, what: amount, since: now });
        ticket
    }

    /// Serves the first put (`true`) or the first get, if possible. To be repeated until it returns
    /// `None`.
    pub(crate) fn serve_next(&mut self, now: VirtualTime, is_put: bool) -> Option<(Ticket, W)> {
        let line = if is_put { &self.putting } else { &self.getting };
        let amount = line.first()?.1.what;
        let there = if is_put { self.capacity - self.level } else { self.level };
        if amount > there {
            return None;
        }
        self.pass(now);
        let line = if is_put { &mut self.putting } else { &mut self.getting };
        let (ticket, transfer) = line.pop_first()?;
        self.usage.grant(now - transfer.since);
        let asked = Asked::transfer(is_put, amount);
        self.usage.note(RecordKind::Granted, &transfer.who, asked, transfer.since);
        self.level = if is_put { self.level + amount } else { self.level - amount };
        if self.aside > 0 {
            self.fill_up();
        }
        Some((ticket, transfer.who))
    }

    /// Whether a put (`true`) or a get waits.
    pub(crate) fn is_awaited(&self, is_put: bool) -> bool {
        if is_put { !self.putting.is_empty() } else { !self.getting.is_empty() }
    }

    /// Leaves the line; `None` if it was not in it.
    pub(crate) fn withdraw(&mut self, now: VirtualTime, ticket: Ticket) -> Option<W> {
        self.pass(now);
        let put = self.putting.remove(ticket);
        let is_put = put.is_some();
        let transfer = put.or_else(|| self.getting.remove(ticket))?;
        self.usage.withdraw();
        let asked = Asked::transfer(is_put, transfer.what);
        self.usage.note(RecordKind::Withdrawn, &transfer.who, asked, transfer.since);
        Some(transfer.who)
    }

    #[cold]
    fn fill_up(&mut self) {
        let fits = u128::from(self.capacity - self.level).min(self.aside);
        self.aside -= fits;
        // `fits` is at most the room, so it is a `u64`.
        self.level += fits as u64;
    }

    /// Takes out an amount that was put in and not noticed, unless others have got some of it. Or
    /// puts back what was got out: what does not fit, because others have filled the room meanwhile,
    /// goes in when there is room. `false` if nothing was done.
    pub(crate) fn undo(
        &mut self,
        now: VirtualTime,
        is_put: bool,
        amount: u64,
        served: Served,
    ) -> bool {
        if is_put && self.level < amount {
            return false;
        }
        self.pass(now);
        self.usage.take_back(now, served);
        let (kind, asked) = (RecordKind::Withdrawn, Asked::transfer(is_put, amount));
        self.usage.keep_note(Note { kind, who: served.who, asked, since: served.since });
        if is_put {
            self.level -= amount;
        } else {
            self.aside += u128::from(amount);
        }
        self.fill_up();
        true
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&W, VirtualTime)> {
        self.putting.iter().chain(self.getting.iter()).map(|(_, one)| (&one.who, one.since))
    }
}
