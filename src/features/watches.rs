//! Which actors watch which.

use crate::actor::{ActorId, DeathNotice};
use crate::kernel::AsAny;
use std::collections::{BTreeMap, BTreeSet};

/// Turns a notice into a message of the watcher's type.
///
/// A box of a plain function, such as the constructor of an enum variant, allocates nothing.
pub(crate) trait Tell<K>: AsAny {
    fn tell(&self, kernel: &mut K, watcher: ActorId, notice: DeathNotice);
    /// The type of the program's function, by name.
    fn function(&self) -> &'static str;
}

pub(crate) struct Watcher<K> {
    pub(crate) id: ActorId,
    pub(crate) tell: Box<dyn Tell<K>>,
}

/// Which actors watch which.
pub(crate) struct Watches<K> {
    /// By the watched actor, and in the order in which the watches began.
    pub(crate) by_watched: BTreeMap<(ActorId, u64), Watcher<K>>,
    pub(crate) by_watcher: BTreeSet<(ActorId, u64, ActorId)>,
    pub(crate) made: u64,
    /// The reason that the actor which is dying gave.
    pub(crate) reason: String,
}

impl<K> Default for Watches<K> {
    fn default() -> Self {
        Self {
            by_watched: BTreeMap::new(),
            by_watcher: BTreeSet::new(),
            made: 0,
            reason: String::new(),
        }
    }
}
