//! Telling what a stream draws.

use std::sync::{Arc, Mutex, PoisonError};

/// The words drawn from tapped streams, oldest first, until somebody takes
/// them. Shared between the streams, which their actors own, and the recorder;
/// a lock, so that streams can go where they like, and never contended within
/// a simulation.
#[derive(Debug, Default)]
pub(crate) struct DrawLog(Mutex<Vec<Drawn>>);

/// One word, and the number of the stream that it was drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    pub(crate) stream: u32,
    pub(crate) word: u64,
}

/// What makes the draws of one stream known.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    log: Arc<DrawLog>,
    stream: u32,
}

impl DrawLog {
    /// Takes what was drawn since the last time.
    pub(crate) fn take(&self) -> Vec<Drawn> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was drawn since the last time it was taken.
    pub(crate) fn look(&self) -> Vec<Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Tap {
    pub(crate) fn new(log: &Arc<DrawLog>, stream: u32) -> Self {
        Self { log: Arc::clone(log), stream }
    }

    pub(super) fn tell(&self, word: u64) {
        let mut log = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.push(Drawn { stream: self.stream, word });
    }
}
