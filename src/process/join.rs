//! Waiting for the end of a process.

use crate::actor::Message;
use crate::error::ErrorKind;
use crate::process::all::Sealed;
use crate::process::interface::Process;
use crate::process::key::Reason;
use crate::process::place::spent;
use crate::process::reference::{End, ProcessRef};
use crate::process::waits::Wait;
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// A process has ended without a result: it was killed, or its result was taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended;

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the process has ended without a result: it was killed, or another took it")
    }
}

impl std::error::Error for Ended {}

/// Waits for the end of a process; see [`Process::join`].
#[must_use = "nothing is waited for until this is awaited: write `.await`"]
pub struct Join<T> {
    end: Rc<RefCell<End<T>>>,
    wait: Wait,
    handed_out: bool,
}

impl<T> Join<T> {
    #[track_caller]
    pub(crate) fn new<M, N: Message>(process: &Process<M>, whom: &ProcessRef<N, T>) -> Self {
        let place = Location::caller();
        let mut kernel = process.act_at(place);
        if kernel.owns(whom.family()) && whom.id() == process.id {
            kernel.fail(ErrorKind::WaitsForItself);
        }
        drop(kernel);
        let end = Rc::clone(&whom.end);
        let wait = {
            let End { over, waiting, .. } = &mut *end.borrow_mut();
            let waiting = (!*over).then_some(waiting);
            Wait::with_others(process, Reason::End(whom.id()), place, waiting)
        };
        Self { end, wait, handed_out: false }
    }
}

impl<T> Sealed for Join<T> {
    fn look(&self, context: &mut Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) -> Result<T, Ended> {
        if std::mem::replace(&mut self.handed_out, true) {
            spent(self.wait.place());
        }
        self.end.borrow_mut().result.take().ok_or(Ended)
    }
}

impl<T> Future for Join<T> {
    type Output = Result<T, Ended>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_look(context)
    }
}

impl<T> Drop for Join<T> {
    fn drop(&mut self) {
        if !self.wait.is_decided() {
            self.end.borrow_mut().waiting.retain(|waiter| !self.wait.is_of(waiter));
        }
    }
}

impl<T> fmt::Debug for Join<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Join")
    }
}
