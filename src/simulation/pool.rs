//! Typed storage for what is scheduled or waiting.
//!
//! A message keeps its Rust type from send to handle: the event list moves
//! the number of its cell here, so nothing is boxed and, once a pool has grown
//! to its working size, nothing is allocated. Messages of one mailbox are
//! linked through the pool, which makes a mailbox cost two numbers.
//!
//! What few messages have (a request that rides along, a timer's number, a
//! sender that somebody wants recorded) is kept beside the cells.

mod head;
mod kept;
mod mailbox;
#[cfg(feature = "snapshot")]
mod saved;

pub(super) use head::{EventKind, Head};
pub(super) use mailbox::Mailbox;
#[cfg(feature = "snapshot")]
pub(super) use saved::{CellPicture, PoolPicture, UsedCell};

use super::happened::Origin;
use crate::actor::{ActorId, RequestId};
use crate::tie::Sender;
use std::cell::RefCell;

/// No cell.
pub(super) const NONE: u32 = u32::MAX;

/// An event, or a message that waits.
#[derive(Debug)]
struct Cell<M> {
    head: Head,
    /// `None` of an event without a message.
    message: Option<M>,
}

/// A cell that was found, to be read and emptied without a second look-up.
pub(super) struct Found<'a, M> {
    place: &'a mut Cell<M>,
    free: &'a mut u32,
    index: u32,
}

impl<M> Found<'_, M> {
    #[inline(always)]
    pub(super) fn head(&self) -> Head {
        self.place.head
    }

    /// Empties the cell; the message, unless the event carries none.
    #[inline(always)]
    pub(super) fn take(self) -> Option<M> {
        self.place.head = Head::free(*self.free);
        *self.free = self.index;
        self.place.message.take()
    }
}

/// All events and waiting messages of the actors of one class.
#[derive(Debug)]
pub(super) struct Pool<M> {
    class: u16,
    cells: Vec<Cell<M>>,
    free: u32,
    /// Where the event of a cell comes from; filled only while that is wanted.
    origins: Vec<Origin>,
    /// The sequence number of the timer in a cell; what a wake is for.
    words: Vec<u64>,
    /// The request that the message in a cell carries; filled only where messages do.
    requests: Vec<RequestId>,
}

