//! The future event list: all scheduled events, in one total order.
//!
//! It has two structures with one interface ([`EventListKind`] chooses). Both pop the same
//! events in the same order; a property test checks that.
//!
//! The list has only the time and the identifier of an event. Its contents are in a cell of
//! one of the caller's pools, and the list moves small entries that name the cell.

mod arena;
mod cancelled;
mod entry;
mod heap;
mod key;
mod ladder;
mod layers;
mod memory;
mod reference;

pub use key::{EventId, EventKey, Lane};

use crate::time::VirtualTime;
use entry::Entry;
use layers::Layers;
use reference::Reference;

/// Which structure holds the future event list. All results are equal; only the cost differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub enum EventListKind {
    /// Queues for events scheduled in order, a small heap for the near future, a ladder of
    /// buckets for later events: amortised O(1).
    #[default]
    Ladder,
    /// The `priority-queue` crate, as a reference for tests.
    PriorityQueue,
}

/// A future event list.
///
/// A simulation in a steady state allocates nothing: entries move between structures that
/// share their memory.
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
    /// How many scheduled events are not pending anymore. The number of pending events
    /// would change twice per event, once together with the sequence number.
    gone: u64,
}

/// The structure that keeps the order. Each simulation has one and uses it for every event,
/// so its size does not matter, but one more pointer would cost time.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)]
enum Order {
    Ladder(Layers),
    PriorityQueue(Reference),
}

impl Drop for EventList {
    fn drop(&mut self) {
        if let Order::Ladder(layers) = &mut self.order {
            layers.leave();
        }
    }
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

    /// Whether no events are pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequence == self.gone
    }

    /// Adds an event, and returns its sequence number, one more than the last.
    ///
    /// An identifier may be used again after its event was popped. For a cancelled event,
    /// this is after [`next_swept`](Self::next_swept) returned it. Cost: O(1) amortised.
    #[inline(always)] // An entry built in registers is never copied.
    pub fn schedule(&mut self, time: VirtualTime, lane: Lane, id: EventId) -> u64 {
        let sequence = self.sequence;
        self.sequence += 1;
        self.insert(EventKey { time, sequence }, lane, id);
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

    /// Removes the first event if it is due no later than `last`. Cost: O(1) amortised.
    #[inline(always)]
    pub fn pop_until(&mut self, last: VirtualTime) -> Option<(VirtualTime, EventId)> {
        let popped = self.draw(last).map(|(key, id)| (key.time, id));
        self.gone += u64::from(popped.is_some());
        popped
    }

    /// Removes the first event if it is due no later than `last`, and returns its sequence
    /// number. It is for a choice among the events of an instant. The event counts as pending
    /// until [`forget_drawn`](Self::forget_drawn), and may be [put back](Self::put_back).
    /// Cost: O(1) amortised.
    pub fn draw_until(&mut self, last: VirtualTime) -> Option<(u64, EventId)> {
        self.draw(last).map(|(key, id)| (key.sequence, id))
    }

    #[inline(always)]
    fn draw(&mut self, last: VirtualTime) -> Option<(EventKey, EventId)> {
        match &mut self.order {
            Order::Ladder(layers) => {
                layers.pop_until(last.as_nanos()).map(|entry| (entry.event_key(), entry.id()))
            }
            Order::PriorityQueue(queue) => {
                queue.peek().filter(|key| key.time <= last).and_then(|_| queue.pop())
            }
        }
    }

    /// Counts a drawn event as not pending anymore: it happens or is cancelled.
    pub fn forget_drawn(&mut self) {
        self.gone += 1;
    }

    /// Puts a drawn event back at its old place in the order. It has counted as pending.
    /// Cost: as [`schedule`](Self::schedule).
    pub fn put_back(&mut self, key: EventKey, id: EventId) {
        self.insert(key, Lane::None, id);
    }

    #[inline(always)]
    fn insert(&mut self, key: EventKey, lane: Lane, id: EventId) {
        match &mut self.order {
            Order::Ladder(layers) => layers.insert(Entry::new(key, id), lane),
            Order::PriorityQueue(queue) => queue.insert(key, id),
        }
    }

    /// How many events have been scheduled: the next sequence number.
    #[must_use]
    pub fn scheduled(&self) -> u64 {
        self.sequence
    }

    /// Cancels an event. The caller must ensure that it is pending; debug builds check it.
    ///
    /// Its small entry may stay until it reaches the front, or until there are more such
    /// entries than pending events. Cost: O(1) amortised.
    #[inline]
    pub fn cancel(&mut self, id: EventId) {
        self.gone += 1;
        let pending = self.len();
        match &mut self.order {
            Order::Ladder(layers) => layers.cancel(id, pending),
            Order::PriorityQueue(queue) => queue.cancel(id),
        }
    }

    /// A list with these pending events and that next sequence number.
    #[cfg(feature = "snapshot")]
    pub(crate) fn restore(
        kind: EventListKind,
        sequence: u64,
        entries: impl Iterator<Item = (EventKey, EventId)>,
    ) -> Self {
        let mut list = Self::new(kind);
        (list.sequence, list.gone) = (sequence, sequence);
        for (key, id) in entries {
            // Wraps below zero if a forged file has more events than were scheduled.
            list.gone = list.gone.wrapping_sub(1);
            list.put_back(key, id);
        }
        list
    }

    /// All pending events, in order. Cost: O(n log n).
    pub(crate) fn into_entries(mut self) -> Vec<(EventKey, EventId)> {
        let mut entries = Vec::with_capacity(self.len());
        entries.extend(std::iter::from_fn(|| self.draw(VirtualTime::MAX)));
        entries
    }

    /// A cancelled event whose identifier may be used again. Each is returned once.
    #[inline]
    pub fn next_swept(&mut self) -> Option<EventId> {
        match &mut self.order {
            Order::Ladder(layers) => layers.next_swept(),
            Order::PriorityQueue(queue) => queue.next_swept(),
        }
    }
}
