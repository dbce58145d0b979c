//! The line of a store: items that are put in and taken out.

use super::{
    Asked, Claimed, Known, Note, ResourceHistory, ResourceStatistics, Served, Ticket, Usage, Want,
};
use crate::record::RecordKind;
use crate::time::VirtualTime;
use std::collections::BTreeMap;

/// The place of an item: lower is taken first. Its rank, its number in the order in which items
/// were put in, and the place of the put in the line.
pub(crate) type Position = (i64, u64, u64);

/// An item, and its place.
pub(crate) type Placed<T> = (Position, T);

/// A claim that was served.
pub(crate) struct Given<T, G> {
    pub(crate) who: G,
    pub(crate) ticket: Ticket,
    pub(crate) first: Placed<T>,
    /// The other items of a claim for many.
    pub(crate) more: Vec<Placed<T>>,
}

/// Items, the claims that wait to put one in, and the claims that wait to take one. `P`
/// identifies who puts, `G` who gets.
pub(crate) struct Shelf<T, P, G> {
    pub(crate) capacity: u64,
    /// The lower, the sooner an item is taken; equal for all in a plain store.
    rank: fn(&T) -> i64,
    /// In the order in which they are taken. Items that came back may be more than there is room
    /// for. Then the last of them stand aside, and go in before all puts.
    items: BTreeMap<Position, T>,
    putting: BTreeMap<Ticket, Claimed<P, T>>,
    getting: BTreeMap<Ticket, Claimed<G, Want<T>>>,
    claims: u64,
    entered: u64,
    pub(crate) usage: Usage,
}

impl<T, P: Known, G: Known> Shelf<T, P, G> {
    pub(crate) fn new(capacity: u64, rank: fn(&T) -> i64, now: VirtualTime) -> Self {
        Self {
            capacity,
            rank,
            items: BTreeMap::new(),
            putting: BTreeMap::new(),
            getting: BTreeMap::new(),
            claims: 0,
            entered: 0,
            usage: Usage::new(now),
        }
    }

    /// The items that have room.
    pub(crate) fn items(&self) -> impl Iterator<Item = &T> {
        self.items.values().take(self.len() as usize)
    }

    pub(crate) fn len(&self) -> u64 {
        self.capacity.min(self.items.len() as u64)
    }

    pub(crate) fn aside(&self) -> usize {
        self.items.len() - self.len() as usize
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
        history.pass(now, (self.len(), self.waiting(), self.capacity));
        Some(history)
    }

    pub(crate) fn begin_anew(&mut self, at: VirtualTime) {
        self.pass(at);
        self.usage.begin_anew(at);
    }

    fn pass(&mut self, now: VirtualTime) {
        self.usage.pass(now, self.len(), self.waiting(), self.capacity);
    }

    pub(crate) fn statistics(&self, now: VirtualTime) -> ResourceStatistics {
        self.usage.read(now, self.len(), self.waiting(), self.capacity)
    }

    fn ticket(&mut self, now: VirtualTime, priority: i32) -> Ticket {
        self.pass(now);
        self.claims += 1;
        Ticket::new(priority, self.claims - 1)
    }

    pub(crate) fn put(&mut self, now: VirtualTime, priority: i32, item: T, who: P) -> Ticket {
        let ticket = self.ticket(now, priority);
        self.usage.note(RecordKind::Claimed, &who, Asked::Put(1), now);
        self.putting.insert(ticket, Claimed { who, what: item, since: now });
        ticket
    }

    /// Adds a claim to take items.
    pub(crate) fn get(
        &mut self,
        now: VirtualTime,
        priority: i32,
        wants: Want<T>,
        who: G,
    ) -> Ticket {
        let ticket = self.ticket(now, priority);
        self.usage.note(RecordKind::Claimed, &who, Asked::from(&wants), now);
        self.getting.insert(ticket, Claimed { who, what: wants, since: now });
        ticket
    }

    /// Serves the first put, if there is room. To be repeated until it returns `None`.
    pub(crate) fn serve_put(&mut self, now: VirtualTime) -> Option<P> {
        if self.items.len() as u64 >= self.capacity || self.putting.is_empty() {
            return None;
        }
        self.pass(now);
        let (ticket, put) = self.putting.pop_first()?;
        self.usage.grant(now - put.since);
        self.usage.note(RecordKind::Granted, &put.who, Asked::Put(1), put.since);
        self.entered += 1;
        let position = ((self.rank)(&put.what), self.entered, ticket.place);
        self.items.insert(position, put.what);
        Some(put.who)
    }

