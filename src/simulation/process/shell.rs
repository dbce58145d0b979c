//! What a process waits for, between two of its steps.

use crate::simulation::pool::Mailbox;
use std::cell::{Cell, RefCell};
use std::task::Waker;

/// Names something that a process waits for; stale once that has come or is
/// not waited for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulation) struct WaitKey {
    slot: u32,
    generation: u32,
}

impl WaitKey {
    /// For the word beside an event's cell.
    pub(in crate::simulation) fn word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.slot)
    }

    pub(in crate::simulation) fn from_word(word: u64) -> Self {
        Self { slot: word as u32, generation: (word >> 32) as u32 }
    }
}

#[derive(Debug, Default)]
struct Wait {
    generation: u32,
    open: bool,
    done: bool,
    waker: Option<Waker>,
}

/// Shared by a process's class, which reports what has happened, and its
/// handle, which waits for it.
#[derive(Debug)]
pub(in crate::simulation) struct Shell {
    waits: RefCell<Vec<Wait>>,
    free: RefCell<Vec<u32>>,
    pub(super) messages: Letters,
    pub(super) interrupts: Letters,
}

/// Messages that have arrived, and who waits for them.
#[derive(Debug)]
pub(super) struct Letters {
    pub(super) mailbox: Cell<Mailbox>,
    /// How many futures wait for the next.
    readers: Cell<u32>,
    waker: RefCell<Option<Waker>>,
}

impl Letters {
    fn new() -> Self {
        let (readers, waker) = (Cell::new(0), RefCell::new(None));
        Self { mailbox: Cell::new(Mailbox::EMPTY), readers, waker }
    }

    pub(super) fn is_awaited(&self) -> bool {
        self.readers.get() > 0
    }

    /// Tells the last who asked that a message is there.
    pub(super) fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    pub(super) fn wait(&self, waker: &Waker) {
        self.waker.replace(Some(waker.clone()));
    }

    pub(super) fn enter(&self) {
        self.readers.set(self.readers.get() + 1);
    }

    pub(super) fn leave(&self) {
        self.readers.set(self.readers.get() - 1);
    }
}

impl Shell {
    pub(super) fn new() -> Self {
        let (waits, free) = (RefCell::default(), RefCell::default());
        Self { waits, free, messages: Letters::new(), interrupts: Letters::new() }
    }

    /// Begins to wait for something.
    pub(super) fn open(&self) -> WaitKey {
        let waits = &mut *self.waits.borrow_mut();
        let slot = self.free.borrow_mut().pop().unwrap_or_else(|| {
            waits.push(Wait::default());
            waits.len() as u32 - 1
        });
        let wait = &mut waits[slot as usize];
        wait.open = true;
        WaitKey { slot, generation: wait.generation }
    }

    /// Marks what is waited for as done; `false` if nobody waits any more.
    pub(super) fn finish(&self, key: WaitKey) -> bool {
        let mut waits = self.waits.borrow_mut();
        let wait = waits.get_mut(key.slot as usize);
        let Some(wait) = wait.filter(|wait| wait.open && wait.generation == key.generation) else {
            return false;
        };
        wait.done = true;
        let waker = wait.waker.take();
        drop(waits);
        waker.into_iter().for_each(Waker::wake);
        true
    }

    pub(super) fn is_done(&self, key: WaitKey) -> bool {
        self.waits.borrow()[key.slot as usize].done
    }

    /// Whether it is done; if not, `waker` is told when it is.
    pub(super) fn poll(&self, key: WaitKey, waker: &Waker) -> bool {
        let wait = &mut self.waits.borrow_mut()[key.slot as usize];
        if !wait.done {
            wait.waker = Some(waker.clone());
        }
        wait.done
    }

    /// Ends a wait.
    pub(super) fn close(&self, key: WaitKey) {
        let wait = &mut self.waits.borrow_mut()[key.slot as usize];
        *wait = Wait { generation: wait.generation.wrapping_add(1), ..Wait::default() };
        self.free.borrow_mut().push(key.slot);
    }
}
