//! What is given back by dropping it, also while the kernel is in use.

use crate::actor::Family;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

/// Where everything is given back that is dropped: at once if the kernel is
/// free; else, as in a handler or where a message is dropped, right after the
/// current event, in the order of the drops.
///
/// It does not keep the kernel, so that what is stored in the kernel may hold
/// it. Once the kernel is gone, there is nothing to give back to.
pub(crate) struct Returns<K, R> {
    /// That of the kernel, to be asked for while that is in use.
    family: Cell<Family>,
    kernel: OnceCell<Weak<RefCell<K>>>,
    queue: RefCell<VecDeque<R>>,
    /// Something besides the next event wants to be looked at: returns,
    /// newborns, somebody to go on, a failure, the end. It stands here, and
    /// not in the kernel, so that one load per event is enough.
    attention: Cell<bool>,
}

impl<K, R> Default for Returns<K, R> {
    fn default() -> Self {
        Self {
            family: Cell::default(),
            kernel: OnceCell::new(),
            queue: RefCell::default(),
            attention: Cell::new(false),
        }
    }
}

impl<K, R> Returns<K, R> {
    /// Makes it known which kernel it is for.
    pub(super) fn serve(&self, kernel: &Rc<RefCell<K>>, family: Family) {
        // It is for one kernel, from its beginning.
        _ = self.kernel.set(Rc::downgrade(kernel));
        self.family.set(family);
    }

    /// Of the kernel of a copy, which looks for whatever there is to look after.
    pub(crate) fn of_copy() -> Self {
        Self { attention: Cell::new(true), ..Self::default() }
    }

    pub(crate) fn family(&self) -> Family {
        self.family.get()
    }

    pub(crate) fn kernel(&self) -> Option<Rc<RefCell<K>>> {
        self.kernel.get()?.upgrade()
    }

    #[inline]
    pub(crate) fn wants_attention(&self) -> bool {
        self.attention.get()
    }

    pub(crate) fn set_attention(&self, wanted: bool) {
        self.attention.set(wanted);
    }

    pub(super) fn push(&self, what: R) {
        self.queue.borrow_mut().push_back(what);
        self.attention.set(true);
    }

    pub(super) fn pop(&self) -> Option<R> {
        self.queue.borrow_mut().pop_front()
    }

    /// The sum of something over what is given back right after the current event.
    pub(crate) fn sum(&self, part: impl Fn(&R) -> u64) -> u64 {
        self.queue.borrow().iter().map(part).sum()
    }
}
