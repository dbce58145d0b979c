//! How much of what a process has begun nobody has looked at.

use crate::process::place::Place;
use std::cell::{Cell, RefCell};

/// How much of what a process has begun nobody has looked at.
#[derive(Debug, Default)]
pub(crate) struct Unasked {
    pub(super) count: Cell<u32>,
    /// Where those were begun that begin to wait at the first look.
    pub(super) begun: RefCell<Vec<Place>>,
}

thread_local! {
    /// Whether a combinator has come to its end in the current step before it had
    /// looked at all that it was given. It stands here because a combinator knows
    /// no process. Each step begins with `false`, so that nothing of another step,
    /// or of another simulation, is ever read.
    static IS_EXCUSED: Cell<bool> = const { Cell::new(false) };
}

impl Unasked {
    pub(crate) fn begin_step() {
        IS_EXCUSED.set(false);
    }

    /// What was given to a combinator as a reference stays when that is over:
    /// nobody has forgotten it.
    pub(crate) fn excuse_this_step() {
        IS_EXCUSED.set(true);
    }

    pub(super) fn is_excused() -> bool {
        IS_EXCUSED.get()
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
        // Unless all were excused.
        if let Some(at) = begun.iter().rposition(|other| std::ptr::eq(*other, place)) {
            begun.remove(at);
            self.one_less();
        }
    }
}
