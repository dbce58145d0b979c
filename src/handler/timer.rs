//! Messages of an actor to itself that it can cancel.

use crate::actor::{ActorId, Family, Message};
use crate::handler::context::Context;
use crate::kernel::put_message;
use crate::record::RecordKind;
use crate::store::Op;
use crate::time::Span;
use std::fmt;

/// Names a message that an actor has scheduled for itself; see [`Context::set_timer`]. It may be
/// kept for ever: once the message was handled or cancelled, [`Context::cancel`] returns `None`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Timer {
    actor: ActorId,
    cell: u32,
    #[cfg_attr(feature = "snapshot", serde(skip))]
    family: Family,
    sequence: u64,
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { actor, cell, sequence, .. } = self;
        f.debug_struct("Timer")
            .field("actor", actor)
            .field("cell", cell)
            .field("sequence", sequence)
            .finish()
    }
}

impl<M: Message> Context<'_, M> {
    /// Like [`schedule`](Self::schedule), but returns a timer that can cancel the message. A timer
    /// that is due at [`VirtualTime::MAX`](crate::VirtualTime::MAX) or later, such as after
    /// [`Span::MAX`], never goes off, and can be cancelled. The death of the actor cancels no
    /// timer: the message is dropped when it is due.
    ///
    /// # Examples
    /// A connection that closes after a minute without traffic:
    /// ```
    /// use flagfall::{Actor, Config, Context, Message, Simulation, Span, Timer, VirtualTime};
    ///
    /// #[derive(Debug, Message)]
    /// enum Event { Packet, Silence }
    ///
    /// #[derive(Default)]
    /// struct Connection { timeout: Option<Timer>, closed: bool }
    /// impl Actor for Connection {
    ///     type Message = Event;
    ///     fn handle(&mut self, event: Event, context: &mut Context<'_, Event>) {
    ///         match event {
    ///             Event::Packet => {
    ///                 self.timeout.map(|timeout| context.cancel(timeout));
    ///                 self.timeout = Some(context.set_timer(Span::from_secs(60), Event::Silence));
    ///             }
    ///             Event::Silence => self.closed = true,
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let connection = simulation.spawn("connection", Connection::default());
    /// for second in [0, 50, 100] {
    ///     simulation.send_at(VirtualTime::from_secs(second), &connection, Event::Packet)?;
    /// }
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "160s");
    /// assert!(simulation.inspect::<Connection>(&connection).is_some_and(|c| c.closed));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[inline]
    pub fn set_timer(&mut self, delay: Span, message: M) -> Timer {
        let (pool, id) = (self.pool, self.id);
        let due = self.kernel.after_or_never(delay);
        let cell = put_message(pool, self.kernel, id, id, Op::TIMER, message);
        // The cell gets its sequence number before the event is scheduled: a limit may end the
        // handler there.
        let sequence = self.kernel.events.scheduled();
        pool.borrow_mut().set_word(cell, sequence);
        self.kernel.schedule_sent(due, id, cell);
        Timer { actor: id, cell, family: self.kernel.family, sequence }
    }

    /// Cancels a timer of this actor and returns its message. Returns `None` if it is too late: the
    /// message has arrived or was cancelled. It also returns `None` for a timer of another actor. A
    /// timer of another simulation ends the run.
    ///
    /// Cost: O(1) amortised. Memory depends on the number of pending events, however many are
    /// cancelled.
    #[inline]
    pub fn cancel(&mut self, timer: Timer) -> Option<M> {
        if !self.kernel.owns(timer.family) {
            return None;
        }
        let mut pool = self.pool.borrow_mut();
        if timer.actor != self.id || !pool.has(timer.cell, Op::TIMER, timer.sequence) {
            return None;
        }
        if self.kernel.journal.is_on() {
            self.kernel.record(RecordKind::Cancelled, self.id, &pool, timer.cell);
        }
        let message = pool.cancel(timer.cell);
        drop(pool);
        self.kernel.counts.cancelled += 1;
        self.kernel.cancel(self.id.class(), timer.cell);
        message
    }

    /// Moves a timer of this actor to `delay` from now, later or earlier. Returns `None` and does
    /// nothing if it is too late. The old timer is no longer valid. Counts as cancelling the
    /// message and scheduling it again.
    pub fn reset_timer(&mut self, timer: Timer, delay: Span) -> Option<Timer> {
        let message = self.cancel(timer)?;
        Some(self.set_timer(delay, message))
    }
}
