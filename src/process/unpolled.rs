//! Counts the unpolled waits of a process: those begun and not yet polled.

use crate::process::place::Place;
use std::cell::{Cell, RefCell};

/// A process that had more waits than this frees their memory.
pub(super) const FEW: usize = 64;

/// Counts the unpolled waits of a process.
#[derive(Debug, Default)]
pub(crate) struct Unpolled {
    pub(super) count: Cell<u32>,
    /// The places of futures that begin to wait at their first poll.
    pub(super) begun: RefCell<Vec<Place>>,
}

thread_local! {
    /// Whether a combinator ended in the current step before it had polled all its futures. It is
    /// thread-local because a combinator knows no process. Each step begins with `false`, so that
    /// no other step or simulation can be seen.
    static IS_EXCUSED: Cell<bool> = const { Cell::new(false) };
}

impl Unpolled {
    pub(crate) fn begin_step() {
        IS_EXCUSED.set(false);
    }

    /// Futures that a combinator got by reference live on when it ends: they are excused.
    pub(crate) fn excuse_this_step() {
        IS_EXCUSED.set(true);
    }

    pub(super) fn is_excused() -> bool {
        IS_EXCUSED.get()
    }

    pub(crate) fn begin_anew(&mut self) {
        self.count.set(0);
        let begun = self.begun.get_mut();
        begun.clear();
        begun.shrink_to(FEW);
    }

    #[inline]
    pub(crate) fn are_some(&self) -> bool {
        self.count.get() > 0
    }

    #[inline]
    pub(crate) fn one_more(&self) {
        self.count.set(self.count.get() + 1);
    }

    #[inline]
    pub(crate) fn one_less(&self) {
        self.count.set(self.count.get() - 1);
    }

    pub(super) fn push(&self, place: Place) {
        self.begun.borrow_mut().push(place);
        self.one_more();
    }

    pub(super) fn remove(&self, place: Place) {
        let mut begun = self.begun.borrow_mut();
        // Not in the list if all were excused.
        if let Some(at) = begun.iter().rposition(|other| std::ptr::eq(*other, place)) {
            begun.remove(at);
            self.one_less();
        }
    }
}
