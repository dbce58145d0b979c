//! The future event list: what is scheduled, in one total order.
//!
//! Two structures stand behind one interface ([`EventListKind`] chooses) and
//! pop the same events in the same order; a property test holds them to it.
//!
//! Most events of an actor program need no sorting: messages that all travel
//! for the same span arrive in the order they were sent. The caller may say
//! so by naming a [`Lane`], a plain queue beside the heap; an event that does
//! not fit at the end of its lane goes to the heap, so a wrong lane costs
//! time and never order.

mod heap;
mod lane;
mod reference;

use crate::time::VirtualTime;
use heap::IndexedHeap;
use lane::Lanes;
use reference::Reference;

/// The place of an event in the total order of a run.
///
/// Events happen in the order of **(time, tie rank, sequence)**. Sequence
/// numbers are given out as events are scheduled and never repeat, so no two
/// keys are equal and the order leaves nothing to chance. All ranks are 0
/// unless a tie policy says otherwise: of two events due at one instant, the
/// one scheduled first happens first.
///
/// The order of the fields is the order of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey {
    /// When the event is due.
    pub time: VirtualTime,
    /// Rank among events due at the same time; lower happens first.
    pub tie_rank: u32,
    /// When it was scheduled, counted in events.
    pub sequence: u64,
}

/// Which structure holds the future event list. The results are the same to
/// the last bit; only the cost differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum EventListKind {
    /// A 4-ary heap that knows where each event is: cancelling is exact and
    /// no hash is computed.
    #[default]
    Heap,
    /// The `priority-queue` crate, the reference the others are tested
    /// against.
    PriorityQueue,
}

/// A promise about the events scheduled through it: each is due no earlier
/// than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// No promise.
    None,
    /// Due at the current instant.
    Now,
    /// Due after the usual latency.
    Link,
}

/// Names one scheduled event; stale once that event was popped or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventHandle {
    slot: u32,
    sequence: u64,
}

/// A future event list of bodies of type `T`.
///
/// Bodies stay where they were put; only small (key, slot) entries move as
/// the order changes. Slots are reused, so a steady simulation allocates
/// nothing.
///
/// # Examples
/// ```
/// use flagfall::event_list::{EventKey, EventList, EventListKind, Lane};
/// use flagfall::VirtualTime;
///
/// let key = |nanos, sequence| EventKey { time: VirtualTime::from_nanos(nanos), tie_rank: 0, sequence };
/// let mut list = EventList::new(EventListKind::Heap);
/// list.schedule(key(20, 0), Lane::None, "late");
/// let cancelled = list.schedule(key(10, 1), Lane::None, "never");
/// list.schedule(key(10, 2), Lane::None, "early");
/// assert_eq!(list.cancel(cancelled), Some("never"));
/// assert_eq!(list.cancel(cancelled), None);
/// assert_eq!(list.pop().map(|(_, body)| body), Some("early"));
/// assert_eq!(list.len(), 1);
/// ```
#[derive(Debug)]
pub struct EventList<T> {
    order: Order,
    bodies: Vec<Body<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Body<T> {
    sequence: u64,
    in_lane: bool,
    content: Option<T>,
}

/// The structure that knows the order; bodies are none of its business.
#[derive(Debug)]
enum Order {
    Heap(IndexedHeap, Lanes),
    PriorityQueue(Reference),
}

impl<T> EventList<T> {
    /// An empty list.
    #[must_use]
    pub fn new(kind: EventListKind) -> Self {
        let order = match kind {
            EventListKind::Heap => Order::Heap(IndexedHeap::default(), Lanes::default()),
            EventListKind::PriorityQueue => Order::PriorityQueue(Reference::default()),
        };
        Self { order, bodies: Vec::new(), free: Vec::new() }
    }

    /// How many events are pending.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bodies.len() - self.free.len()
    }

