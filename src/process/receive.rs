//! Messages and interrupts that a process takes.

use crate::actor::Message;
use crate::process::forgotten::Begun;
use crate::process::inbox::Inbox;
use crate::process::interface::Process;
use crate::process::place::Place;
use crate::record::RecordKind;
use crate::store::Op;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for the next message; see [`Process::receive`].
#[must_use = "no message is taken until this is awaited: write `.await`"]
pub struct Receive<'a, M: Message> {
    process: &'a Process<M>,
    inbox: &'a Inbox,
    /// Once it was polled, it counts as a reader of the inbox.
    begun: Begun<'a>,
}

impl<'a, M: Message> Receive<'a, M> {
    #[track_caller]
    pub(crate) fn of(process: &'a Process<M>, inbox: &'a Inbox) -> Self {
        Self { process, inbox, begun: Begun::new(process) }
    }
}

impl<M: Message> Future for Receive<'_, M> {
    type Output = M;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<M> {
        if self.begun.ask() {
            // `enter` comes first: `drop` calls `leave`, also if the next line fails.
            self.inbox.enter();
            self.inbox.since.set(self.process.look_at(self.begun.place).now);
        }
        match take(self.process, self.inbox, self.begun.place) {
            Some(message) => Poll::Ready(message),
            None => {
                self.inbox.wait(context.waker());
                Poll::Pending
            }
        }
    }
}

impl<M: Message> Drop for Receive<'_, M> {
    fn drop(&mut self) {
        if self.begun.polled {
            self.inbox.leave();
        }
    }
}

impl<M: Message> fmt::Debug for Receive<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receive")
    }
}

/// Takes the oldest message that has arrived, for a call at that place.
pub(crate) fn take<M: Message>(process: &Process<M>, inbox: &Inbox, place: Place) -> Option<M> {
    let kernel = &mut *process.act_at(place);
    let pool = kernel.shared_pool::<M>(process.id.class());
    let mut cells = pool.borrow_mut();
    let mut mailbox = inbox.mailbox.get();
    let op = cells.head(mailbox.oldest(&cells)?).op();
    let cell = mailbox.pop(&mut cells, process.id, op)?;
    inbox.mailbox.set(mailbox);
    let is_new = op == Op::DELIVER;
    let record = if is_new { RecordKind::Handled } else { RecordKind::Taken };
    kernel.record(record, process.id, &cells, cell);
    cells.take_rider(cell);
    kernel.counts.handled += 1;
    cells.take(cell)
}
