//! The line of a store: items that are put in and taken out.

use super::{
    Asked, Claimed, Known, Note, Ordered, ResourceHistory, ResourceStatistics, Served, Ticket,
    Usage, Want,
};
use crate::record::RecordKind;
use crate::time::VirtualTime;

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
    items: Ordered<Position, T>,
    putting: Ordered<Ticket, Claimed<P, T>>,
    getting: Ordered<Ticket, Claimed<G, Want<T>>>,
    claims: u64,
    entered: u64,
    pub(crate) usage: Usage,
}

impl<T, P: Known, G: Known> Shelf<T, P, G> {
    pub(crate) fn new(capacity: u64, rank: fn(&T) -> i64, now: VirtualTime) -> Self {
        Self {
            capacity,
            rank,
            items: Ordered::new(),
            putting: Ordered::new(),
            getting: Ordered::new(),
            claims: 0,
            entered: 0,
            usage: Usage::new(now),
        }
    }

    /// The items that have room.
    pub(crate) fn items(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, item)| item).take(self.len() as usize)
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

    /// Whether a put would be served at once: nobody waits to put, and there is room.
    pub(crate) fn has_room(&self) -> bool {
        self.putting.is_empty() && (self.items.len() as u64) < self.capacity
    }

    /// Puts an item in for which the store [has room](Self::has_room). It comes to the same as a put
    /// in the line that is served next, and takes less work.
    pub(crate) fn put_at_once(
        &mut self,
        now: VirtualTime,
        priority: i32,
        item: T,
        who: &P,
    ) -> Ticket {
        let ticket = self.ticket(now, priority);
        self.usage.note(RecordKind::Claimed, who, Asked::Put(1), now);
        self.enter(ticket, now, item, who);
        ticket
    }

    /// Adds a claim to put an item in.
    pub(crate) fn put(&mut self, now: VirtualTime, priority: i32, item: T, who: P) -> Ticket {
        let ticket = self.ticket(now, priority);
        self.usage.note(RecordKind::Claimed, &who, Asked::Put(1), now);
        self.putting.insert(ticket, Claimed { who, what: item, since: now });
        ticket
    }

    /// Serves the first put, if there is room. To be repeated until it returns `None`.
    pub(crate) fn serve_put(&mut self, now: VirtualTime) -> Option<P> {
        if self.items.len() as u64 >= self.capacity || self.putting.is_empty() {
            return None;
        }
        self.pass(now);
        let (ticket, Claimed { who, what: item, since }) = self.putting.pop_first()?;
        self.enter(ticket, since, item, &who);
        Some(who)
    }

    /// Grants a put that waited since then, at the instant of the last pass.
    fn enter(&mut self, ticket: Ticket, since: VirtualTime, item: T, who: &P) {
        self.usage.grant(self.usage.last() - since);
        self.usage.note(RecordKind::Granted, who, Asked::Put(1), since);
        self.entered += 1;
        let position = ((self.rank)(&item), self.entered, ticket.place);
        self.items.insert(position, item);
    }

    /// Serves a claim to take items at once, if nobody else waits for one. It comes to the same as a
    /// claim in the line that is served next, and takes less work. Otherwise it adds the claim. If
    /// others wait, they are to be [served](Self::serve_get) then.
    pub(crate) fn get(
        &mut self,
        now: VirtualTime,
        priority: i32,
        wants: Want<T>,
        who: G,
    ) -> Result<Given<T, G>, Ticket> {
        let is_first = self.getting.is_empty();
        let ticket = self.ticket(now, priority);
        self.usage.note(RecordKind::Claimed, &who, Asked::from(&wants), now);
        let claimed = Claimed { who, what: wants, since: now };
        if is_first {
            if let Some(position) = self.item_for(&claimed.what) {
                return self.give(ticket, claimed, position).ok_or(ticket);
            }
        }
        self.getting.insert(ticket, claimed);
        Err(ticket)
    }

    /// The place of the first item for a claim, if it can be served.
    fn item_for(&self, wants: &Want<T>) -> Option<Position> {
        match wants {
            Want::Where(wants) => self.items.iter().find(|(_, item)| wants(item)).map(|one| one.0),
            Want::Many(many) if *many > self.items.len() as u64 => None,
            Want::First | Want::Many(_) => self.items.first().map(|one| one.0),
        }
    }

    /// Gives the first claim that accepts one of the items the first item that it accepts. A claim
    /// for more items than there are makes those behind it wait. To be repeated until it returns
    /// `None`. Cost: O(1) without filters, in a plain store, for claims of one priority; O(log
    /// items) without filters; with them, O(waiting x items).
    pub(crate) fn serve_get(&mut self, now: VirtualTime) -> Option<Given<T, G>> {
        if self.items.is_empty() {
            return None;
        }
        let (ticket, first) = self.getting.first()?;
        let (ticket, position) = match self.item_for(&first.what) {
            Some(position) => (ticket, position),
            None => self.overtaking(ticket, first)?,
        };
        self.pass(now);
        let get = self.getting.remove(ticket)?;
        self.give(ticket, get, position)
    }

    /// The first claim behind that one which can be served, with the place of its item.
    fn overtaking(
        &self,
        ticket: Ticket,
        before: &Claimed<G, Want<T>>,
    ) -> Option<(Ticket, Position)> {
        let mut before = before;
        for (ticket, get) in self.getting.after(Some(ticket)) {
            // A claim for many is not overtaken.
            if matches!(before.what, Want::Many(_)) {
                return None;
            }
            if let Some(position) = self.item_for(&get.what) {
                return Some((ticket, position));
            }
            before = get;
        }
        None
    }

    /// Grants a claim that has left the line, at the instant of the last pass.
    fn give(
        &mut self,
        ticket: Ticket,
        get: Claimed<G, Want<T>>,
        position: Position,
    ) -> Option<Given<T, G>> {
        let first = (position, self.items.remove(position)?);
        let mut more = Vec::new();
        if let Want::Many(many) = get.what {
            more.extend((1..many).map_while(|_| self.items.pop_first()));
        }
        self.usage.grant(self.usage.last() - get.since);
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
        more.into_iter().for_each(|(position, item)| _ = self.items.insert(position, item));
    }

    /// Takes an item out again that was put with that ticket and not noticed; `None` if another has
    /// taken it. Cost: O(items).
    pub(crate) fn take_off(
        &mut self,
        now: VirtualTime,
        ticket: Ticket,
        served: Served,
    ) -> Option<T> {
        let position = self.items.iter().find(|(position, _)| position.2 == ticket.place)?.0;
        self.take_back(now, Asked::Put(1), served);
        self.items.remove(position)
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
        self.getting.get(ticket).is_some_and(|get| matches!(get.what, Want::Many(_)))
    }

    /// Leaves the line, with the item if the claim was a put; `None` if it was not in it.
    pub(crate) fn withdraw(&mut self, now: VirtualTime, ticket: Ticket) -> Option<Option<T>> {
        self.pass(now);
        let left = match self.putting.remove(ticket) {
            Some(put) => {
                self.note_withdrawn(&put.who, Asked::Put(1), put.since);
                Some(put.what)
            }
            None => {
                let get = self.getting.remove(ticket)?;
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
        self.putting.iter().map(|(_, one)| (&one.who, one.since))
    }

    pub(crate) fn getting(&self) -> impl Iterator<Item = (&G, VirtualTime)> {
        self.getting.iter().map(|(_, one)| (&one.who, one.since))
    }
}
