//! How far a command of a host is.

use std::sync::atomic::{AtomicU64, Ordering};

/// How far a command is: all its threads add to it, and its host reads it now and then.
#[derive(Debug, Default)]
pub(crate) struct Done {
    done: AtomicU64,
    /// 0 if it is not known.
    total: AtomicU64,
}

impl Done {
    /// Begins with what was done before, and with the total if it is known.
    pub(crate) fn begin(&self, done: u64, total: Option<u64>) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total.unwrap_or_default(), Ordering::Relaxed);
    }

    pub(crate) fn add(&self, count: u64) {
        self.done.fetch_add(count, Ordering::Relaxed);
    }

    /// What is done, and the total if it is known.
    pub(crate) fn read(&self) -> (u64, Option<u64>) {
        let total = self.total.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed), (total > 0).then_some(total))
    }
}
