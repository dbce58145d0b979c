//! The memory of processes that have ended, for the next ones.

use std::any::{Any, TypeId};

/// At most so many are kept of each type, so that a crowd that has gone leaves little.
const MOST: usize = 1_024;

/// At most so many bytes are kept of each type.
const BYTES: usize = 1 << 20;

/// What was made for a process and is not in use, by its type.
#[derive(Default)]
pub(crate) struct Frames {
    /// A model has few types of processes, so a search costs less than a hash.
    all: Vec<(TypeId, Vec<Box<dyn Any>>)>,
}

impl Frames {
    /// One of that type. Cost: O(types of processes), a few instructions each.
    pub(crate) fn take<T: 'static>(&mut self) -> Option<Box<T>> {
        self.of::<T>()?.pop()?.downcast().ok()
    }

    /// Keeps it for later, or drops it if there are many. It takes that many bytes.
    pub(crate) fn put<T: 'static>(&mut self, one: Box<T>, bytes: usize) {
        let most = (BYTES / bytes.max(1)).clamp(1, MOST);
        match self.of::<T>() {
            Some(kept) if kept.len() >= most => {}
            Some(kept) => kept.push(one),
            None => self.all.push((TypeId::of::<T>(), vec![one])),
        }
    }

    fn of<T: 'static>(&mut self) -> Option<&mut Vec<Box<dyn Any>>> {
        let found = self.all.iter_mut().find(|(id, _)| *id == TypeId::of::<T>());
        found.map(|(_, kept)| kept)
    }
}
