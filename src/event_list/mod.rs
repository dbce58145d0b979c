//! The future event list: what is scheduled, in one total order.
//!
//! Two structures stand behind one interface ([`EventListKind`] chooses) and
//! pop the same events in the same order; a property test holds them to it.
//!
//! The list knows *when* and *which*, not *what*: what an event is about stays
//! in a cell of one of the caller's pools, and the list moves small entries
//! that name the cell.

mod arena;
mod cancelled;
mod entry;
mod heap;
mod key;
mod ladder;
mod layers;
mod reference;

pub use key::{EventId, EventKey, Lane};

use crate::time::VirtualTime;
use entry::Entry;
use layers::Layers;
use reference::Reference;

/// Which structure holds the future event list. The results are the same to
/// the last bit; only the cost differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub enum EventListKind {
    /// Queues for what comes in order, a small heap for what is due soon, a
    /// ladder of buckets for what is due later: amortised O(1).
    #[default]
    Ladder,
    /// The `priority-queue` crate, the reference the other is tested
    /// against.
    PriorityQueue,
}

/// A future event list.
///
/// A steady simulation allocates nothing: entries move between structures
/// that share their memory.
///
/// # Examples
/// ```
/// use flagfall::event_list::{EventId, EventList, EventListKind, Lane};
/// use flagfall::VirtualTime;
///
/// let at = VirtualTime::from_nanos;
/// let event = |cell| EventId { pool: 0, cell };
/// let mut list = EventList::new(EventListKind::Ladder);
/// list.schedule(at(20), Lane::None, event(0));
/// list.schedule(at(10), Lane::None, event(1));
/// list.schedule(at(10), Lane::None, event(2));
/// list.cancel(event(1));
/// assert_eq!(list.pop_until(VirtualTime::MAX), Some((at(10), event(2))));
/// assert_eq!(list.pop_until(at(19)), None);
/// assert_eq!(list.len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct EventList {
    order: Order,
    sequence: u64,
    /// How many of those that were scheduled are pending no more. Not how many
    /// are: that would change, just beside the sequence number, at both ends of
    /// every event.
    gone: u64,
}

/// The structure that knows the order. There is one in a simulation, on the
/// path of every event: its size does not matter, one more pointer would.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)]
enum Order {
    Ladder(Layers),
    PriorityQueue(Reference),
}

impl EventList {
    /// An empty list.
    #[must_use]
    pub fn new(kind: EventListKind) -> Self {
        let order = match kind {
            EventListKind::Ladder => Order::Ladder(Layers::new()),
            EventListKind::PriorityQueue => Order::PriorityQueue(Reference::default()),
        };
        Self { order, sequence: 0, gone: 0 }
    }

