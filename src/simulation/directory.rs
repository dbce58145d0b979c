//! Who is who: names, owners and children of every actor.
//!
//! This is the part of an actor that is touched when it is born, dies or is
//! printed, kept apart from what every event touches, and kept small: 32
//! bytes an actor and about ten more in the index of names. What can be worked
//! out from the owners (paths, their hashes) is not stored, and what few
//! actors have (children, predecessors) stands beside.

mod entry;
mod path;
#[cfg(feature = "snapshot")]
mod saved;
mod succession;

#[cfg(feature = "snapshot")]
pub(super) use saved::DirectoryPicture;

use super::error::ErrorKind;
use crate::actor::{ActorId, DeathCause, Spawn};
use crate::network::{End, PathHash};
use crate::random::{hash_child, hash_text};
use entry::{ClassEntries, Entry, NOWHERE, Name, Place, State, place_of};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A text that names actors.
#[derive(Clone, Debug)]
struct Label {
    text: Rc<str>,
    hash: u64,
    /// How many entries use it.
    uses: u32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    classes: Vec<ClassEntries>,
    labels: Vec<Label>,
    free_labels: Vec<u32>,
    label_numbers: FxHashMap<Rc<str>, u32>,
    /// The youngest child of those that have children.
    children: FxHashMap<Place, Place>,
    /// How many actors of a path have died, which numbers the incarnations.
    deaths: FxHashMap<PathHash, u32>,
    /// Which incarnation of their path the condemned are: the next one may
    /// have died before them.
    condemned: FxHashMap<ActorId, u32>,
    live: u64,
}

impl Directory {
    pub(super) fn add_class(&mut self) {
        self.classes.push(ClassEntries::default());
    }

    pub(super) fn live(&self) -> u64 {
        self.live
    }

    /// What was entered last is no actor: it is not counted.
    pub(super) fn leave_uncounted(&mut self) {
        self.live -= 1;
    }

    /// Enters a new actor; `Err` with its path if a living sibling has the
    /// same name. Cost: O(depth + classes).
    pub(super) fn register(
        &mut self,
        class: u16,
        owner: Option<ActorId>,
        spawn: &Spawn,
    ) -> Result<ActorId, ErrorKind> {
        let owner = owner.unwrap_or(ActorId::OUTSIDE);
        let label = self.label(&spawn.label);
        let name = Name::new(label, spawn.ordinal);
        let hash = self.labels[label as usize].hash;
        let path = hash_child(self.path_hash(owner), hash, spawn.ordinal);
        let condemned = self.get(owner).is_some_and(|owner| owner.state == State::Condemned);
        if !condemned && self.is_taken(path) {
            self.drop_label(label);
            let owner = if owner == ActorId::OUTSIDE {
                String::new()
            } else {
                format!("{}/", self.path(owner))
            };
            return Err(ErrorKind::DuplicateName { path: format!("{owner}{spawn}") });
        }
        let next = match owner {
            ActorId::OUTSIDE => NOWHERE,
            _ => self.children.get(&place_of(owner)).copied().unwrap_or(NOWHERE),
        };
        let entry = Entry {
            owner,
            name,
            next_index: next.index,
            previous_index: NOWHERE.index,
            next_class: next.class,
            previous_class: NOWHERE.class,
            generation: 0,
            state: State::Alive,
        };
        let (id, replaced) = self.classes[class as usize].admit(class, entry);
        if let Some(replaced) = replaced {
            self.drop_label(replaced.label() as u32);
        }
        let place = place_of(id);
        if next != NOWHERE {
            self.at_mut(next).set_previous(place);
        }
        if owner != ActorId::OUTSIDE {
            self.children.insert(place_of(owner), place);
        }
        if condemned {
            self.condemn(place);
            self.count_death(path);
        } else {
            self.index(class, path, id.index());
        }
        self.live += 1;
        Ok(id)
    }

    /// Whether a living actor has that path.
    fn is_taken(&self, path: PathHash) -> bool {
        (0..).zip(&self.classes).any(|(class, entries)| {
            let same = |index: &u32| self.path_at(Place { class, index: *index }) == path;
            entries.living.find(path, same).is_some()
        })
    }

    /// Enters a place among the living of its class.
    fn index(&mut self, class: u16, path: PathHash, index: u32) {
        let mut living = std::mem::take(&mut self.classes[class as usize].living);
        let hash = |index: &u32| self.path_at(Place { class, index: *index });
        living.insert_unique(path, index, hash);
        self.classes[class as usize].living = living;
    }

    /// The number of a text, which is used once more.
    fn label(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.label_numbers.get(text) {
            self.labels[number as usize].uses += 1;
            return number;
        }
        let number = self.free_labels.pop().unwrap_or(self.labels.len() as u32);
        assert!(number < 1 << 31, "2^31 different names");
        let text: Rc<str> = text.into();
        let label = Label { text: Rc::clone(&text), hash: hash_text(&text), uses: 1 };
        match self.labels.get_mut(number as usize) {
            Some(place) => *place = label,
            None => self.labels.push(label),
        }
        self.label_numbers.insert(text, number);
        number
    }

    /// Forgets a text that no entry uses any more.
    fn drop_label(&mut self, number: u32) {
        let label = &mut self.labels[number as usize];
        label.uses -= 1;
        if label.uses == 0 {
            self.label_numbers.remove(&label.text);
            label.text = "".into();
            self.free_labels.push(number);
        }
    }

