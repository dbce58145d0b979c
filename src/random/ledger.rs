//! What the streams of one simulation share: the seed that they go on with, and
//! who wants to know what they draw.

#[cfg(feature = "snapshot")]
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// In [`Ledger::state`]: draws are told.
const TOLD: u32 = 1 << 31;
/// In [`Ledger::state`]: the simulation is being copied.
const COPYING: u32 = 1 << 30;
/// In [`Ledger::state`]: how often the seed was changed.
const CHANGES: u32 = COPYING - 1;

/// Shared between the streams, which their owners keep wherever they like (the
/// states of actors, the futures of processes, closures), and the simulation
/// that opened them. So a change of the seed reaches all of them, and nobody has
/// to find them.
///
/// Cost: a draw reads one word of it, and compares it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Read without the lock: it tells whether there is anything to look up.
    state: AtomicU32,
    /// A lock, so that streams can go where they like; never contended within
    /// a simulation.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The last seed that was set.
    seed: u64,
    /// The words drawn, oldest first, until somebody takes them.
    drawn: Vec<Drawn>,
    /// While the simulation is copied: the ledger of the copy, which the copies
    /// of its streams belong to.
    copy: Option<Arc<Ledger>>,
}

/// Whose a stream is, and what for: kept by the stream and by what was drawn from it, so
/// that nobody keeps a list of all streams that ever were.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The actor, as a word.
    pub(crate) actor: u64,
    pub(crate) purpose: Arc<str>,
}

/// One word, and where it comes from.
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
    /// A new one; it tells draws if they are wanted.
    pub(crate) fn new(told: bool) -> Arc<Self> {
        let state = AtomicU32::new(if told { TOLD } else { 0 });
        Arc::new(Self { state, kept: Mutex::default() })
    }

    /// That of the simulation which is being read, or of nobody.
    #[cfg(feature = "snapshot")]
    pub(super) fn here() -> Arc<Self> {
        let reading = READING.with_borrow(Option::clone);
        reading.unwrap_or_else(Self::nobodys)
    }

    pub(super) fn nobodys() -> Arc<Self> {
        Arc::clone(&NOBODYS)
    }

    /// Lets streams that are read from a file while `work` is done belong here.
    #[cfg(feature = "snapshot")]
    pub(crate) fn read<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        /// What was read before; put back also if `work` panics.
        struct Back(Option<Arc<Ledger>>);
        impl Drop for Back {
            fn drop(&mut self) {
                READING.set(self.0.take());
            }
        }
        let _back = Back(READING.replace(Some(Arc::clone(self))));
        work()
    }

    /// Whether draws are told.
    pub(crate) fn tells(&self) -> bool {
        self.state() & TOLD != 0
    }

    /// What a stream compares with what it has seen.
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

    /// Lets all streams go on with another seed.
    pub(crate) fn reseed(&self, seed: u64) {
        self.lock().seed = seed;
        let state = self.state();
        let changes = state.wrapping_add(1) & CHANGES;
        self.state.store(state & !CHANGES | changes, Ordering::Relaxed);
    }

    /// Notes a word that was drawn, if that is wanted.
    pub(super) fn tell(&self, origin: Option<&Arc<Origin>>, word: u64) {
        if let Some(origin) = origin.filter(|_| self.tells()) {
            self.lock().drawn.push(Drawn { origin: Arc::clone(origin), word });
        }
    }

    /// Takes what was drawn since the last time.
    pub(crate) fn take(&self) -> Vec<Drawn> {
        if self.tells() { std::mem::take(&mut self.lock().drawn) } else { Vec::new() }
    }

    /// What was drawn since the last time it was taken.
    pub(crate) fn look(&self) -> Vec<Drawn> {
        self.lock().drawn.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A ledger with the same contents, to which streams that are cloned while
    /// `work` is done belong.
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

    /// Where the clone of a stream of this ledger belongs.
    pub(super) fn of_clone(self: &Arc<Self>) -> Arc<Self> {
        let copying = self.state() & COPYING != 0;
        let copy = copying.then(|| self.lock().copy.clone()).flatten();
        copy.unwrap_or_else(|| Arc::clone(self))
    }
}
