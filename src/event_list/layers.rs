//! The fast event list: events of the near future are sorted, later events are not.
//!
//! It has four layers, and the next event is the first of their fronts:
//!
//! - two queues for events that are scheduled in order ([`Lane`]);
//! - the *run*: one bucket of the ladder, sorted when its events are next, or all events
//!   while few are pending;
//! - a heap for events that are scheduled into the time of the run, but too far from its
//!   end to be inserted there;
//! - the ladder, for all later events.

use super::arena::{Arena, Queue};
use super::cancelled::Cancelled;
use super::entry::Entry;
use super::heap::Heap;
use super::ladder::Ladder;
use super::memory::Memory;
use super::{EventId, Lane};
use crate::time::VirtualTime;

/// If run and heap have more events, they are distributed to a rung, because buckets then
/// cost less than sorting.
const SPILL_ABOVE: usize = 32;

/// How many entries of the run are moved at most to insert one.
const SHIFT_MAX: usize = 32;

/// Entries of cancelled events are removed when they outnumber the pending events by this.
const SWEEP_ABOVE: usize = 256;

#[derive(Clone, Debug)]
pub(super) struct Layers {
    now: Queue,
    link: Queue,
    /// Latest first.
    run: Vec<Entry>,
    heap: Heap,
    /// Entries in the heap and the queue of links. If there are none, the next event is in
    /// the run or the queue of the current instant.
    beside: usize,
    spill_above: usize,
    /// Events up to this instant belong to run or heap; `u64::MAX` only while the ladder is empty.
    near_last: u64,
    cancelled: Cancelled,
    arena: Arena,
    ladder: Ladder,
}

/// Which of the two has the first entry.
enum First {
    Run,
    Queued,
}

#[derive(Clone, Copy)]
enum Layer {
    Now,
    Link,
    Run,
    Heap,
}

impl Layers {
    pub(super) fn new() -> Self {
        let Memory { run, chunks } = Memory::take();
        Self {
            now: Queue::EMPTY,
            link: Queue::EMPTY,
            run,
            heap: Heap::default(),
            beside: 0,
            spill_above: SPILL_ABOVE,
            near_last: u64::MAX,
            cancelled: Cancelled::default(),
            arena: Arena::new(chunks),
            ladder: Ladder::new(),
        }
    }

    /// Leaves its memory to the next list.
    pub(super) fn leave(&mut self) {
        let (run, chunks) = (std::mem::take(&mut self.run), self.arena.take_memory());
        Memory { run, chunks }.keep();
    }

    #[inline(always)]
    pub(super) fn insert(&mut self, entry: Entry, lane: Lane) {
        let Entry { time, sequence, event } = entry;
        match lane {
            Lane::None => self.insert_unhinted(time, sequence, event),
            Lane::Now if self.now.is_empty() => self.now.fill(entry),
            Lane::Link if self.link.is_empty() => {
                self.link.fill(entry);
                self.beside += 1;
            }
            Lane::Now | Lane::Link => self.append(time, sequence, event, lane),
        }
    }

    // Functions that are not inlined take the words of an entry. Passed in memory, an entry
    // would be read wider than it was written just before, which stalls.

    #[inline(always)]
    fn insert_unhinted(&mut self, time: u64, sequence: u64, event: u64) {
        if time > self.near_last {
            self.ladder.add(&mut self.arena, time, sequence, event);
        } else if self.run.last().is_none_or(|next| time < next.time) {
            // This is always the case for a single chain of events. No number of such events
            // has to move another.
            self.run.push(Entry { time, sequence, event });
        } else {
            self.insert_near(time, sequence, event);
        }
    }

    /// Appends to a queue that is not empty.
    #[inline(never)]
    fn append(&mut self, time: u64, sequence: u64, event: u64, lane: Lane) {
        let entry = Entry { time, sequence, event };
        let is_link = lane == Lane::Link;
        let queue = if is_link { &mut self.link } else { &mut self.now };
        if self.arena.append(queue, entry) {
            self.beside += usize::from(is_link);
        } else {
            self.insert_unhinted(time, sequence, event);
        }
    }

    /// Inserts an entry into the run if its place is close to the end, otherwise into the heap.
    #[inline(never)]
    fn insert_near(&mut self, time: u64, sequence: u64, event: u64) {
        let entry = Entry { time, sequence, event };
        let key = entry.key();
        let mut place = self.run.len();
        let window = place.saturating_sub(SHIFT_MAX);
        if window > 0 && self.run[window].key() < key {
            self.beside += 1;
            self.heap.push(entry);
        } else {
            self.run.push(Entry::VACANT);
            while place > 0 && self.run[place - 1].key() < key {
                self.run[place] = self.run[place - 1];
                place -= 1;
            }
            let slot = &mut self.run[place];
            (slot.time, slot.sequence, slot.event) = (time, sequence, event);
        }
        if self.run.len() + self.heap.len() > self.spill_above {
            self.spill();
        }
    }

    /// Which layer has the first entry.
    #[inline(always)]
    fn first_layer(&mut self) -> Layer {
        if self.run.is_empty() && self.near_last != u64::MAX && self.heap.len() == 0 {
            self.refill();
        }
        let mut first = (self.front(Layer::Run).key(), Layer::Run);
        if self.now.first().key() < first.0 {
            first = (self.now.first().key(), Layer::Now);
        }
        if self.beside > 0 {
            if self.link.first().key() < first.0 {
                first = (self.link.first().key(), Layer::Link);
            }
            if self.heap.len() > 0 && self.front(Layer::Heap).key() < first.0 {
                first.1 = Layer::Heap;
            }
        }
        first.1
    }