    /// Takes a dying actor off the list of the living and returns its
    /// children, in the order they were spawned.
    pub(super) fn bury(&mut self, id: ActorId, cause: DeathCause) -> Vec<ActorId> {
        let place = place_of(id);
        let path = self.path_at(place);
        if std::mem::replace(&mut self.at_mut(place).state, State::Dead(cause)) == State::Alive {
            self.unindex(place, path);
            self.count_death(path);
        }
        self.live -= 1;
        let children = self.living_children(place);
        self.vacate_if_childless(place);
        children
    }

    fn count_death(&mut self, path: PathHash) {
        *self.deaths.entry(path).or_default() += 1;
    }

    /// Takes a place off the list of the living: its path is free.
    fn unindex(&mut self, place: Place, path: PathHash) {
        let living = &mut self.classes[place.class as usize].living;
        if let Ok(found) = living.find_entry(path, |index| *index == place.index) {
            found.remove();
        }
    }

    /// Children in the order they were spawned.
    fn living_children(&self, place: Place) -> Vec<ActorId> {
        let mut children = Vec::new();
        let mut next = self.children.get(&place).copied().unwrap_or(NOWHERE);
        while next != NOWHERE {
            let entry = self.at(next);
            if entry.state.lives() {
                let (class, index) = (next.class, next.index);
                children.push(ActorId::new(class, entry.generation, index));
            }
            next = entry.next();
        }
        children.reverse();
        children
    }

    /// Frees the places of the dead that no longer have children to name, up
    /// the tree: a child's path is printed through its owners.
    fn vacate_if_childless(&mut self, mut place: Place) {
        loop {
            if self.children.contains_key(&place) {
                return;
            }
            let entry = self.at_mut(place);
            let State::Dead(cause) = entry.state else { return };
            entry.state = State::Vacant(cause);
            let (generation, owner) = (entry.generation, entry.owner);
            let (previous, next) = (entry.previous(), entry.next());
            if next != NOWHERE {
                self.at_mut(next).set_previous(previous);
            }
            if previous != NOWHERE {
                self.at_mut(previous).set_next(next);
            } else if next != NOWHERE && owner != ActorId::OUTSIDE {
                self.children.insert(place_of(owner), next);
            } else {
                self.children.remove(&place_of(owner));
            }
            // A place whose generations are used up is left: no reference, not
            // even one kept from its first actor, may ever name another.
            if generation < u16::MAX {
                self.classes[place.class as usize].free.push(place.index);
            }
            if owner == ActorId::OUTSIDE {
                return;
            }
            place = place_of(owner);
        }
    }

    pub(super) fn is_alive(&self, id: ActorId) -> bool {
        self.get(id).is_some_and(|entry| entry.state.lives())
    }

    /// Why a dead actor died; `None` while it lives, or once its place was
    /// used again.
    pub(super) fn cause_of_death(&self, id: ActorId) -> Option<DeathCause> {
        match self.get(id)?.state {
            State::Alive | State::Condemned => None,
            State::Dead(cause) | State::Vacant(cause) => Some(cause),
        }
    }

    /// 0, the path of the outside, for actors that are not on the books.
    /// Cost: O(depth).
    pub(super) fn path_hash(&self, id: ActorId) -> PathHash {
        if self.get(id).is_some() { self.path_at(place_of(id)) } else { 0 }
    }

    /// The path hash of whoever is, or was last, at a place. Owners are
    /// followed without recursion, and nothing is allocated for the nearest.
    fn path_at(&self, place: Place) -> PathHash {
        const NEAR: usize = 8;
        let mut line = [place; NEAR];
        let mut length = 1;
        let mut far = Vec::new();
        // The child of an owner long dead must not pass for a child of none.
        let root = loop {
            let owner = self.at(line[length - 1]).owner;
            if self.get(owner).is_none() {
                break if owner == ActorId::OUTSIDE { 0 } else { hash_text("(gone)") };
            }
            if length == NEAR {
                far.extend_from_slice(&line);
                length = 0;
            }
            line[length] = place_of(owner);
            length += 1;
        };
        let upwards = far.iter().chain(&line[..length]);
        upwards.rev().fold(root, |owner, place| {
            let name = self.at(*place).name;
            hash_child(owner, self.labels[name.label()].hash, name.ordinal())
        })
    }

    pub(super) fn end(&self, id: ActorId) -> End {
        match self.get(id) {
            Some(_) => {
                let path = self.path_at(place_of(id));
                End { id, path, incarnation: self.incarnation(id) }
            }
            None => End::without_path(id),
        }
    }

    /// Whether an actor of that path lives or has lived.
    pub(super) fn has_path(&self, path: PathHash) -> bool {
        self.deaths.contains_key(&path) || self.is_taken(path)
    }

    /// How many actors of its path had died when this one was born.
    pub(super) fn incarnation(&self, id: ActorId) -> u32 {
        let Some(entry) = self.get(id) else { return 0 };
        if self.deaths.is_empty() {
            return 0;
        }
        if let Some(incarnation) = self.condemned.get(&id) {
            return *incarnation;
        }
        let deaths = self.deaths.get(&self.path_at(place_of(id))).copied().unwrap_or(0);
        // The dead and the condemned have been counted.
        if entry.state == State::Alive { deaths } else { deaths.saturating_sub(1) }
    }

    fn get(&self, id: ActorId) -> Option<&Entry> {
        let entry = self.classes.get(id.class() as usize)?.entries.get(id.index() as usize)?;
        (entry.generation == id.generation()).then_some(entry)
    }

    fn at(&self, place: Place) -> &Entry {
        &self.classes[place.class as usize].entries[place.index as usize]
    }

    fn at_mut(&mut self, place: Place) -> &mut Entry {
        &mut self.classes[place.class as usize].entries[place.index as usize]
    }
}
