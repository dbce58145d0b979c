//! Scheduling: events into cells and on the list, and off it.

use super::Core;
use crate::actor::{ActorId, ActorRef, Family, Message};
use crate::event_list::{EventId, Lane};
use crate::simulation::error::{ErrorKind, Limit};
use crate::simulation::pool::{EventKind, NONE, Pool};
use crate::simulation::tell::stow;
use crate::time::{Span, VirtualTime};
use std::cell::RefCell;
use std::rc::Rc;

impl Core {
    /// Schedules the event in that cell; its sequence number.
    #[inline(always)]
    pub(in crate::simulation) fn schedule(
        &mut self,
        time: VirtualTime,
        lane: Lane,
        class: u16,
        cell: u32,
    ) -> u64 {
        let sequence = self.events.schedule(time, lane, EventId { pool: class, cell });
        if sequence >= self.sequence_look {
            self.check_pending(sequence);
        }
        sequence
    }

    /// Looks whether too many events are pending, and how far the next look is:
    /// each event adds one at most.
    #[cold]
    #[inline(never)]
    fn check_pending(&mut self, sequence: u64) {
        let allowed = self.config.limits.pending_events;
        match allowed.checked_sub(self.events.len() as u64) {
            Some(room) => self.sequence_look = sequence.saturating_add(room).saturating_add(1),
            None => self.limit(Limit::PendingEvents, allowed),
        }
    }

    /// The instant `span` from now, and the lane for what is due then. Fails the run if
    /// that would be never.
    #[inline(always)]
    pub(in crate::simulation) fn after(&mut self, span: Span) -> Option<(VirtualTime, Lane)> {
        let lane = if span.is_zero() { Lane::Now } else { Lane::None };
        match self.now.checked_add(span) {
            Some(time) if time != VirtualTime::MAX => Some((time, lane)),
            _ => self.overflow(),
        }
    }

    /// The same for what may never come: then it is due at [`VirtualTime::MAX`], at which
    /// nothing happens.
    #[inline(always)]
    pub(in crate::simulation) fn after_or_never(&self, span: Span) -> (VirtualTime, Lane) {
        let lane = if span.is_zero() { Lane::Now } else { Lane::None };
        (self.now.checked_add(span).unwrap_or(VirtualTime::MAX), lane)
    }

    /// The lane for what is due at that instant.
    pub(in crate::simulation) fn lane(&self, time: VirtualTime) -> Lane {
        if time == self.now { Lane::Now } else { Lane::None }
    }

    #[cold]
    pub(in crate::simulation) fn overflow(&mut self) -> Option<(VirtualTime, Lane)> {
        self.fail(ErrorKind::TimeOverflow);
        None
    }

    /// Takes an event off the list; its cell was emptied before.
    #[inline]
    pub(in crate::simulation) fn cancel(&mut self, class: u16, cell: u32) {
        let event = EventId { pool: class, cell };
        if !(self.ties.is_on() && self.cancel_due(event)) {
            self.events.cancel(event);
            self.release_swept();
        }
    }

    /// Makes the cells of cancelled events usable again whose entries are gone.
    pub(in crate::simulation) fn release_swept(&mut self) {
        while let Some(swept) = self.events.next_swept() {
            self.pools[swept.pool as usize].any.release(swept.cell);
        }
    }

    /// Schedules an event without a message; `None` is past the end of time.
    pub(in crate::simulation) fn schedule_plain(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        to: ActorId,
        kind: EventKind,
    ) -> u32 {
        if self.pools.len() <= to.class() as usize {
            self.fail(ErrorKind::ForeignReference);
            return NONE;
        }
        let Some((time, lane)) = due else { return NONE };
        let cell = self.put_plain(to, kind);
        self.schedule(time, lane, to.class(), cell);
        cell
    }

    /// Puts an event without a message into a cell.
    pub(in crate::simulation) fn put_plain(&self, to: ActorId, kind: EventKind) -> u32 {
        let pool = &self.pools[to.class() as usize].any;
        let cell = pool.insert_plain(to, kind);
        if self.recorder.wants_origins() {
            pool.set_origin(cell, self.origin());
        }
        cell
    }

    /// The same, with a word beside it.
    pub(in crate::simulation) fn put_word(&self, to: ActorId, kind: EventKind, word: u64) -> u32 {
        let pool = &self.pools[to.class() as usize].any;
        let cell = pool.insert_word(to, kind, word);
        if self.recorder.wants_origins() {
            pool.set_origin(cell, self.origin());
        }
        cell
    }

    /// The pool of a class of actors that take messages of type `M`.
    #[inline]
    pub(in crate::simulation) fn pool<M: Message>(&self, class: u16) -> Option<&RefCell<Pool<M>>> {
        self.pools.get(class as usize)?.typed.downcast_ref()
    }

    /// The same, to keep.
    pub(in crate::simulation) fn shared_pool<M: Message>(
        &self,
        class: u16,
    ) -> Rc<RefCell<Pool<M>>> {
        let pool = Rc::clone(&self.pools[class as usize].typed).downcast();
        pool.expect("a reference knows what its actor takes")
    }

    /// Sends a message: counted, stowed, scheduled. Returns the cell it is in,
    /// `NONE` if it could not be sent: past the end of time, or to an actor of
    /// another simulation.
    #[inline(always)]
    pub(in crate::simulation) fn post<M: Message>(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        from: ActorId,
        to: ActorId,
        kind: EventKind,
        message: M,
    ) -> u32 {
        let Some(pool) = self.pool(to.class()) else {
            self.fail(ErrorKind::ForeignReference);
            return NONE;
        };
        let Some((time, lane)) = due else { return NONE };
        let cell = stow(pool, self, from, to, kind, message);
        self.counts.sent += 1;
        self.schedule(time, lane, to.class(), cell);
        cell
    }

    /// When a message sent now arrives, if all travel alike: `None` is also
    /// past the end of time. What else can happen stands in `link.rs`.
    #[inline(always)]
    pub(in crate::simulation) fn plain_arrival(&self) -> Option<(VirtualTime, Lane)> {
        if !self.travels_alike() {
            return None;
        }
        let time = self.now.checked_add(self.plain_span)?;
        Some((time, self.link_lane))
    }

    /// Whether all messages travel for the same span.
    #[inline(always)]
    pub(in crate::simulation) fn travels_alike(&self) -> bool {
        !self.plain_family.is(Family::NOBODY)
    }

    /// The same, of a message to that actor, if it is of this simulation.
    #[inline(always)]
    pub(in crate::simulation) fn plain_arrival_at<M>(
        &self,
        to: &ActorRef<M>,
    ) -> Option<(VirtualTime, Lane)> {
        if !to.family().is(self.plain_family) {
            return None;
        }
        let time = self.now.checked_add(self.plain_span)?;
        Some((time, self.link_lane))
    }
}
