//! The entries of actors, and their places.

use crate::actor::{ActorId, DeathCause, PathHash};
use hashbrown::HashTable;

/// Where the entry of an actor is: its class and its index in the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Place {
    pub(crate) class: u16,
    pub(crate) index: u32,
}

/// No place: no class has this number.
pub(crate) const NOWHERE: Place = Place { class: u16::MAX, index: u32::MAX };

/// The entry of an actor. Index and class of each place are separate fields; else there would be
/// padding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// `OUTSIDE` for actors without an owner.
    pub(crate) owner: ActorId,
    pub(crate) name: Name,
    pub(crate) next_index: u32,
    pub(crate) previous_index: u32,
    pub(crate) next_class: u16,
    pub(crate) previous_class: u16,
    pub(crate) generation: u16,
    pub(crate) state: State,
}

impl Entry {
    /// Without siblings.
    pub(crate) fn new(owner: ActorId, name: Name, generation: u16, state: State) -> Self {
        let Place { class, index } = NOWHERE;
        let (next_index, previous_index, next_class, previous_class) = (index, index, class, class);
        Self {
            owner,
            name,
            next_index,
            previous_index,
            next_class,
            previous_class,
            generation,
            state,
        }
    }

    pub(crate) fn next(&self) -> Place {
        Place { class: self.next_class, index: self.next_index }
    }

    pub(crate) fn previous(&self) -> Place {
        Place { class: self.previous_class, index: self.previous_index }
    }

    pub(crate) fn set_next(&mut self, next: Place) {
        (self.next_class, self.next_index) = (next.class, next.index);
    }

    pub(crate) fn set_previous(&mut self, previous: Place) {
        (self.previous_class, self.previous_index) = (previous.class, previous.index);
    }
}

/// A name among siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Name {
    /// The number of the text, times two, plus one if an ordinal follows.
    label: u32,
    ordinal: u32,
}

impl Name {
    pub(crate) fn new(label: u32, ordinal: Option<u32>) -> Self {
        Self { label: label << 1 | u32::from(ordinal.is_some()), ordinal: ordinal.unwrap_or(0) }
    }

    pub(crate) fn label(self) -> usize {
        (self.label >> 1) as usize
    }

    pub(crate) fn ordinal(self) -> Option<u32> {
        (self.label & 1 == 1).then_some(self.ordinal)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum State {
    Alive,
    /// Alive until the event arrives that its owner lost its state. Its name is free already: the
    /// owner's next incarnation may use it.
    Nameless,
    /// Dead, but children are still listed under it.
    Dead(DeathCause),
    Vacant(DeathCause),
}

impl State {
    pub(crate) fn lives(self) -> bool {
        matches!(self, Self::Alive | Self::Nameless)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ClassEntries {
    pub(crate) entries: Vec<Entry>,
    pub(crate) free: Vec<u32>,
    /// Living actors by the hash of their paths.
    pub(crate) living: HashTable<u32>,
}

impl ClassEntries {
    /// Gives the entry a place, a free one if there is one. Returns the name of the entry that was
    /// there: dead actors keep their names until their place is needed.
    pub(crate) fn admit(&mut self, class: u16, mut entry: Entry) -> (ActorId, Option<Name>) {
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

pub(crate) fn place_of(id: ActorId) -> Place {
    Place { class: id.class(), index: id.index() }
}

/// What is kept of an actor that has had children. The names of its children follow from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    /// The youngest child that is listed, or `NOWHERE`.
    pub(crate) youngest: Place,
    pub(crate) generation: u16,
    /// How many owners a child has.
    pub(crate) depth: u32,
    pub(crate) path: PathHash,
    /// The hash with which the lineage of a child begins; see [`Life`].
    pub(crate) lineage: u64,
}
