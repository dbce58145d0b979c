//! The messages of a process that have arrived.

use crate::process::unpolled::FEW;
use crate::process::waker::NO_WAKER;
use crate::store::Mailbox;
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};
use std::task::Waker;

/// Messages that have arrived, and the futures that wait for them.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) mailbox: Cell<Mailbox>,
    /// How many futures wait for the next message.
    readers: Cell<u32>,
    /// When the last of them began to wait.
    pub(crate) since: Cell<VirtualTime>,
    wakers: RefCell<Vec<Waker>>,
}

impl Inbox {
    pub(super) fn new() -> Self {
        let (readers, wakers) = (Cell::new(0), RefCell::default());
        let since = Cell::new(VirtualTime::ZERO);
        Self { mailbox: Cell::new(Mailbox::EMPTY), readers, since, wakers }
    }

    pub(super) fn begin_anew(&mut self) {
        self.mailbox.set(Mailbox::EMPTY);
        self.readers.set(0);
        let wakers = self.wakers.get_mut();
        wakers.clear();
        wakers.shrink_to(FEW);
    }

    pub(crate) fn is_awaited(&self) -> bool {
        self.readers.get() > 0
    }

    /// Wakes all futures that wait for a message. The first to be polled takes it.
    pub(crate) fn wake(&self) {
        // The list is emptied before the wakers are woken, and its memory is kept.
        let mut wakers = self.wakers.take();
        wakers.drain(..).for_each(Waker::wake);
        self.wakers.replace(wakers);
    }

    pub(crate) fn wait(&self, waker: &Waker) {
        if waker.will_wake(NO_WAKER) {
            return;
        }
        let mut wakers = self.wakers.borrow_mut();
        if !wakers.iter().any(|other| other.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.mailbox.get().is_empty()
    }

    pub(crate) fn enter(&self) {
        self.readers.set(self.readers.get() + 1);
    }

    pub(crate) fn leave(&self) {
        self.readers.set(self.readers.get() - 1);
    }
}
