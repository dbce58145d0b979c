//! Typed storage for messages under way.
//!
//! A message keeps its Rust type from send to handle: events carry the index
//! of its envelope here, so nothing is boxed and, once a pool has grown to
//! its working size, nothing is allocated. Envelopes of one mailbox are
//! linked through the pool, which makes an empty mailbox cost two indices.

use crate::actor::{ActorId, RequestId};
use std::any::Any;

/// No envelope.
pub(super) const NONE: u32 = u32::MAX;

/// A message with what the engine has to know about it.
#[derive(Debug)]
pub(super) struct Envelope<M> {
    pub(super) message: M,
    pub(super) sender: ActorId,
    /// The request that the message carries, if any: it fails when the
    /// message meets a dead actor.
    pub(super) request: Option<RequestId>,
}

#[derive(Debug)]
struct Cell<M> {
    envelope: Option<Envelope<M>>,
    /// The next envelope of the same mailbox, or the next free cell.
    next: u32,
}

/// All envelopes for the actors of one class.
#[derive(Debug)]
pub(super) struct Pool<M> {
    cells: Vec<Cell<M>>,
    free: u32,
    live: usize,
}

impl<M> Default for Pool<M> {
    fn default() -> Self {
        Self { cells: Vec::new(), free: NONE, live: 0 }
    }
}

impl<M> Pool<M> {
    #[inline]
    pub(super) fn insert(&mut self, envelope: Envelope<M>) -> u32 {
        self.live += 1;
        if self.free == NONE {
            let index = self.cells.len() as u32;
            assert!(index < NONE, "2^32 messages under way to one class of actors");
            self.cells.push(Cell { envelope: Some(envelope), next: NONE });
            return index;
        }
        let index = self.free;
        let cell = &mut self.cells[index as usize];
        self.free = cell.next;
        *cell = Cell { envelope: Some(envelope), next: NONE };
        index
    }

    #[inline]
    pub(super) fn take(&mut self, index: u32) -> Envelope<M> {
        let cell = &mut self.cells[index as usize];
        let envelope = cell.envelope.take().expect("an event's envelope is in its pool");
        cell.next = self.free;
        self.free = index;
        self.live -= 1;
        envelope
    }
}

/// A pool whose message type is known to its users only.
pub(super) trait AnyPool {
    fn as_any_mut(&mut self) -> &mut dyn Any;
    /// Envelopes in the pool: under way, waiting, or kept for after a hold.
    fn live(&self) -> usize;
}

impl<M: 'static> AnyPool for Pool<M> {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn live(&self) -> usize {
        self.live
    }
}

/// The messages that arrived while their actor was busy, oldest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mailbox {
    head: u32,
    tail: u32,
    length: u32,
}

impl Mailbox {
    pub(super) const EMPTY: Self = Self { head: NONE, tail: NONE, length: 0 };

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(super) fn len(self) -> u32 {
        self.length
    }

    pub(super) fn push<M>(&mut self, pool: &mut Pool<M>, index: u32) {
        if self.tail == NONE {
            self.head = index;
        } else {
            pool.cells[self.tail as usize].next = index;
        }
        self.tail = index;
        self.length += 1;
    }

    /// The oldest envelope's index; the envelope stays in the pool.
    pub(super) fn pop<M>(&mut self, pool: &mut Pool<M>) -> Option<u32> {
        let index = self.head;
        if index == NONE {
            return None;
        }
        self.head = std::mem::replace(&mut pool.cells[index as usize].next, NONE);
        if self.head == NONE {
            self.tail = NONE;
        }
        self.length -= 1;
        Some(index)
    }
}
