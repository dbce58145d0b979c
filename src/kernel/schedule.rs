//! Scheduling: puts events into cells and on the event list, and cancels them.

use crate::actor::{ActorId, Message};
use crate::error::{ErrorKind, Limit};
use crate::event_list::{EventId, Lane};
use crate::kernel::state::{Hooks, Kernel};
use crate::store::{EventPool, NONE, Op, Origin};
use crate::time::{Span, VirtualTime};
use std::cell::RefCell;
use std::rc::Rc;

impl<F: Hooks> Kernel<F> {
    /// Schedules the event in that cell; returns its sequence number.
    #[inline(always)]
    pub(crate) fn schedule(&mut self, time: VirtualTime, lane: Lane, class: u16, cell: u32) -> u64 {
        let sequence = self.events.schedule(time, lane, EventId { pool: class, cell });
        if sequence >= self.sequence_look {
            self.check_pending(sequence);
        }
        sequence
    }

    /// Checks whether too many events are pending, and computes when to check next: each event adds
    /// at most one.
    #[cold]
    #[inline(never)]
    fn check_pending(&mut self, sequence: u64) {
        let allowed = self.config.limits.pending_events;
        match allowed.checked_sub(self.events.len() as u64) {
            Some(room) => self.sequence_look = sequence.saturating_add(room).saturating_add(1),
            None => self.limit(Limit::PendingEvents, allowed),
        }
    }

    /// The instant `span` from now, and the lane for events that are due then. Fails the run if
    /// that instant is [`VirtualTime::MAX`] or later.
    #[inline(always)]
    pub(crate) fn after(&mut self, span: Span) -> Option<(VirtualTime, Lane)> {
        let lane = if span.is_zero() { Lane::Now } else { Lane::None };
        match self.now.checked_add(span) {
            Some(time) if time != VirtualTime::MAX => Some((time, lane)),
            _ => self.overflow(),
        }
    }

    /// The same for an event that may never come: it is then due at [`VirtualTime::MAX`], at which
    /// nothing happens.
    #[inline(always)]
    pub(crate) fn after_or_never(&self, span: Span) -> (VirtualTime, Lane) {
        let lane = if span.is_zero() { Lane::Now } else { Lane::None };
        (self.now.checked_add(span).unwrap_or(VirtualTime::MAX), lane)
    }

    /// Returns `time`, and the lane for events due then. Fails the run if `time` has passed or is
    /// [`VirtualTime::MAX`].
    pub(crate) fn at(&mut self, time: VirtualTime) -> Option<(VirtualTime, Lane)> {
        if time < self.now {
            self.fail(ErrorKind::InThePast { time });
            return None;
        }
        if time == VirtualTime::MAX { self.overflow() } else { Some((time, self.lane(time))) }
    }

    pub(crate) fn lane(&self, time: VirtualTime) -> Lane {
        if time == self.now { Lane::Now } else { Lane::None }
    }

    #[cold]
    pub(crate) fn overflow(&mut self) -> Option<(VirtualTime, Lane)> {
        self.fail(ErrorKind::TimeOverflow);
        None
    }

    /// Takes an event off the list; the caller has emptied its cell.
    #[inline]
    pub(crate) fn cancel(&mut self, class: u16, cell: u32) {
        let event = EventId { pool: class, cell };
        if !(self.ties.is_on() && self.cancel_due(event)) {
            self.events.cancel(event);
            self.release_swept();
        }
    }

    /// Frees the cells of cancelled events whose entries have left the list.
    pub(crate) fn release_swept(&mut self) {
        while let Some(swept) = self.events.next_swept() {
            self.pools[swept.pool as usize].any.release(swept.cell);
        }
    }

    /// Schedules an event without a message; `None` is past the end of time.
    pub(crate) fn schedule_plain(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        to: ActorId,
        op: Op,
    ) -> u32 {
        if self.pools.len() <= to.class() as usize {
            self.fail(ErrorKind::ForeignReference);
            return NONE;
        }
        let Some((time, lane)) = due else { return NONE };
        let cell = self.put_plain(to, op);
        self.schedule(time, lane, to.class(), cell);
        cell
    }

