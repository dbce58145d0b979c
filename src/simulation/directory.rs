//! Who is who: names, owners, children and open requests of every actor.
//!
//! This is the part of an actor that is touched when it is born, dies, is
//! asked, or is printed, kept apart from what every event touches.

use super::error::ErrorKind;
use crate::actor::{ActorId, DeathCause, Spawn};
use crate::network::{End, PathHash};
use crate::random::{hash_child, hash_text};
use rustc_hash::FxHashMap;
use std::fmt;
use std::rc::Rc;

/// Where an actor is kept: its class and its index in the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    class: u16,
    index: u32,
}

#[derive(Debug)]
struct Entry {
    generation: u16,
    state: State,
    label: u32,
    ordinal: Option<u32>,
    incarnation: u32,
    path: PathHash,
    owner: Option<ActorId>,
    first_child: Option<Place>,
    next_sibling: Option<Place>,
    previous_sibling: Option<Place>,
    /// Head of the list of open requests to this actor.
    requests: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Alive,
    /// Dead, but children are still listed under it.
    Dead(DeathCause),
    Vacant(DeathCause),
}

#[derive(Debug, Default)]
struct ClassEntries {
    entries: Vec<Entry>,
    free: Vec<u32>,
}

/// How often a path was used, which numbers the incarnations.
#[derive(Debug, Default)]
struct PathUse {
    lives: u32,
    alive: bool,
}

#[derive(Debug, Default)]
pub(super) struct Directory {
    classes: Vec<ClassEntries>,
    /// The texts of names, with how many entries use them.
    labels: Vec<(Rc<str>, u32)>,
    free_labels: Vec<u32>,
    label_numbers: FxHashMap<Rc<str>, u32>,
    paths: FxHashMap<PathHash, PathUse>,
    live: u64,
}

impl Directory {
    pub(super) fn add_class(&mut self) {
        self.classes.push(ClassEntries::default());
    }

    pub(super) fn live(&self) -> u64 {
        self.live
    }

    /// Enters a new actor; `Err` with its path if a living sibling has the
    /// same name.
    pub(super) fn register(
        &mut self,
        class: u16,
        owner: Option<ActorId>,
        spawn: &Spawn,
    ) -> Result<ActorId, ErrorKind> {
        let owner_path = owner.map_or(0, |owner| self.path_hash(owner));
        let path = hash_child(owner_path, hash_text(&spawn.label), spawn.ordinal);
        let usage = self.paths.entry(path).or_default();
        if usage.alive {
            let owner = owner.map_or(String::new(), |owner| format!("{}/", self.path(owner)));
            return Err(ErrorKind::DuplicateName { path: format!("{owner}{spawn}") });
        }
        let incarnation = usage.lives;
        *usage = PathUse { lives: incarnation.wrapping_add(1), alive: true };
        let label = self.label(&spawn.label);
        let next_sibling = owner.and_then(|owner| self.at(place_of(owner)).first_child);
        let entry = Entry {
            generation: 0,
            state: State::Alive,
            label,
            ordinal: spawn.ordinal,
            incarnation,
            path,
            owner,
            first_child: None,
            next_sibling,
            previous_sibling: None,
            requests: u32::MAX,
        };
        let (id, replaced) = self.classes[class as usize].admit(class, entry);
        if let Some(label) = replaced {
            self.drop_label(label);
        }
        let place = place_of(id);
        if let Some(next) = next_sibling {
            self.at_mut(next).previous_sibling = Some(place);
        }
        if let Some(owner) = owner {
            self.at_mut(place_of(owner)).first_child = Some(place);
        }
        self.live += 1;
        Ok(id)
    }

    fn label(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.label_numbers.get(text) {
            self.labels[number as usize].1 += 1;
            return number;
        }
        let text: Rc<str> = text.into();
        let number = self.free_labels.pop().unwrap_or(self.labels.len() as u32);
        let label = (Rc::clone(&text), 1);
        match self.labels.get_mut(number as usize) {
            Some(place) => *place = label,
            None => self.labels.push(label),
        }
        self.label_numbers.insert(text, number);
        number
    }

    /// Forgets a text that no entry uses any more.
    fn drop_label(&mut self, number: u32) {
        let (text, uses) = &mut self.labels[number as usize];
        *uses -= 1;
        if *uses == 0 {
            self.label_numbers.remove(text);
            *text = "".into();
            self.free_labels.push(number);
        }
    }

    /// Takes a dying actor off the list of the living and returns its
    /// children, in the order they were spawned.
    pub(super) fn bury(&mut self, id: ActorId, cause: DeathCause) -> Vec<ActorId> {
        let place = place_of(id);
        let entry = self.at_mut(place);
        entry.state = State::Dead(cause);
        let (path, first_child) = (entry.path, entry.first_child);
        self.live -= 1;
        if let Some(usage) = self.paths.get_mut(&path) {
            usage.alive = false;
        }
        let mut children = Vec::new();
        let mut next = first_child;
        while let Some(child) = next {
            let entry = self.at(child);
            if entry.state == State::Alive {
                children.push(ActorId {
                    class: child.class,
                    index: child.index,
                    generation: entry.generation,
                });
            }
            next = entry.next_sibling;
        }
        children.reverse();
        self.vacate_if_childless(place);
        children
    }

