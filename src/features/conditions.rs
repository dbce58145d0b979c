//! The conditions that processes wait for, and what they read.

use crate::actor::ActorId;
use crate::time::VirtualTime;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A condition over the state of a run.
pub(crate) trait AnyCondition<K> {
    fn evaluate(&self, kernel: &K) -> Evaluated;
    /// Evaluates it at that time, and no longer at another.
    fn look_at(&self, kernel: &mut K, time: Option<VirtualTime>);
    /// Whether a process still waits for it, and which one.
    fn waits(&self) -> Option<ActorId>;
    /// Lets the process go on.
    fn wake(&self, kernel: &mut K);
}

/// Whether a condition holds, what it has read, and when that may change by the clock.
pub(crate) struct Evaluated {
    pub(crate) holds: bool,
    pub(crate) reads: BTreeSet<ActorId>,
    pub(crate) changes_at: Option<VirtualTime>,
}

/// All conditions that processes wait for. Each has a number, in the order in which the waits began.
pub(crate) struct Conditions<K> {
    waiting: BTreeMap<u64, Waiting<K>>,
    /// What is read, and by which condition.
    readers: BTreeSet<(ActorId, u64)>,
    /// The conditions of which something has changed since they were evaluated.
    changed: BTreeSet<u64>,
    begun: u64,
}

struct Waiting<K> {
    condition: Rc<dyn AnyCondition<K>>,
    reads: BTreeSet<ActorId>,
    /// It held, and its process is about to go on.
    woken: bool,
    /// Nothing that it reads has changed since it was evaluated.
    fresh: bool,
}

impl<K> Default for Conditions<K> {
    fn default() -> Self {
        let (waiting, readers, changed) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { waiting, readers, changed, begun: 0 }
    }
}

impl<K: 'static> Conditions<K> {
    /// The number of the next wait.
    pub(crate) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// Whether anything is read.
    #[inline]
    pub(crate) fn are_some(&self) -> bool {
        !self.readers.is_empty()
    }

    /// Something has changed; whether a condition reads it.
    #[cold]
    pub(crate) fn change(&mut self, what: ActorId) -> bool {
        let readers = self.readers.range((what, 0)..=(what, u64::MAX));
        let before = self.changed.len();
        self.changed.extend(readers.map(|reader| reader.1));
        self.changed.len() > before
    }

    #[inline]
    pub(crate) fn have_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// The first condition of which something has changed and whose process is not about to go on,
    /// with its number. To be evaluated.
    pub(crate) fn next_changed(&mut self) -> Option<(u64, Rc<dyn AnyCondition<K>>)> {
        while let Some(number) = self.changed.pop_first() {
            let Some(waiting) = self.waiting.get_mut(&number) else { continue };
            if !waiting.woken {
                return Some((number, Rc::clone(&waiting.condition)));
            }
            // It is evaluated when its process goes on.
            waiting.fresh = false;
        }
        None
    }

    /// Whether a condition that was awaited is known to hold still.
    pub(crate) fn still_holds(&self, number: u64) -> bool {
        let known = self.waiting.get(&number).is_some_and(|waiting| waiting.woken && waiting.fresh);
        known && !self.changed.contains(&number)
    }

    /// Remembers a condition that was evaluated, and whether it held.
    pub(crate) fn evaluated(
        &mut self,
        number: u64,
        condition: Rc<dyn AnyCondition<K>>,
        Evaluated { holds, reads, .. }: Evaluated,
    ) {
        self.forget(number);
        self.readers.extend(reads.iter().map(|what| (*what, number)));
        self.waiting.insert(number, Waiting { condition, reads, woken: holds, fresh: true });
    }

    /// Nobody waits for it any more.
    pub(crate) fn forget(&mut self, number: u64) -> Option<Rc<dyn AnyCondition<K>>> {
        self.changed.remove(&number);
        let waiting = self.waiting.remove(&number)?;
        waiting.reads.iter().for_each(|what| _ = self.readers.remove(&(*what, number)));
        Some(waiting.condition)
    }

    /// What a condition has read.
    pub(crate) fn reads(&self, number: u64) -> impl Iterator<Item = ActorId> {
        self.waiting.get(&number).into_iter().flat_map(|waiting| waiting.reads.iter().copied())
    }

    /// Takes all conditions out, to be dropped when the kernel is not in use.
    pub(crate) fn take_all(&mut self) -> Vec<Box<dyn Any>> {
        let all = std::mem::take(self).waiting.into_values();
        all.map(|waiting| Box::new(waiting.condition) as _).collect()
    }
}