    /// How many events are pending.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.sequence.wrapping_sub(self.gone) as usize
    }

    /// Whether nothing is pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequence == self.gone
    }

    /// Adds an event; its sequence number, one more than the last.
    ///
    /// An identifier may be used again once its event was popped, or handed
    /// out by [`next_swept`](Self::next_swept) after it was cancelled. Cost:
    /// O(1) amortised.
    #[inline(always)] // An entry built in registers is never copied.
    pub fn schedule(&mut self, time: VirtualTime, lane: Lane, id: EventId) -> u64 {
        let sequence = self.sequence;
        self.sequence += 1;
        let key = EventKey { time, sequence };
        match &mut self.order {
            Order::Ladder(layers) => layers.insert(Entry::new(key, id), lane),
            Order::PriorityQueue(queue) => queue.insert(key, id),
        }
        sequence
    }

    /// When the next event is due. Cost: O(1) amortised.
    #[must_use]
    pub fn next_time(&mut self) -> Option<VirtualTime> {
        match &mut self.order {
            Order::Ladder(layers) => layers.next_time(),
            Order::PriorityQueue(queue) => queue.peek().map(|key| key.time),
        }
    }

    /// Takes the first event off the list if it is due no later than `last`.
    /// Cost: O(1) amortised.
    #[inline(always)]
    pub fn pop_until(&mut self, last: VirtualTime) -> Option<(VirtualTime, EventId)> {
        let popped = match &mut self.order {
            Order::Ladder(layers) => {
                layers.pop_until(last.as_nanos()).map(|entry| (entry.time(), entry.id()))
            }
            Order::PriorityQueue(queue) => match queue.peek() {
                Some(key) if key.time <= last => queue.pop().map(|(key, id)| (key.time, id)),
                _ => None,
            },
        };
        self.gone += u64::from(popped.is_some());
        popped
    }

    /// Takes the first event off the list if it is due no later than `last`,
    /// and hands out its sequence number: it counts as pending until
    /// [`forget_drawn`](Self::forget_drawn), and may be [put back](Self::put_back).
    /// For who chooses among the events of an instant. Cost: O(1) amortised.
    pub fn draw_until(&mut self, last: VirtualTime) -> Option<(u64, EventId)> {
        match &mut self.order {
            Order::Ladder(layers) => {
                layers.pop_until(last.as_nanos()).map(|entry| (entry.sequence, entry.id()))
            }
            Order::PriorityQueue(queue) => match queue.peek() {
                Some(key) if key.time <= last => queue.pop().map(|(key, id)| (key.sequence, id)),
                _ => None,
            },
        }
    }

    /// Accounts for one event that was drawn, now that it happens or is
    /// cancelled.
    pub fn forget_drawn(&mut self) {
        self.gone += 1;
    }

    /// Puts an event back that was drawn, to be popped at its old place in the
    /// order; it has counted as pending all the while. Cost: as
    /// [`schedule`](Self::schedule).
    pub fn put_back(&mut self, key: EventKey, id: EventId) {
        self.insert(key, id);
    }

    fn insert(&mut self, key: EventKey, id: EventId) {
        match &mut self.order {
            Order::Ladder(layers) => layers.insert(Entry::new(key, id), Lane::None),
            Order::PriorityQueue(queue) => queue.insert(key, id),
        }
    }

    /// How many events have been scheduled: the next sequence number.
    #[must_use]
    pub fn scheduled(&self) -> u64 {
        self.sequence
    }

    /// Takes a pending event off the list. That it is pending is the caller's
    /// to know; debug builds check.
    ///
    /// Its small entry may stay until its time comes, or until such entries
    /// outnumber the pending ones. Cost: O(1) amortised.
    #[inline]
    pub fn cancel(&mut self, id: EventId) {
        self.gone += 1;
        let pending = self.len();
        match &mut self.order {
            Order::Ladder(layers) => layers.cancel(id, pending),
            Order::PriorityQueue(queue) => queue.cancel(id),
        }
    }

    /// A list with these pending, and the next sequence number.
    #[cfg(feature = "snapshot")]
    pub(crate) fn restore(
        kind: EventListKind,
        sequence: u64,
        entries: impl Iterator<Item = (EventKey, EventId)>,
    ) -> Self {
        let mut list = Self::new(kind);
        (list.sequence, list.gone) = (sequence, sequence);
        for (key, id) in entries {
            // Below zero if a forged file has more events than were ever scheduled.
            list.gone = list.gone.wrapping_sub(1);
            list.insert(key, id);
        }
        list
    }

    /// The sequence number of the next event.
    #[cfg(feature = "snapshot")]
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Everything that is pending, in order. Cost: O(n log n).
    pub(crate) fn into_entries(self) -> Vec<(EventKey, EventId)> {
        let mut entries = Vec::with_capacity(self.len());
        match self.order {
            Order::Ladder(mut layers) => {
                while let Some(entry) = layers.pop_until(u64::MAX) {
                    entries.push((entry.event_key(), entry.id()));
                }
            }
            Order::PriorityQueue(mut queue) => entries.extend(std::iter::from_fn(|| queue.pop())),
        }
        entries
    }

    /// A cancelled event whose identifier may be used again; each is handed
    /// out once.
    #[inline]
    pub fn next_swept(&mut self) -> Option<EventId> {
        match &mut self.order {
            Order::Ladder(layers) => layers.next_swept(),
            Order::PriorityQueue(queue) => queue.next_swept(),
        }
    }
}