impl<M> Pool<M> {
    pub(super) fn new(class: u16) -> Self {
        Self {
            class,
            cells: Vec::new(),
            free: NONE,
            origins: Vec::new(),
            words: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// Puts an event into a cell.
    #[inline(always)]
    pub(super) fn insert(&mut self, to: ActorId, kind: EventKind, message: Option<M>) -> u32 {
        let index = self.free;
        let head = Head::new(to, kind);
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
    pub(super) fn head(&self, cell: u32) -> Head {
        self.cells[cell as usize].head
    }

    pub(super) fn set_kind(&mut self, cell: u32, kind: EventKind) {
        self.cells[cell as usize].head.set_kind(kind);
    }

    pub(super) fn message(&self, cell: u32) -> Option<&M> {
        self.cells[cell as usize].message.as_ref()
    }

    /// Empties the cell; the message, unless the event carries none.
    #[inline(always)]
    pub(super) fn take(&mut self, cell: u32) -> Option<M> {
        self.find(cell).take()
    }

    #[inline(always)]
    pub(super) fn find(&mut self, cell: u32) -> Found<'_, M> {
        Found { place: &mut self.cells[cell as usize], free: &mut self.free, index: cell }
    }

    /// Empties the cell of an event that was cancelled; the cell stays out of
    /// use until the event list has let go of it.
    pub(super) fn cancel(&mut self, cell: u32) -> Option<M> {
        let place = &mut self.cells[cell as usize];
        place.head.set_kind(EventKind::Cancelled);
        place.message.take()
    }

    /// Marks what an incarnation of an actor had coming: its timers, its crashes,
    /// what it scheduled, answers to what it asked, and requests that were failed when
    /// it died. Messages from others stay as they are. Cost: O(cells).
    pub(super) fn outdate(&mut self, id: ActorId) {
        let meant = |head: Head| {
            use EventKind::{Answer, Crash, Own, Request, Timer};
            matches!(head.kind(), Own | Timer | Answer | Request | Crash)
                && head.target(self.class) == id
        };
        for cell in self.cells.iter_mut().filter(|cell| meant(cell.head)) {
            cell.head.set_kind(EventKind::Stale);
        }
    }

    // --- beside the cells --------------------------------------------------

    #[inline]
    pub(super) fn set_origin(&mut self, cell: u32, origin: Origin) {
        put(&mut self.origins, cell, origin, Origin::UNKNOWN);
    }

    /// Where the event comes from; the outside if nobody wanted to know then.
    pub(super) fn origin(&self, cell: u32) -> Origin {
        self.known_origin(cell).unwrap_or(Origin::OUTSIDE)
    }

    /// The same; `None` if nobody wanted to know then.
    fn known_origin(&self, cell: u32) -> Option<Origin> {
        let origin = self.origins.get(cell as usize).copied();
        origin.filter(|origin| *origin != Origin::UNKNOWN)
    }

    pub(super) fn set_word(&mut self, cell: u32, word: u64) {
        put(&mut self.words, cell, word, u64::MAX);
    }

    pub(super) fn word(&self, cell: u32) -> u64 {
        self.words.get(cell as usize).copied().unwrap_or(u64::MAX)
    }

    /// Whether that timer is in the cell and has not gone off.
    pub(super) fn is_timer(&self, cell: u32, sequence: u64) -> bool {
        let kind = self.cells.get(cell as usize).map(|place| place.head.kind());
        kind == Some(EventKind::Timer) && self.words.get(cell as usize) == Some(&sequence)
    }

    pub(super) fn set_request(&mut self, cell: u32, request: RequestId) {
        put(&mut self.requests, cell, request, RequestId::NONE);
    }

    /// The request that the message in a cell carries.
    #[cfg(feature = "snapshot")]
    fn request(&self, cell: u32) -> Option<RequestId> {
        let found = self.requests.get(cell as usize).copied();
        found.filter(|found| *found != RequestId::NONE)
    }

    /// Takes the request off a message that has met its end.
    pub(super) fn take_request(&mut self, cell: u32) -> Option<RequestId> {
        let place = self.requests.get_mut(cell as usize)?;
        Some(std::mem::replace(place, RequestId::NONE)).filter(|found| *found != RequestId::NONE)
    }
}

#[inline]
fn put<T: Copy>(beside: &mut Vec<T>, cell: u32, value: T, vacant: T) {
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

/// A pool whose message type is known to its users only. It is shared between
/// its class, which takes messages out, and the kernel, which puts them in.
pub(super) trait AnyPool {
    /// Messages under way, waiting, or kept for after a hold, counted.
    fn messages(&self) -> usize;
    fn insert_plain(&self, to: ActorId, kind: EventKind) -> u32;
    /// An event without a message, and a word beside it.
    fn insert_word(&self, to: ActorId, kind: EventKind, word: u64) -> u32;
    /// Notes where the event in a cell comes from.
    fn set_origin(&self, cell: u32, origin: Origin);
    /// Empties the cell of an event without a message that is cancelled.
    fn cancel(&self, cell: u32);
    /// Whether that wake of that process is in the cell.
    fn is_wake(&self, cell: u32, process: ActorId, word: u64) -> bool;
    /// Makes the cell of a cancelled event usable again.
    fn release(&self, cell: u32);
    /// Whom the event in a cell happens to.
    fn target(&self, cell: u32) -> ActorId;
    /// Who sent the message that arrives by the event in a cell.
    fn sender(&self, cell: u32) -> Sender;
    /// What the event in a cell does.
    fn kind(&self, cell: u32) -> EventKind;
}

impl<M: 'static> AnyPool for RefCell<Pool<M>> {
    fn messages(&self) -> usize {
        self.borrow().cells.iter().filter(|cell| cell.message.is_some()).count()
    }

    fn insert_plain(&self, to: ActorId, kind: EventKind) -> u32 {
        self.borrow_mut().insert(to, kind, None)
    }

    fn insert_word(&self, to: ActorId, kind: EventKind, word: u64) -> u32 {
        let mut pool = self.borrow_mut();
        let cell = pool.insert(to, kind, None);
        pool.set_word(cell, word);
        cell
    }

    fn set_origin(&self, cell: u32, origin: Origin) {
        self.borrow_mut().set_origin(cell, origin);
    }

    fn cancel(&self, cell: u32) {
        self.borrow_mut().cancel(cell);
    }

    fn is_wake(&self, cell: u32, process: ActorId, word: u64) -> bool {
        let pool = self.borrow();
        let head = pool.head(cell);
        head.kind() == EventKind::Wake
            && head.target(pool.class) == process
            && pool.word(cell) == word
    }

    fn release(&self, cell: u32) {
        self.borrow_mut().take(cell);
    }

    fn target(&self, cell: u32) -> ActorId {
        let pool = self.borrow();
        pool.head(cell).target(pool.class)
    }

    fn sender(&self, cell: u32) -> Sender {
        use EventKind::{Answer, Deliver, Interrupt, Own, Request, Stale, TaskReady, Timer};
        let pool = self.borrow();
        let kind = pool.head(cell).kind();
        let arrives = matches!(
            kind,
            Deliver | Timer | Own | Request | Interrupt | Answer | TaskReady | Stale
        );
        if !arrives || pool.message(cell).is_none() {
            return Sender::Nobody;
        }
        pool.known_origin(cell).map_or(Sender::Unknown, |origin| Sender::Known(origin.sender))
    }

    fn kind(&self, cell: u32) -> EventKind {
        self.borrow().head(cell).kind()
    }
}
