//! The index of actors in files.
//!
//! Hashes, counts, the index of names and the links between siblings are computed again, so they
//! cannot contradict the rest.

use crate::actor::{ActorId, Life, is_plain};
use crate::entities::counted::Counted;
use crate::entities::deaths::DeathsPicture;
use crate::entities::entry::{ClassEntries, Entry, Family, NOWHERE, Name, Place, State, place_of};
use crate::entities::index::{Entities, Label};
use crate::snapshot::unique;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Serialize, Deserialize)]
pub(crate) struct EntitiesPicture {
    labels: Vec<Option<String>>,
    pub(crate) classes: Vec<ClassEntriesPicture>,
    /// Owners, the hash with which the lineage of their children begins, and their children,
    /// youngest first.
    families: Vec<(Place, u64, Vec<Place>)>,
    deaths: DeathsPicture,
    nameless: Vec<(ActorId, Life)>,
    counted: Vec<(Place, BTreeMap<Rc<str>, u32>)>,
    unused_paths: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ClassEntriesPicture {
    pub(crate) entries: Vec<EntryPicture>,
    free: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntryPicture {
    owner: ActorId,
    name: Name,
    generation: u16,
    state: State,
}

impl EntryPicture {
    /// The generation of the living actor here, if there is one.
    pub(crate) fn living(&self) -> Option<u16> {
        self.state.lives().then_some(self.generation)
    }
}

impl Entities {
    pub(crate) fn picture(&self) -> EntitiesPicture {
        let entry = |entry: &Entry| EntryPicture {
            owner: entry.owner,
            name: entry.name,
            generation: entry.generation,
            state: entry.state,
        };
        let class = |class: &ClassEntries| ClassEntriesPicture {
            entries: class.entries.iter().map(entry).collect(),
            free: class.free.clone(),
        };
        let list = |youngest: Place| {
            let next = |place: &Place| Some(self.at(*place).next()).filter(|p| *p != NOWHERE);
            std::iter::successors(Some(youngest).filter(|p| *p != NOWHERE), next).collect()
        };
        let family =
            |(owner, family): (Place, &Family)| (owner, family.lineage, list(family.youngest));
        let families = self.families.iter().map(family).collect();
        let mut nameless: Vec<_> = self.nameless.iter().map(|(id, n)| (*id, *n)).collect();
        nameless.sort_unstable();
        let text = |label: &Label| (label.uses > 0).then(|| label.text.to_string());
        let labels = self.labels.iter().map(text).collect();
        EntitiesPicture {
            labels,
            classes: self.classes.iter().map(class).collect(),
            families,
            deaths: self.deaths.picture(),
            nameless,
            counted: self.counted.picture(),
            unused_paths: self.unused_paths(),
        }
    }
}

impl EntitiesPicture {
    pub(crate) fn restore(self) -> Result<Entities, &'static str> {
        let mut entities = Entities::default();
        entities.restore_labels(self.labels)?;
        for class in self.classes {
            entities.restore_class(class)?;
        }
        entities.check_owners()?;
        entities.restore_families(self.families)?;
        let mut living = Vec::new();
        for (class, entries) in (0..).zip(&entities.classes) {
            for (index, entry) in (0..).zip(&entries.entries) {
                entities.live += u64::from(entry.state.lives());
                if entry.state == State::Alive {
                    living.push((class, entities.path_at(Place { class, index }), index));
                }
            }
        }
        for (class, path, index) in living {
            entities.index(class, path, index);
        }
        entities.deaths = self.deaths.restore()?;
        entities.nameless = unique(self.nameless)?;
        entities.counted = Counted::of_picture(unique(self.counted)?);
        entities.await_paths(self.unused_paths.iter().map(String::as_str));
        Ok(entities)
    }
}

impl Entities {
    fn restore_labels(&mut self, labels: Vec<Option<String>>) -> Result<(), &'static str> {
        for (number, text) in (0..).zip(labels) {
            if !text.as_deref().is_none_or(is_plain) {
                return Err("a name is not plain");
            }
            let text: Rc<str> = text.map_or_else(|| "".into(), Into::into);
            self.labels.push(Label::new(text, 0));
            if number >= 1 << 30 {
                return Err("too many names");
            }
        }
        Ok(())
    }

