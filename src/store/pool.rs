//! Typed storage for events and for messages that wait.
//!
//! A message keeps its Rust type from sending to handling: the event list moves only the number of
//! its cell. So nothing is boxed, and a pool that has grown to its working size allocates nothing.
//! Messages of one mailbox are linked through the pool, so a mailbox is only two numbers.
//!
//! What few messages have (the word of a request, the number of a timer, an origin) is kept beside
//! the cells.

use crate::actor::ActorId;
use crate::store::head::{Head, Op};
use crate::store::origin::Origin;
use crate::tie::Sender;
use std::cell::RefCell;

/// Pools with more bytes in their cells are given back to the system when they are gone.
const KEPT: usize = 16 << 10;

/// No cell.
pub(crate) const NONE: u32 = u32::MAX;

/// An event, or a message that waits.
#[derive(Debug)]
pub(super) struct Cell<M> {
    pub(super) head: Head,
    /// `None` for an event without a message.
    pub(super) message: Option<M>,
}

/// A cell that was found: it can be read and emptied without a second look-up.
pub(crate) struct Found<'a, M> {
    place: &'a mut Cell<M>,
    free: &'a mut u32,
    index: u32,
}

impl<M> Found<'_, M> {
    #[inline(always)]
    pub(crate) fn head(&self) -> Head {
        self.place.head
    }

    /// Empties the cell; returns its message, if it has one.
    #[inline(always)]
    pub(crate) fn take(self) -> Option<M> {
        self.place.head = Head::free(*self.free);
        *self.free = self.index;
        self.place.message.take()
    }
}

/// All events and waiting messages of the actors of one class.
#[derive(Debug)]
pub(crate) struct EventPool<M> {
    pub(super) class: u16,
    pub(super) cells: Vec<Cell<M>>,
    pub(super) free: u32,
    /// The origin of the event in a cell; filled only while origins are wanted.
    pub(super) origins: Vec<Origin>,
    /// The words of cells, such as the sequence number of a timer or the key of a wait.
    pub(super) words: Vec<u64>,
    /// A word of the message in a cell, such as its request; filled only where one has it.
    pub(super) riders: Vec<u64>,
}

impl<M> EventPool<M> {
    pub(crate) fn new(class: u16) -> Self {
        Self {
            class,
            cells: Vec::new(),
            free: NONE,
            origins: Vec::new(),
            words: Vec::new(),
            riders: Vec::new(),
        }
    }

    /// Puts an event into a cell; returns the cell.
    #[inline(always)]
    pub(crate) fn insert(&mut self, to: ActorId, op: Op, message: Option<M>) -> u32 {
        let index = self.free;
        let head = Head::new(to, op);
        match self.cells.get_mut(index as usize) {
            Some(place) => {
                self.free = place.head.link();
                place.head = head;
                place.message = message;
                index
            }
            None => self.grow(Cell { head, message }),
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, cell: Cell<M>) -> u32 {
        let index = self.cells.len() as u32;
        assert!(index < NONE, "2^32 messages under way to one class of actors");
        self.cells.push(cell);
        index
    }

    #[inline(always)]
    pub(crate) fn head(&self, cell: u32) -> Head {
        self.cells[cell as usize].head
    }

    pub(crate) fn set_op(&mut self, cell: u32, op: Op) {
        self.cells[cell as usize].head.set_op(op);
    }

    pub(crate) fn message(&self, cell: u32) -> Option<&M> {
        self.cells[cell as usize].message.as_ref()
    }

    /// Empties the cell; returns its message, if it has one.
    #[inline(always)]
    pub(crate) fn take(&mut self, cell: u32) -> Option<M> {
        self.find(cell).take()
    }

    #[inline(always)]
    pub(crate) fn find(&mut self, cell: u32) -> Found<'_, M> {
        Found { place: &mut self.cells[cell as usize], free: &mut self.free, index: cell }
    }

    /// Empties the cell of an event that was cancelled. The cell stays in use until its entry has
    /// left the event list.
    pub(crate) fn cancel(&mut self, cell: u32) -> Option<M> {
        let place = &mut self.cells[cell as usize];
        place.head.set_op(Op::CANCELLED);
        place.message.take()
    }

    /// Marks the events that belong to one incarnation of an actor: its timers, its crashes, what
    /// it scheduled, answers to its requests, and requests that failed when it died. Messages from
    /// others stay as they are. Cost: O(cells).
    pub(crate) fn mark_stale(&mut self, id: ActorId) {
        let meant = |head: Head| head.op().is(Op::OF_ONE_LIFE) && head.target(self.class) == id;
        for cell in self.cells.iter_mut().filter(|cell| meant(cell.head)) {
            cell.head.set_op(Op::STALE);
        }
    }

    // --- beside the cells --------------------------------------------------

    #[inline]
    pub(crate) fn set_origin(&mut self, cell: u32, origin: Origin) {
        put(&mut self.origins, cell, origin, Origin::UNKNOWN);
    }

    /// The origin of the event; `OUTSIDE` if it was not stored.
    pub(crate) fn origin(&self, cell: u32) -> Origin {
        self.known_origin(cell).unwrap_or(Origin::OUTSIDE)
    }

