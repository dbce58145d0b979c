//! Telling what a stream draws.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The words drawn from tapped streams, oldest first, until somebody takes
/// them. Shared between the streams, which their actors own, and the recorder;
/// a lock, so that streams can go where they like, and never contended within
/// a simulation.
#[derive(Debug, Default)]
pub(crate) struct DrawLog(Mutex<Draws>);

#[derive(Debug, Default)]
struct Draws {
    drawn: Vec<Drawn>,
    /// While the simulation is copied: the log of the copy, which the copies of
    /// its streams tell.
    copy: Option<Arc<DrawLog>>,
}

/// One word, and the number of the stream that it was drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    pub(crate) stream: u32,
    pub(crate) word: u64,
}

/// What makes the draws of one stream known.
#[derive(Debug)]
pub(crate) struct Tap {
    log: Arc<DrawLog>,
    stream: u32,
}

impl DrawLog {
    /// Takes what was drawn since the last time.
    pub(crate) fn take(&self) -> Vec<Drawn> {
        std::mem::take(&mut self.lock().drawn)
    }

    /// What was drawn since the last time it was taken.
    pub(crate) fn look(&self) -> Vec<Drawn> {
        self.lock().drawn.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Draws> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A log with the same draws, to which streams that are cloned while `work`
    /// is done tell theirs.
    pub(crate) fn fork<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> (Arc<Self>, T) {
        let copy = Arc::new(Self(Mutex::new(Draws { drawn: self.look(), copy: None })));
        self.lock().copy = Some(Arc::clone(&copy));
        let done = work();
        self.lock().copy = None;
        (copy, done)
    }
}

impl Tap {
    pub(crate) fn new(log: &Arc<DrawLog>, stream: u32) -> Self {
        Self { log: Arc::clone(log), stream }
    }

    pub(super) fn tell(&self, word: u64) {
        self.log.lock().drawn.push(Drawn { stream: self.stream, word });
    }
}

impl Clone for Tap {
    fn clone(&self) -> Self {
        let copy = self.log.lock().copy.clone();
        Self { log: copy.unwrap_or_else(|| Arc::clone(&self.log)), stream: self.stream }
    }
}