    /// The first entry of a layer; vacant if it has none.
    #[inline(always)]
    fn front(&self, layer: Layer) -> &Entry {
        match layer {
            Layer::Run => self.run.last().unwrap_or(&Entry::VACANT),
            Layer::Now => self.now.first(),
            Layer::Link => self.link.first(),
            Layer::Heap => self.heap.first().unwrap_or(&Entry::VACANT),
        }
    }

    #[inline(always)]
    fn take(&mut self, layer: Layer) {
        match layer {
            Layer::Run => _ = self.run.pop(),
            Layer::Now => self.arena.pop(&mut self.now),
            Layer::Link => {
                self.beside -= 1;
                self.arena.pop(&mut self.link);
            }
            Layer::Heap => {
                self.beside -= 1;
                self.heap.pop();
            }
        }
    }

    #[inline]
    pub(super) fn next_time(&mut self) -> Option<VirtualTime> {
        loop {
            let layer = self.first_layer();
            let first = self.front(layer).words();
            if first.is_vacant() {
                return None;
            }
            if self.cancelled.count() == 0 || !self.cancelled.sweep(first.id()) {
                return Some(first.time());
            }
            self.take(layer);
        }
    }

    /// Takes the first entry if it is due no later than `last`. Drops entries of cancelled
    /// events before it.
    #[inline(always)]
    pub(super) fn pop_until(&mut self, last: u64) -> Option<Entry> {
        loop {
            let first = self.take_first(last)?;
            if self.cancelled.count() == 0 || !self.cancelled.sweep(first.id()) {
                return Some(first);
            }
        }
    }

    /// Takes the first entry if it is due no later than `last`.
    ///
    /// Usually at most two layers can have it, the run and a queue, because the heap is empty
    /// and the ladder is later. Each case takes the entry itself, so that no case is stored
    /// and tested again.
    #[inline(always)]
    fn take_first(&mut self, last: u64) -> Option<Entry> {
        if self.beside == 0 {
            if self.now.is_empty() {
                if !self.run.is_empty() {
                    return self.take_due(Layer::Run, last);
                }
            } else {
                match self.first_of(&self.now) {
                    Some(First::Run) => return self.take_due(Layer::Run, last),
                    Some(First::Queued) => return self.take_due(Layer::Now, last),
                    None => {}
                }
            }
        } else if self.heap.len() == 0 && self.now.is_empty() {
            match self.first_of(&self.link) {
                Some(First::Run) => return self.take_due(Layer::Run, last),
                Some(First::Queued) => return self.take_due(Layer::Link, last),
                None => {}
            }
        }
        let layer = self.first_layer();
        if self.front(layer).is_vacant() { None } else { self.take_due(layer, last) }
    }

    /// Whether the run or this queue has the first entry, if no other layer can.
    #[inline(always)]
    fn first_of(&self, queue: &Queue) -> Option<First> {
        let queued = queue.first();
        match self.run.last() {
            Some(first) if first.key() < queued.key() => Some(First::Run),
            None if queued.time > self.near_last => None,
            _ => Some(First::Queued),
        }
    }

    /// Takes the first entry of a layer that has one, if it is due no later than `last`.
    #[inline(always)]
    fn take_due(&mut self, layer: Layer, last: u64) -> Option<Entry> {
        let first = self.front(layer).words();
        if first.time > last {
            return None;
        }
        self.take(layer);
        Some(first)
    }

    /// Marks a pending event as cancelled. Its entry is removed when it reaches the front,
    /// or when there are more such entries than `pending` events.
    #[inline]
    pub(super) fn cancel(&mut self, id: EventId, pending: usize) {
        self.cancelled.insert(id);
        if self.cancelled.count() > pending + SWEEP_ABOVE {
            self.sweep();
        }
    }

    #[inline]
    pub(super) fn next_swept(&mut self) -> Option<EventId> {
        self.cancelled.next_swept()
    }

    /// Sorts the next bucket of the ladder into the run.
    #[inline(never)]
    fn refill(&mut self) {
        let Self { ladder, arena, run, cancelled, .. } = self;
        self.near_last = ladder.refill(arena, run, cancelled);
        self.spill_above = SPILL_ABOVE.max(2 * self.run.len());
    }

    /// Moves the near future into the ladder, because it has become crowded.
    #[cold]
    fn spill(&mut self) {
        self.beside -= self.heap.len();
        self.run.extend(self.heap.drain());
        if self.run.iter().any(|entry| entry.time == 0) {
            // The near future cannot end before instant 0. The heap keeps these entries in
            // order, at the same cost per entry.
            self.run.retain(|entry| {
                if entry.time == 0 {
                    self.heap.push(*entry);
                }
                entry.time > 0
            });
            self.beside += self.heap.len();
        }
        self.spill_above = SPILL_ABOVE.max(2 * self.heap.len());
        let Some(first) = self.run.iter().map(|entry| entry.time).min() else { return };
        self.ladder.deal(&mut self.arena, &mut self.run, self.near_last);
        self.near_last = first - 1;
    }

    /// Drops all entries of cancelled events. Cost: O(entries), amortized over as many
    /// cancellations.
    #[cold]
    fn sweep(&mut self) {
        self.cancelled.filter(&mut self.run);
        self.heap.sweep(&mut self.cancelled);
        self.ladder.sweep(&mut self.arena, &mut self.cancelled);
        let mut left = 0;
        for queue in [&mut self.now, &mut self.link] {
            left = 0;
            let mut kept = Queue::EMPTY;
            while !queue.is_empty() {
                let entry = *queue.first();
                self.arena.pop(queue);
                if !self.cancelled.sweep(entry.id()) {
                    self.arena.append(&mut kept, entry);
                    left += 1;
                }
            }
            *queue = kept;
        }
        // `left` is the length of the queue of links.
        self.beside = self.heap.len() + left;
    }
}
