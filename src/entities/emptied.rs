//! The memory of an index, for that of the next simulation.

use crate::entities::index::Entities;

/// With more places, the memory is given back to the system.
const MOST: usize = 1_024;

impl Entities {
    /// An empty index in the memory of this one. Nothing in it depends on what was there: hash
    /// tables are never read in their order.
    pub(crate) fn emptied(self) -> Self {
        let Self { mut classes, mut labels, mut label_numbers, mut families, mut spare, .. } = self;
        let places = classes.iter().chain(&spare).map(|class| class.entries.capacity());
        if places.sum::<usize>() + labels.capacity() + families.capacity() > MOST {
            return Self::default();
        }
        labels.clear();
        label_numbers.clear();
        families.clear();
        // Taken from the end: each class gets the entries that the class of its number had.
        spare.extend(classes.drain(..).rev().map(|mut class| {
            class.entries.clear();
            class.free.clear();
            class.living.clear();
            class
        }));
        Self { classes, labels, label_numbers, families, spare, ..Self::default() }
    }
}