    /// Puts an event without a message into a cell.
    pub(crate) fn put_plain(&self, to: ActorId, op: Op) -> u32 {
        let pool = &self.pools[to.class() as usize].any;
        let cell = pool.insert_plain(to, op);
        if self.journal.wants_origins() {
            pool.set_origin(cell, self.origin());
        }
        cell
    }

    #[inline]
    pub(crate) fn put_word(&self, to: ActorId, op: Op, word: u64) -> u32 {
        let pool = &self.pools[to.class() as usize].any;
        let cell = pool.insert_word(to, op, word);
        if self.journal.wants_origins() {
            pool.set_origin(cell, self.origin());
        }
        cell
    }

    /// The pool of a class of actors that take messages of type `M`.
    #[inline]
    pub(crate) fn pool<M: Message>(&self, class: u16) -> Option<&RefCell<EventPool<M>>> {
        self.pools.get(class as usize)?.typed.downcast_ref()
    }

    /// The same, to keep.
    pub(crate) fn shared_pool<M: Message>(&self, class: u16) -> Rc<RefCell<EventPool<M>>> {
        let pool = Rc::clone(&self.pools[class as usize].typed).downcast();
        pool.expect("a reference knows what its actor takes")
    }

    /// Counts the message in that cell as sent, and schedules it.
    #[inline(always)]
    pub(crate) fn schedule_sent(&mut self, due: (VirtualTime, Lane), to: ActorId, cell: u32) {
        self.counts.sent += 1;
        self.schedule(due.0, due.1, to.class(), cell);
    }

    /// Sends a message: into a cell, counted, scheduled. Returns its cell, or `NONE` if it could
    /// not be sent: past the end of time, or to an actor of another simulation.
    #[inline(always)]
    pub(crate) fn post<M: Message>(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        from: ActorId,
        to: ActorId,
        op: Op,
        message: M,
    ) -> u32 {
        let Some(pool) = self.pool(to.class()) else {
            self.fail(ErrorKind::ForeignReference);
            return NONE;
        };
        let Some(due) = due else { return NONE };
        let cell = put_message(pool, self, from, to, op, message);
        self.schedule_sent(due, to, cell);
        cell
    }

    /// Makes the event in a cell happen right after the current one.
    pub(crate) fn make_urgent(&mut self, class: u16, cell: u32) {
        self.urgent.push_back(EventId { pool: class, cell });
        self.want_attention();
    }

    /// Cancels the event in a cell if it is still that one. Once it has happened, the cell may hold
    /// another.
    pub(crate) fn cancel_if(&mut self, to: ActorId, op: Op, word: u64, cell: u32) {
        let pool = &self.pools[to.class() as usize].any;
        if pool.has(cell, op, to, word) {
            pool.cancel(cell);
            self.cancel(to.class(), cell);
        }
    }

    /// The receiver of an event that was just popped.
    #[cold]
    pub(crate) fn target(&self, event: EventId) -> ActorId {
        self.pools[event.pool as usize].any.target(event.cell)
    }

    /// How many messages are in cells: scheduled or waiting.
    pub(crate) fn pending_messages(&self) -> usize {
        self.pools.iter().map(|pool| pool.any.messages()).sum()
    }
}

#[inline(always)]
pub(crate) fn put_message<F: Hooks, M: Message>(
    pool: &RefCell<EventPool<M>>,
    kernel: &Kernel<F>,
    from: ActorId,
    to: ActorId,
    op: Op,
    message: M,
) -> u32 {
    let mut pool = pool.borrow_mut();
    let cell = pool.insert(to, op, Some(message));
    if kernel.journal.wants_origins() {
        pool.set_origin(cell, Origin { sender: from, ..kernel.origin() });
    }
    cell
}
