//! An actor's line in the books, and the places where they stand.

use crate::actor::{ActorId, DeathCause};
use hashbrown::HashTable;

/// Where an actor is kept: its class and its index in the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Place {
    pub(super) class: u16,
    pub(super) index: u32,
}

/// No place: no class has this number.
pub(super) const NOWHERE: Place = Place { class: u16::MAX, index: u32::MAX };

/// An actor on the books. Places are taken apart, or they would be padded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// The outside for actors that nobody owns.
    pub(super) owner: ActorId,
    pub(super) name: Name,
    pub(super) next_index: u32,
    pub(super) previous_index: u32,
    pub(super) next_class: u16,
    pub(super) previous_class: u16,
    pub(super) generation: u16,
    pub(super) state: State,
}

impl Entry {
    pub(super) fn next(&self) -> Place {
        Place { class: self.next_class, index: self.next_index }
    }

    pub(super) fn previous(&self) -> Place {
        Place { class: self.previous_class, index: self.previous_index }
    }

    pub(super) fn set_next(&mut self, next: Place) {
        (self.next_class, self.next_index) = (next.class, next.index);
    }

    pub(super) fn set_previous(&mut self, previous: Place) {
        (self.previous_class, self.previous_index) = (previous.class, previous.index);
    }
}

/// A name among siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Name {
    /// The number of the text, twice, and one more if an ordinal follows.
    label: u32,
    ordinal: u32,
}

impl Name {
    pub(super) fn new(label: u32, ordinal: Option<u32>) -> Self {
        Self { label: label << 1 | u32::from(ordinal.is_some()), ordinal: ordinal.unwrap_or(0) }
    }

    pub(super) fn label(self) -> usize {
        (self.label >> 1) as usize
    }

    pub(super) fn ordinal(self) -> Option<u32> {
        (self.label & 1 == 1).then_some(self.ordinal)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum State {
    Alive,
    /// Alive until the news reaches it that its owner lost its state; its name
    /// is free already, for the owner's next incarnation to give.
    Condemned,
    /// Dead, but children are still listed under it.
    Dead(DeathCause),
    Vacant(DeathCause),
}

impl State {
    pub(super) fn lives(self) -> bool {
        matches!(self, Self::Alive | Self::Condemned)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct ClassEntries {
    pub(super) entries: Vec<Entry>,
    pub(super) free: Vec<u32>,
    /// The living by the hash of their paths.
    pub(super) living: HashTable<u32>,
}

impl ClassEntries {
    /// Gives the entry a place, one that was used before if there is one,
    /// and returns the name of the entry that was there: the dead keep their
    /// names until their place is needed.
    pub(super) fn admit(&mut self, class: u16, mut entry: Entry) -> (ActorId, Option<Name>) {
        let Some(index) = self.free.pop() else {
            let index = self.entries.len() as u32;
            self.entries.push(entry);
            return (ActorId::new(class, 0, index), None);
        };
        let place = &mut self.entries[index as usize];
        let generation = place.generation + 1;
        entry.generation = generation;
        let replaced = std::mem::replace(place, entry);
        (ActorId::new(class, generation, index), Some(replaced.name))
    }
}

pub(super) fn place_of(id: ActorId) -> Place {
    Place { class: id.class(), index: id.index() }
}
