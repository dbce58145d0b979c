//! Requests that share a gather or a race, in copies and files.

use rustc_hash::FxHashMap;
use std::any::Any;
#[cfg(feature = "snapshot")]
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Gathers and races of the copy, by their numbers. Several requests share one.
#[derive(Default)]
pub(crate) struct Gathers {
    pub(super) all: FxHashMap<u64, Rc<dyn Any>>,
    #[cfg(feature = "snapshot")]
    places: Places,
}

#[cfg(feature = "snapshot")]
/// The places of gathers and races found in a file, and the number expected of each.
#[derive(Default)]
struct Places {
    met: BTreeSet<u64>,
    wanted: BTreeMap<u64, usize>,
    taken: BTreeSet<(u64, usize)>,
    counts: BTreeMap<u64, usize>,
}

#[cfg(feature = "snapshot")]
impl Gathers {
    /// Whether this is the first part of a gather that is saved.
    pub(super) fn meet(&mut self, number: u64) -> bool {
        self.places.met.insert(number)
    }

    /// Adds a gather or race with `missing` open requests; `None` if it already exists.
    pub(super) fn begin(&mut self, number: u64, missing: usize, gather: Rc<dyn Any>) -> Option<()> {
        let Self { all, places } = self;
        places.wanted.insert(number, missing);
        if all.insert(number, gather).is_none() { Some(()) } else { None }
    }

    pub(super) fn get(&mut self, number: u64) -> Option<Rc<dyn Any>> {
        self.all.get(&number).map(Rc::clone)
    }

    /// How many requests have taken their places.
    pub(super) fn places(&mut self, number: u64) -> usize {
        self.places.counts.get(&number).copied().unwrap_or(0)
    }

    /// Gives a place to one request; `false` if it is taken.
    pub(super) fn take_place(&mut self, number: u64, place: usize) -> bool {
        let places = &mut self.places;
        *places.counts.entry(number).or_default() += 1;
        places.taken.insert((number, place))
    }

    /// Whether all requests of all gathers and races were there.
    pub(crate) fn are_complete(&mut self) -> bool {
        let places = &mut self.places;
        places.wanted == places.counts
    }
}
