//! What the streams of one simulation share: the seed, and whether draws are recorded.

#[cfg(feature = "snapshot")]
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// In [`Ledger::state`]: draws are recorded.
const TOLD: u32 = 1 << 31;
/// In [`Ledger::state`]: the simulation is being copied.
const COPYING: u32 = 1 << 30;
/// In [`Ledger::state`]: how often the seed was changed.
const CHANGES: u32 = COPYING - 1;

/// Shared between a simulation and the streams that it opened. Streams are kept in states
/// of actors, futures of processes and closures, where the simulation cannot find them. A
/// change of the seed in the ledger reaches all of them.
///
/// Cost: a draw reads one word of it, and compares it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Read without the lock: it says whether a stream must look at `kept`.
    state: AtomicU32,
    /// A lock, so that streams can move between threads. A simulation never contends
    /// for it.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The last seed that was set.
    seed: u64,
    /// The words drawn since the last [`Ledger::take`], oldest first.
    drawn: Vec<Drawn>,
    /// While the simulation is copied: the ledger of the copy. The copied streams belong
    /// to it.
    copy: Option<Arc<Ledger>>,
}

/// The actor and the purpose of a stream. The stream and its draws share it, so that no
/// list of all streams is needed.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The actor, as a word.
    pub(crate) actor: u64,
    pub(crate) purpose: Arc<str>,
}

/// A word that was drawn, and its stream.
#[derive(Clone, Debug)]
pub(crate) struct Drawn {
    pub(crate) origin: Arc<Origin>,
    pub(crate) word: u64,
}

/// The ledger of streams that belong to no simulation. Nothing in it changes.
static NOBODYS: LazyLock<Arc<Ledger>> = LazyLock::new(Arc::default);

#[cfg(feature = "snapshot")]
thread_local! {
    /// While a simulation is read from a file: its ledger.
    static READING: RefCell<Option<Arc<Ledger>>> = const { RefCell::new(None) };
}

impl Ledger {
    /// A new ledger; it records draws if `told`.
    pub(crate) fn new(told: bool) -> Arc<Self> {
        let state = AtomicU32::new(if told { TOLD } else { 0 });
        Arc::new(Self { state, kept: Mutex::default() })
    }

    /// The ledger of the simulation that is being read, or that of no simulation.
    #[cfg(feature = "snapshot")]
    pub(super) fn here() -> Arc<Self> {
        let reading = READING.with_borrow(Option::clone);
        reading.unwrap_or_else(Self::nobodys)
    }

    pub(super) fn nobodys() -> Arc<Self> {
        Arc::clone(&NOBODYS)
    }

    /// Runs `work`. Streams that it reads from a file belong to this ledger.
    #[cfg(feature = "snapshot")]
    pub(crate) fn read<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        /// The ledger before; put back also if `work` panics.
        struct Back(Option<Arc<Ledger>>);
        impl Drop for Back {
            fn drop(&mut self) {
                READING.set(self.0.take());
            }
        }
        let _back = Back(READING.replace(Some(Arc::clone(self))));
        work()
    }

    /// Whether draws are recorded.
    pub(crate) fn tells(&self) -> bool {
        self.state() & TOLD != 0
    }

    /// The state that a stream compares with its [`Stream::seen`](super::Stream).
    #[inline(always)]
    pub(super) fn state(&self) -> u32 {
        self.state.load(Ordering::Relaxed)
    }

    /// How often the seed was changed.
    pub(super) fn changes(&self) -> u32 {
        self.state() & CHANGES
    }

    /// The seed that was set last, if there was a change.
    pub(super) fn seed(&self) -> u64 {
        self.lock().seed
    }

    /// Gives all streams another seed.
    pub(crate) fn reseed(&self, seed: u64) {
        self.lock().seed = seed;
        let state = self.state();
        let changes = state.wrapping_add(1) & CHANGES;
        self.state.store(state & !CHANGES | changes, Ordering::Relaxed);
    }

    /// Records a word that was drawn, if draws are recorded.
    pub(super) fn tell(&self, origin: Option<&Arc<Origin>>, word: u64) {
        if let Some(origin) = origin.filter(|_| self.tells()) {
            self.lock().drawn.push(Drawn { origin: Arc::clone(origin), word });
        }
    }

    /// Takes the words drawn since the last call.
    pub(crate) fn take(&self) -> Vec<Drawn> {
        if self.tells() { std::mem::take(&mut self.lock().drawn) } else { Vec::new() }
    }

    /// The words drawn since the last [`take`](Self::take).
    pub(crate) fn look(&self) -> Vec<Drawn> {
        self.lock().drawn.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` with a copy of the ledger. Streams that are cloned in `work` belong to
    /// the copy.
    pub(crate) fn fork<T>(self: &Arc<Self>, work: impl FnOnce(&Arc<Self>) -> T) -> T {
        let kept = Kept { seed: self.seed(), drawn: self.look(), copy: None };
        let state = AtomicU32::new(self.state());
        let copy = Arc::new(Self { state, kept: Mutex::new(kept) });
        self.lock().copy = Some(Arc::clone(&copy));
        self.state.fetch_or(COPYING, Ordering::Relaxed);
        let done = work(&copy);
        self.state.fetch_and(!COPYING, Ordering::Relaxed);
        self.lock().copy = None;
        done
    }

    /// The ledger of a clone of a stream of this ledger.
    pub(super) fn of_clone(self: &Arc<Self>) -> Arc<Self> {
        let copying = self.state() & COPYING != 0;
        let copy = copying.then(|| self.lock().copy.clone()).flatten();
        copy.unwrap_or_else(|| Arc::clone(self))
    }
}
