//! The numbers that owners give to children whose names they count.

use crate::entities::entry::Place;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many names of a text each owner has numbered.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    all: FxHashMap<Place, BTreeMap<Rc<str>, u32>>,
    /// The count that was used last, which `all` does not have yet.
    recent: Option<Recent>,
}

#[derive(Clone, Debug)]
struct Recent {
    owner: Place,
    /// The number of the text, as long as it has that number.
    label: u32,
    text: Rc<str>,
    next: u32,
}

impl Counted {
    /// The next number of a text, which has that number if it is in use.
    #[inline]
    pub(super) fn next(&self, owner: Place, label: Option<u32>, text: &str) -> u32 {
        match &self.recent {
            Some(recent) if recent.owner == owner && Some(recent.label) == label => recent.next,
            _ => self.all.get(&owner).and_then(|texts| texts.get(text)).copied().unwrap_or(0),
        }
    }

    /// Notes that the next number of a text is given.
    #[inline]
    pub(super) fn count(&mut self, owner: Place, label: u32, text: &Rc<str>) {
        match &mut self.recent {
            Some(recent) if recent.owner == owner && recent.label == label => {
                recent.next = recent.next.saturating_add(1);
            }
            _ => {
                self.write_back();
                let next = self.next(owner, None, text).saturating_add(1);
                self.recent = Some(Recent { owner, label, text: Rc::clone(text), next });
            }
        }
    }

    /// The text of that number is no longer in use.
    pub(super) fn leave(&mut self, label: u32) {
        if self.recent.as_ref().is_some_and(|recent| recent.label == label) {
            self.write_back();
        }
    }

    /// The owner has ended.
    pub(super) fn forget(&mut self, owner: Place) {
        self.recent.take_if(|recent| recent.owner == owner);
        self.all.remove(&owner);
    }

    #[inline(never)]
    fn write_back(&mut self) {
        if let Some(Recent { owner, text, next, .. }) = self.recent.take() {
            self.all.entry(owner).or_default().insert(text, next);
        }
    }

    /// All, in the order of the owners.
    #[cfg(feature = "snapshot")]
    pub(super) fn picture(&self) -> Vec<(Place, BTreeMap<Rc<str>, u32>)> {
        let mut written = self.clone();
        written.write_back();
        let mut all: Vec<_> = written.all.into_iter().collect();
        all.sort_unstable_by_key(|(owner, _)| (owner.class, owner.index));
        all
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn of_picture(all: FxHashMap<Place, BTreeMap<Rc<str>, u32>>) -> Self {
        Self { all, recent: None }
    }
}