    /// Whether nothing is pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an event. Cost: O(1) where it fits its lane, else O(log n).
    ///
    /// The caller gives each `sequence` once; that is what makes the order
    /// total and handles safe to keep.
    ///
    /// # Panics
    /// With 2^32 - 1 events pending; [`Limits`](crate::Limits) stop a run
    /// long before.
    pub fn schedule(&mut self, key: EventKey, lane: Lane, body: T) -> EventHandle {
        let slot = self.free.pop().unwrap_or_else(|| {
            let slot = u32::try_from(self.bodies.len()).expect("2^32 pending events");
            self.bodies.push(Body { sequence: 0, in_lane: false, content: None });
            slot
        });
        let in_lane = match &mut self.order {
            Order::Heap(heap, lanes) => {
                let in_lane = lanes.append(lane, key, slot);
                if !in_lane {
                    heap.insert(key, slot);
                }
                in_lane
            }
            Order::PriorityQueue(queue) => {
                queue.insert(key, slot);
                false
            }
        };
        self.bodies[slot as usize] = Body { sequence: key.sequence, in_lane, content: Some(body) };
        EventHandle { slot, sequence: key.sequence }
    }

    /// When the next event is due. Cost: O(1).
    #[must_use]
    pub fn peek(&self) -> Option<EventKey> {
        match &self.order {
            Order::Heap(heap, lanes) => {
                let lane = lanes.first().map(|(key, _)| key);
                heap.peek().into_iter().chain(lane).min()
            }
            Order::PriorityQueue(queue) => queue.peek(),
        }
    }

    /// Takes the first event off the list. Cost: O(1) from a lane, else
    /// O(log n).
    pub fn pop(&mut self) -> Option<(EventKey, T)> {
        let (key, slot) = match &mut self.order {
            Order::Heap(heap, lanes) => match lanes.first() {
                Some((key, lane)) if heap.peek().is_none_or(|top| key < top) => {
                    let slot = lanes.pop(lane);
                    let body = self.vacate(slot);
                    self.clean_lanes();
                    return Some((key, body));
                }
                _ => heap.pop(),
            },
            Order::PriorityQueue(queue) => queue.pop(),
        }?;
        Some((key, self.vacate(slot)))
    }

    /// Takes a pending event off the list; `None`, and nothing happens, if
    /// the handle is stale. Cost: O(log n).
    pub fn cancel(&mut self, handle: EventHandle) -> Option<T> {
        if !self.is_pending(handle) {
            return None;
        }
        let in_lane = self.bodies[handle.slot as usize].in_lane;
        match &mut self.order {
            Order::Heap(heap, _) if !in_lane => heap.remove(handle.slot),
            Order::Heap(..) => {}
            Order::PriorityQueue(queue) => queue.remove(handle.slot),
        }
        let body = self.vacate(handle.slot);
        if in_lane {
            self.clean_lanes();
        }
        Some(body)
    }

    /// Moves a pending event to another place in the order, under a new
    /// handle; `None`, and nothing happens, if the handle is stale.
    /// Cost: O(log n).
    pub fn reschedule(&mut self, handle: EventHandle, key: EventKey) -> Option<EventHandle> {
        if !self.is_pending(handle) {
            return None;
        }
        let body = &mut self.bodies[handle.slot as usize];
        let in_lane = std::mem::take(&mut body.in_lane);
        body.sequence = key.sequence;
        match &mut self.order {
            Order::Heap(heap, _) if !in_lane => heap.change(key, handle.slot),
            Order::Heap(heap, _) => heap.insert(key, handle.slot),
            Order::PriorityQueue(queue) => queue.change(key, handle.slot),
        }
        if in_lane {
            self.clean_lanes();
        }
        Some(EventHandle { slot: handle.slot, sequence: key.sequence })
    }

    /// Whether the handle's event is still to come.
    #[must_use]
    pub fn is_pending(&self, handle: EventHandle) -> bool {
        self.bodies
            .get(handle.slot as usize)
            .is_some_and(|body| body.content.is_some() && body.sequence == handle.sequence)
    }

    #[inline]
    fn vacate(&mut self, slot: u32) -> T {
        self.free.push(slot);
        self.bodies[slot as usize].content.take().expect("an ordered slot holds a body")
    }

    /// Drops lane entries whose events were cancelled or moved, until each
    /// lane begins with one that is pending.
    #[inline]
    fn clean_lanes(&mut self) {
        let bodies = &self.bodies;
        if let Order::Heap(_, lanes) = &mut self.order {
            lanes.clean(|key, slot| {
                let body = &bodies[slot as usize];
                body.in_lane && body.sequence == key.sequence && body.content.is_some()
            });
        }
    }
}
