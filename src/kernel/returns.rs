//! What is given back by dropping it, also while the kernel is in use.

use crate::actor::Family;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

/// The queue of values that are given back by dropping them. If the kernel is free, it takes them
/// back at once. Else, as in a handler, it takes them back right after the current event, in the
/// order of the drops.
///
/// It holds the kernel weakly, so that values in the kernel may hold it. Once the kernel is gone,
/// values are just dropped.
pub(crate) struct Returns<K, R> {
    /// The family of the kernel, readable while the kernel is in use.
    family: Cell<Family>,
    kernel: OnceCell<Weak<RefCell<K>>>,
    queue: RefCell<VecDeque<R>>,
    /// What besides the next event wants attention. It is here and not in the kernel, so that one
    /// load per event is enough.
    attention: Cell<Attention>,
}

/// What the last event has left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attention {
    Nothing,
    /// A process goes on, and there is nothing else.
    Process,
    /// Anything: returns, newborns, a failure, the end, a process that goes on.
    Much,
}

impl<K, R> Returns<K, R> {
    /// A copy of a kernel has the flag set, so that it looks for open work.
    pub(crate) fn new(attention: bool) -> Self {
        Self {
            family: Cell::default(),
            kernel: OnceCell::new(),
            queue: RefCell::default(),
            attention: Cell::new(if attention { Attention::Much } else { Attention::Nothing }),
        }
    }

    pub(super) fn serve(&self, kernel: &Weak<RefCell<K>>, family: Family) {
        // It serves one kernel, from the beginning.
        _ = self.kernel.set(Weak::clone(kernel));
        self.family.set(family);
    }

    pub(crate) fn family(&self) -> Family {
        self.family.get()
    }

    pub(crate) fn kernel(&self) -> Option<Rc<RefCell<K>>> {
        self.kernel.get()?.upgrade()
    }

    #[inline]
    pub(crate) fn wants_attention(&self) -> bool {
        self.attention.get() != Attention::Nothing
    }

    #[inline]
    pub(super) fn attention(&self) -> Attention {
        self.attention.get()
    }

    #[inline]
    pub(super) fn set_attention(&self, wanted: Attention) {
        self.attention.set(wanted);
    }

    pub(super) fn push(&self, what: R) {
        self.queue.borrow_mut().push_back(what);
        self.attention.set(Attention::Much);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.borrow().is_empty()
    }

    pub(super) fn pop(&self) -> Option<R> {
        self.queue.borrow_mut().pop_front()
    }

    pub(crate) fn sum(&self, part: impl Fn(&R) -> u64) -> u64 {
        self.queue.borrow().iter().map(part).sum()
    }
}
