//! References to processes, and how processes ended.

use crate::actor::{ActorId, ActorRef};
use crate::process::key::WaitKey;
use crate::process::state::ProcessState;
use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A reference to a process that was started: an [`ActorRef`] to send it messages, and access to
/// its result. Clones refer to the same process.
pub struct ProcessRef<M, T = ()> {
    pub(super) actor: ActorRef<M>,
    pub(crate) end: Rc<RefCell<End<T>>>,
}

impl<M, T> ProcessRef<M, T> {
    /// Whether the process has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.end.borrow().over
    }

    /// Takes the result of the process; `None` before its end, if it was killed, and if the result
    /// was taken before.
    #[must_use]
    pub fn result(&self) -> Option<T> {
        self.end.borrow_mut().result.take()
    }
}

impl<M, T> Clone for ProcessRef<M, T> {
    fn clone(&self) -> Self {
        Self { actor: self.actor, end: Rc::clone(&self.end) }
    }
}

impl<M, T> Deref for ProcessRef<M, T> {
    type Target = ActorRef<M>;

    fn deref(&self) -> &ActorRef<M> {
        &self.actor
    }
}

impl<M, T> fmt::Debug for ProcessRef<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {:?}", self.actor)
    }
}

/// How a process ended, and which waits wait for its end.
pub(crate) struct End<T> {
    pub(crate) over: bool,
    pub(crate) result: Option<T>,
    pub(crate) waiting: Vec<Waiter>,
}

impl<T> Default for End<T> {
    fn default() -> Self {
        Self { over: false, result: None, waiting: Vec::new() }
    }
}

/// A wait, for the part of the engine that serves it.
pub(crate) struct Waiter {
    pub(crate) process: ActorId,
    pub(crate) key: WaitKey,
    pub(super) state: Rc<ProcessState>,
}

impl Waiter {
    /// Notes that a claim of the process was moved to another place.
    pub(crate) fn note_moved(&self) {
        self.state.has_moved.set(true);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state.is_open(self.key)
    }
}
