//! The memory of lists that are gone, for the next ones of the thread: a study makes thousands of
//! short runs, each with a list of its own.

use super::arena::Chunk;
use super::entry::Entry;
use std::cell::Cell;

/// Arrays with room for more are given back to the system: 24 and 100 kB.
const MOST: usize = 1_024;

thread_local! {
    static SPARE: Cell<Option<Memory>> = const { Cell::new(None) };
}

/// Empty arrays.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) run: Vec<Entry>,
    pub(super) chunks: Vec<Chunk>,
}

impl Memory {
    /// That of the last list that was dropped on this thread, or none.
    pub(super) fn take() -> Self {
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Keeps it for the next list of this thread.
    pub(super) fn keep(mut self) {
        self.run.clear();
        self.chunks.clear();
        let fits = self.run.capacity() <= MOST && self.chunks.capacity() <= MOST;
        if fits && self.run.capacity() > 0 {
            // At the end of the thread, it is dropped.
            _ = SPARE.try_with(|spare| spare.set(Some(self)));
        }
    }
}