    /// The same; `None` if it was not stored.
    pub(super) fn known_origin(&self, cell: u32) -> Option<Origin> {
        let origin = self.origins.get(cell as usize).copied();
        origin.filter(|origin| *origin != Origin::UNKNOWN)
    }

    pub(crate) fn set_word(&mut self, cell: u32, word: u64) {
        put(&mut self.words, cell, word, u64::MAX);
    }

    pub(crate) fn word(&self, cell: u32) -> u64 {
        self.words.get(cell as usize).copied().unwrap_or(u64::MAX)
    }

    /// Whether the cell holds an event with that op and that word.
    pub(crate) fn has(&self, cell: u32, op: Op, word: u64) -> bool {
        let found = self.cells.get(cell as usize).map(|place| place.head.op());
        found == Some(op) && self.words.get(cell as usize) == Some(&word)
    }

    /// Sets a word for the message in a cell: its sender is told if the message is not handled.
    pub(crate) fn set_rider(&mut self, cell: u32, rider: u64) {
        put(&mut self.riders, cell, rider, u64::MAX);
    }

    /// The word of the message in a cell.
    #[cfg(feature = "snapshot")]
    pub(super) fn rider(&self, cell: u32) -> Option<u64> {
        self.riders.get(cell as usize).copied().filter(|found| *found != u64::MAX)
    }

    /// Removes the word of a message that was handled or lost.
    pub(crate) fn take_rider(&mut self, cell: u32) -> Option<u64> {
        let place = self.riders.get_mut(cell as usize)?;
        Some(std::mem::replace(place, u64::MAX)).filter(|found| *found != u64::MAX)
    }
}

#[inline]
pub(super) fn put<T: Copy>(beside: &mut Vec<T>, cell: u32, value: T, vacant: T) {
    match beside.get_mut(cell as usize) {
        Some(place) => *place = value,
        None => extend(beside, cell, value, vacant),
    }
}

#[cold]
fn extend<T: Copy>(beside: &mut Vec<T>, cell: u32, value: T, vacant: T) {
    beside.resize(cell as usize, vacant);
    beside.push(value);
}

/// A pool whose message type only its users know. It is shared by its class, which takes messages
/// out, and the kernel, which puts them in.
pub(crate) trait AnyPool {
    /// How many messages are in cells: scheduled, waiting, or kept for the end of a hold.
    fn messages(&self) -> usize;
    fn insert_plain(&self, to: ActorId, op: Op) -> u32;
    fn insert_word(&self, to: ActorId, op: Op, word: u64) -> u32;
    fn set_origin(&self, cell: u32, origin: Origin);
    fn cancel(&self, cell: u32);
    fn has(&self, cell: u32, op: Op, to: ActorId, word: u64) -> bool;
    /// Makes the cell of a cancelled event usable again.
    fn release(&self, cell: u32);
    fn target(&self, cell: u32) -> ActorId;
    fn sender(&self, cell: u32) -> Sender;
    fn op(&self, cell: u32) -> Op;
    /// Drops all that is in it. Returns whether its memory is worth keeping.
    fn empty(&self) -> bool;
}

impl<M: 'static> AnyPool for RefCell<EventPool<M>> {
    fn messages(&self) -> usize {
        self.borrow().cells.iter().filter(|cell| cell.message.is_some()).count()
    }

    fn insert_plain(&self, to: ActorId, op: Op) -> u32 {
        self.borrow_mut().insert(to, op, None)
    }

    fn insert_word(&self, to: ActorId, op: Op, word: u64) -> u32 {
        let mut pool = self.borrow_mut();
        let cell = pool.insert(to, op, None);
        pool.set_word(cell, word);
        cell
    }

    fn set_origin(&self, cell: u32, origin: Origin) {
        self.borrow_mut().set_origin(cell, origin);
    }

    fn cancel(&self, cell: u32) {
        self.borrow_mut().cancel(cell);
    }

    fn has(&self, cell: u32, op: Op, to: ActorId, word: u64) -> bool {
        let pool = self.borrow();
        pool.has(cell, op, word) && pool.head(cell).target(pool.class) == to
    }

    fn release(&self, cell: u32) {
        self.borrow_mut().take(cell);
    }

    fn target(&self, cell: u32) -> ActorId {
        let pool = self.borrow();
        pool.head(cell).target(pool.class)
    }

    fn sender(&self, cell: u32) -> Sender {
        let pool = self.borrow();
        if !pool.head(cell).op().is(Op::ARRIVES) || pool.message(cell).is_none() {
            return Sender::Nobody;
        }
        pool.known_origin(cell).map_or(Sender::Unknown, |origin| Sender::Known(origin.sender))
    }

    fn op(&self, cell: u32) -> Op {
        self.borrow().head(cell).op()
    }

    fn empty(&self) -> bool {
        // Messages are dropped while nothing is borrowed.
        let mut cells = std::mem::take(&mut self.borrow_mut().cells);
        cells.clear();
        let size = cells.capacity() * size_of::<Cell<M>>();
        let mut pool = self.borrow_mut();
        (pool.cells, pool.free) = (cells, NONE);
        pool.origins.clear();
        pool.words.clear();
        pool.riders.clear();
        (1..=KEPT).contains(&size)
    }
}
