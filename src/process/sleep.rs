//! Waiting for an instant.

use crate::event_list::Lane;
use crate::features::{Kernel, Return};
use crate::process::all::Sealed;
use crate::process::interface::Process;
use crate::process::place::Place;
use crate::process::waits::Wait;
use crate::store::NONE;
use crate::time::{Span, VirtualTime};
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for an instant; see [`Process::sleep`].
#[must_use = "a sleep that is dropped does not take time: write `.await`"]
pub struct Sleep {
    wait: Wait,
    /// The cell of its wake event, or `NONE` once that has happened.
    cell: Cell<u32>,
    /// When its span is over, whether or not its wake event has happened.
    over: VirtualTime,
}

impl Sleep {
    #[inline]
    pub(crate) fn begin<M>(process: &Process<M>, span: Span, place: Place) -> Self {
        let (wait, mut kernel) = Wait::begin_at(process, place);
        let (due, _) = kernel.after_or_never(span);
        Self::until(&mut kernel, wait, due)
    }

    #[inline]
    pub(crate) fn until(kernel: &mut Kernel, wait: Wait, due: VirtualTime) -> Self {
        let lane = kernel.lane(due);
        let cell = Cell::new(kernel.wake_at(due, lane, wait.process, wait.key));
        // A sleep of no length that begins in the last poll of a timeout does not count as finished
        // in that poll. Else a loop of such sleeps would never end there.
        if lane == Lane::Now && wait.state.time_is_up() {
            return Self { wait, cell, over: VirtualTime::MAX };
        }
        Self { wait, cell, over: due }
    }

    /// Begins a sleep now, beside another wait of the process.
    pub(crate) fn beside(wait: &Wait, span: Span) -> Self {
        let begin = |kernel: &mut Kernel| {
            let (due, _) = kernel.after_or_never(span);
            Self::until(kernel, wait.another(kernel.now), due)
        };
        wait.with_kernel(begin).unwrap_or_else(|| {
            let wait = wait.another(VirtualTime::ZERO);
            Self { wait, cell: Cell::new(NONE), over: VirtualTime::MAX }
        })
    }

    /// Whether its span is over; its wake event may still be scheduled.
    #[cold]
    fn is_over(&self) -> bool {
        self.wait.with_kernel(|kernel| kernel.now >= self.over) == Some(true)
    }
}

impl Sealed for Sleep {
    #[inline]
    fn look(&self, context: &mut Context<'_>) -> bool {
        if self.wait.poll(context).is_ready() {
            self.cell.set(NONE);
            return true;
        }
        self.wait.state.time_is_up() && self.is_over()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided() || self.is_over()
    }

    fn take(&mut self) {}
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.look(context) { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Sleep {
    #[inline]
    fn drop(&mut self) {
        let cell = self.cell.get();
        if cell == NONE || self.wait.is_decided() {
            return;
        }
        let Wait { process, key, .. } = self.wait;
        self.wait.returns().give(Return::Wake { process, word: key.word(), cell });
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sleep")
    }
}
