//! Counts the threads that have run something.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

thread_local! {
    static IS_COUNTED: Cell<bool> = const { Cell::new(false) };
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Counts this thread, once.
pub(crate) fn count() {
    if !IS_COUNTED.replace(true) {
        COUNT.fetch_add(1, Ordering::Relaxed);
    }
}

/// The count of this process.
pub(crate) fn counted() -> usize {
    COUNT.load(Ordering::Relaxed)
}