    fn restore_class(&mut self, class: ClassEntriesPicture) -> Result<(), &'static str> {
        let mut entries = Vec::new();
        for EntryPicture { owner, name, generation, state } in class.entries {
            let label = self.labels.get_mut(name.label()).ok_or("a name has no text")?;
            label.uses += 1;
            entries.push(Entry::new(owner, name, generation, state));
        }
        let mut seen = vec![false; entries.len()];
        for index in &class.free {
            let entry = entries.get(*index as usize).ok_or("a free place does not exist")?;
            let vacant = matches!(entry.state, State::Vacant(_)) && entry.generation < u16::MAX;
            if !vacant || std::mem::replace(&mut seen[*index as usize], true) {
                return Err("a place is free that is not");
            }
        }
        self.classes.push(ClassEntries { entries, free: class.free, living: Default::default() });
        Ok(())
    }

    /// Checks that owners exist and that no actor owns itself, even indirectly. Also enters the
    /// texts that are in use.
    fn check_owners(&mut self) -> Result<(), &'static str> {
        for (number, label) in (0..).zip(&self.labels) {
            if label.uses == 0 {
                self.free_labels.push(number);
            } else if self.label_numbers.insert(Rc::clone(&label.text), number).is_some() {
                return Err("two names have one text");
            }
        }
        // The last walk that visited a place.
        let mut walks: Vec<Vec<u32>> =
            self.classes.iter().map(|class| vec![0; class.entries.len()]).collect();
        let mut walk = 0;
        for (class, entries) in (0..).zip(&self.classes) {
            for index in 0..entries.entries.len() as u32 {
                walk += 1;
                let mut place = Place { class, index };
                loop {
                    let seen = &mut walks[usize::from(place.class)][place.index as usize];
                    if *seen == walk {
                        return Err("an actor owns its owner");
                    }
                    if *seen != 0 {
                        break;
                    }
                    *seen = walk;
                    let owner = self.at(place).owner;
                    if self.get(owner).is_none() {
                        break;
                    }
                    place = place_of(owner);
                }
            }
        }
        Ok(())
    }

    fn restore_families(
        &mut self,
        families: Vec<(Place, u64, Vec<Place>)>,
    ) -> Result<(), &'static str> {
        let wrong = "children are listed wrongly";
        let mut listed = 0;
        for (owner, lineage, list) in families {
            let generation =
                self.entry_at(owner).filter(|e| !e.is_vacant()).ok_or(wrong)?.generation;
            let owner_id = ActorId::new(owner.class, generation, owner.index);
            let youngest = list.first().copied().unwrap_or(NOWHERE);
            // Depth and path are computed when all are known.
            let family = Family { youngest, generation, depth: 0, path: 0, lineage };
            if self.families.get(owner).is_some() {
                return Err(wrong);
            }
            self.families.insert(owner, family);
            let mut previous = NOWHERE;
            for place in list {
                let child = self.entry_at(place).ok_or(wrong)?;
                let unlisted = child.previous() == NOWHERE && child.next() == NOWHERE;
                let first = previous == NOWHERE || place != youngest;
                if child.owner != owner_id || child.is_vacant() || !unlisted || !first {
                    return Err(wrong);
                }
                if previous != NOWHERE {
                    self.at_mut(previous).set_next(place);
                    self.at_mut(place).set_previous(previous);
                }
                previous = place;
                listed += 1;
            }
        }
        let all = self.classes.iter().flat_map(|class| &class.entries);
        let owned = |entry: &&Entry| !entry.is_vacant() && entry.owner != ActorId::OUTSIDE;
        if all.filter(owned).count() != listed {
            return Err(wrong);
        }
        self.name_families();
        Ok(())
    }

    /// Computes the paths of owners, each after that of its own owner.
    fn name_families(&mut self) {
        let places: Vec<Place> = self.families.iter().map(|(owner, _)| owner).collect();
        let mut named = FxHashSet::default();
        for mut place in places {
            let mut line = Vec::new();
            while self.families.get(place).is_some() && named.insert(place) {
                line.push(place);
                place = place_of(self.at(place).owner);
            }
            for place in line.into_iter().rev() {
                let path = self.path_at(place);
                let depth = self.family(self.at(place).owner).depth.saturating_add(1);
                if let Some(family) = self.families.get_mut(place) {
                    (family.path, family.depth) = (path, depth);
                }
            }
        }
    }

    fn entry_at(&self, place: Place) -> Option<&Entry> {
        self.classes.get(usize::from(place.class))?.entries.get(place.index as usize)
    }
}

impl Entry {
    fn is_vacant(&self) -> bool {
        matches!(self.state, State::Vacant(_))
    }
}