    /// Gives the first claim that accepts one of the items the first item that it accepts. A claim
    /// for more items than there are makes those behind it wait. To be repeated until it returns
    /// `None`. Cost: O(log items) without filters; with them, O(waiting x items).
    pub(crate) fn serve_get(&mut self, now: VirtualTime) -> Option<Given<T, G>> {
        if self.items.is_empty() {
            return None;
        }
        let mut found = None;
        for (ticket, get) in &self.getting {
            let item = match &get.what {
                Want::First => self.items.keys().next(),
                Want::Where(wants) => {
                    self.items.iter().find(|(_, item)| wants(item)).map(|(position, _)| position)
                }
                Want::Many(many) if *many <= self.items.len() as u64 => self.items.keys().next(),
                Want::Many(_) => return None,
            };
            if let Some(position) = item {
                found = Some((*ticket, *position));
                break;
            }
        }
        let (ticket, position) = found?;
        self.pass(now);
        let get = self.getting.remove(&ticket)?;
        let first = (position, self.items.remove(&position)?);
        let mut more = Vec::new();
        if let Want::Many(many) = get.what {
            more.extend((1..many).map_while(|_| self.items.pop_first()));
        }
        self.usage.grant(now - get.since);
        let asked = Asked::from(&get.what);
        self.usage.note(RecordKind::Granted, &get.who, asked, get.since);
        Some(Given { who: get.who, ticket, first, more })
    }

    /// Whether a put (`true`) or a get waits.
    pub(crate) fn is_awaited(&self, is_put: bool) -> bool {
        if is_put { !self.putting.is_empty() } else { !self.getting.is_empty() }
    }

    /// Puts the first of that many items that were not noticed back to its place.
    pub(crate) fn put_back(
        &mut self,
        now: VirtualTime,
        position: Position,
        item: T,
        many: u64,
        served: Served,
    ) {
        self.take_back(now, Asked::Get(many), served);
        self.items.insert(position, item);
    }

    /// Puts back the other items of a claim for many.
    pub(crate) fn put_back_more(&mut self, more: Vec<Placed<T>>) {
        self.items.extend(more);
    }

    /// Takes an item out again that was put with that ticket and not noticed; `None` if another has
    /// taken it. Cost: O(items).
    pub(crate) fn take_off(
        &mut self,
        now: VirtualTime,
        ticket: Ticket,
        served: Served,
    ) -> Option<T> {
        let position = *self.items.keys().find(|position| position.2 == ticket.place)?;
        self.take_back(now, Asked::Put(1), served);
        self.items.remove(&position)
    }

    /// Counts a grant that was not noticed as withdrawn.
    fn take_back(&mut self, now: VirtualTime, asked: Asked, served: Served) {
        self.pass(now);
        self.usage.take_back(now, served);
        let Served { who, since, .. } = served;
        self.usage.keep_note(Note { kind: RecordKind::Withdrawn, who, asked, since });
    }

    /// Whether a claim for many items waits with that ticket.
    pub(crate) fn is_for_many(&self, ticket: Ticket) -> bool {
        self.getting.get(&ticket).is_some_and(|get| matches!(get.what, Want::Many(_)))
    }

    /// Leaves the line, with the item if the claim was a put; `None` if it was not in it.
    pub(crate) fn withdraw(&mut self, now: VirtualTime, ticket: Ticket) -> Option<Option<T>> {
        self.pass(now);
        let left = match self.putting.remove(&ticket) {
            Some(put) => {
                self.note_withdrawn(&put.who, Asked::Put(1), put.since);
                Some(put.what)
            }
            None => {
                let get = self.getting.remove(&ticket)?;
                self.note_withdrawn(&get.who, Asked::from(&get.what), get.since);
                None
            }
        };
        self.usage.withdraw();
        Some(left)
    }

    fn note_withdrawn(&mut self, who: &impl Known, asked: Asked, since: VirtualTime) {
        self.usage.note(RecordKind::Withdrawn, who, asked, since);
    }

    pub(crate) fn putting(&self) -> impl Iterator<Item = (&P, VirtualTime)> {
        self.putting.values().map(|one| (&one.who, one.since))
    }

    pub(crate) fn getting(&self) -> impl Iterator<Item = (&G, VirtualTime)> {
        self.getting.values().map(|one| (&one.who, one.since))
    }
}