    /// Frees the places of the dead that no longer have children to name, up
    /// the tree: a child's path is printed through its owners.
    fn vacate_if_childless(&mut self, mut place: Place) {
        loop {
            let entry = self.at_mut(place);
            let State::Dead(cause) = entry.state else { return };
            if entry.first_child.is_some() {
                return;
            }
            entry.state = State::Vacant(cause);
            let generation = entry.generation;
            let (owner, previous, next) = (entry.owner, entry.previous_sibling, entry.next_sibling);
            if let Some(next) = next {
                self.at_mut(next).previous_sibling = previous;
            }
            match (previous, owner) {
                (Some(previous), _) => self.at_mut(previous).next_sibling = next,
                (None, Some(owner)) => self.at_mut(place_of(owner)).first_child = next,
                (None, None) => {}
            }
            // A place whose generations are used up is left: no reference, not
            // even one kept from its first actor, may ever name another.
            if generation < u16::MAX {
                self.classes[place.class as usize].free.push(place.index);
            }
            let Some(owner) = owner else { return };
            place = place_of(owner);
        }
    }

    pub(super) fn is_alive(&self, id: ActorId) -> bool {
        self.get(id).is_some_and(|entry| entry.state == State::Alive)
    }

    /// Why a dead actor died; `None` while it lives, or once its place was
    /// used again.
    pub(super) fn cause_of_death(&self, id: ActorId) -> Option<DeathCause> {
        match self.get(id)?.state {
            State::Alive => None,
            State::Dead(cause) | State::Vacant(cause) => Some(cause),
        }
    }

    /// 0, the path of the outside, for actors that are not on the books.
    #[inline]
    pub(super) fn path_hash(&self, id: ActorId) -> PathHash {
        self.get(id).map_or(0, |entry| entry.path)
    }

    #[inline]
    pub(super) fn end(&self, id: ActorId) -> End {
        match self.get(id) {
            Some(entry) => End { id, path: entry.path, incarnation: entry.incarnation },
            None => End::without_path(id),
        }
    }

    /// Whether an actor of that path lives or has lived.
    pub(super) fn has_path(&self, path: PathHash) -> bool {
        self.paths.contains_key(&path)
    }

    pub(super) fn incarnation(&self, id: ActorId) -> u32 {
        self.get(id).map_or(0, |entry| entry.incarnation)
    }

    /// Head of the list of open requests to `id`, for as long as it lives.
    pub(super) fn requests_mut(&mut self, id: ActorId) -> Option<&mut u32> {
        let entry = self.classes.get_mut(id.class as usize)?.entries.get_mut(id.index as usize)?;
        (entry.generation == id.generation).then_some(&mut entry.requests)
    }

    /// Prints as the path of an actor, living or dead.
    pub(super) fn path(&self, id: ActorId) -> Path<'_> {
        Path { directory: self, id }
    }

    fn get(&self, id: ActorId) -> Option<&Entry> {
        let entry = self.classes.get(id.class as usize)?.entries.get(id.index as usize)?;
        (entry.generation == id.generation).then_some(entry)
    }

    fn at(&self, place: Place) -> &Entry {
        &self.classes[place.class as usize].entries[place.index as usize]
    }

    fn at_mut(&mut self, place: Place) -> &mut Entry {
        &mut self.classes[place.class as usize].entries[place.index as usize]
    }

    /// Owners are followed without recursion: chains may be long.
    fn write_path(&self, entry: &Entry, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = vec![entry];
        while let Some(owner) = line[line.len() - 1].owner {
            let Some(entry) = self.get(owner) else {
                // The owner of one long dead is gone as well.
                f.write_str("(gone)/")?;
                break;
            };
            line.push(entry);
        }
        for (depth, entry) in line.iter().rev().enumerate() {
            let slash = if depth > 0 { "/" } else { "" };
            write!(f, "{slash}{}", self.labels[entry.label as usize].0)?;
            if let Some(ordinal) = entry.ordinal {
                write!(f, "[{ordinal}]")?;
            }
        }
        Ok(())
    }
}

impl ClassEntries {
    /// Gives the entry a place, one that was used before if there is one,
    /// and returns the label of the entry that was there: the dead keep their
    /// names until their place is needed.
    fn admit(&mut self, class: u16, mut entry: Entry) -> (ActorId, Option<u32>) {
        let Some(index) = self.free.pop() else {
            let index = self.entries.len() as u32;
            self.entries.push(entry);
            return (ActorId { class, index, generation: 0 }, None);
        };
        let place = &mut self.entries[index as usize];
        let generation = place.generation + 1;
        entry.generation = generation;
        let replaced = std::mem::replace(place, entry);
        (ActorId { class, index, generation }, Some(replaced.label))
    }
}

fn place_of(id: ActorId) -> Place {
    Place { class: id.class, index: id.index }
}

/// An actor's path, printed on demand.
pub(super) struct Path<'a> {
    directory: &'a Directory,
    id: ActorId,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.id == ActorId::OUTSIDE {
            return Ok(());
        }
        match self.directory.get(self.id) {
            Some(entry) => self.directory.write_path(entry, f),
            None => write!(f, "{:?}", self.id),
        }
    }
}
