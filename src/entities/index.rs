//! The index of actors: their names, owners and children.

use crate::actor::{ActorId, DeathCause, End, Life, PathHash, SpawnOptions, is_plain, path_hash};
use crate::entities::counted::Counted;
use crate::entities::deaths::Deaths;
use crate::entities::entry::{ClassEntries, Entry, NOWHERE, Name, Place, State, place_of};
use crate::entities::families::Families;
use crate::entities::series::Series;
use crate::error::{ErrorKind, Limit};
use crate::random::{hash_child, hash_text};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A text in the names of actors.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: Rc<str>,
    pub(super) hash: u64,
    /// Its series as a name without a number beside it.
    series: Series,
    pub(super) uses: u32,
}

impl Label {
    pub(super) fn new(text: Rc<str>, uses: u32) -> Self {
        Self { hash: hash_text(&text), series: Series::of(&text), text, uses }
    }

    /// The series of a name with this text.
    fn series(&self, ordinal: Option<u32>) -> Series {
        ordinal.map_or(self.series, |ordinal| Series::numbered(self.hash, ordinal))
    }
}

/// Where the numbered names of an owner's children are counted: without an owner, nowhere.
fn counting_place(owner: ActorId) -> Place {
    if owner == ActorId::OUTSIDE { NOWHERE } else { place_of(owner) }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Entities {
    pub(super) classes: Vec<ClassEntries>,
    pub(super) labels: Vec<Label>,
    pub(super) free_labels: Vec<u32>,
    pub(super) label_numbers: FxHashMap<Rc<str>, u32>,
    /// The number of the text of the last name.
    pub(super) last_label: u32,
    /// Owners, until no child is listed under them.
    pub(super) families: Families,
    pub(super) deaths: Deaths,
    /// The lives of actors whose names were taken. Their next incarnation may have died before
    /// them.
    pub(super) nameless: FxHashMap<ActorId, Life>,
    pub(super) counted: Counted,
    /// Paths that the settings name and that no actor has had.
    pub(super) unused_paths: FxHashMap<PathHash, String>,
    pub(crate) live: u64,
    /// Empty entries, for the next classes.
    pub(super) spare: Vec<ClassEntries>,
}

impl Entities {
    pub(crate) fn add_class(&mut self) {
        self.classes.push(self.spare.pop().unwrap_or_default());
    }

    /// The last registered entry is not an actor, so it is not counted.
    pub(crate) fn leave_uncounted(&mut self) {
        self.live -= 1;
    }

    /// Registers a new actor. `Err` if its owner is dead or its name is not plain, if a living
    /// sibling has the same name, or if it has more owners than are allowed. Cost: O(classes).
    pub(crate) fn register(
        &mut self,
        class: u16,
        owner: Option<ActorId>,
        spawn: &SpawnOptions,
        owners: u64,
    ) -> Result<ActorId, ErrorKind> {
        let state = match owner {
            Some(owner) => self.get(owner).map(|owner| owner.state),
            None => Some(State::Alive),
        };
        let Some(state) = state.filter(|state| state.lives()) else {
            return Err(ErrorKind::DeadOwner { name: spawn.to_string() });
        };
        let nameless = state == State::Nameless;
        let owner = owner.unwrap_or(ActorId::OUTSIDE);
        let known = self.known_label(&spawn.label);
        if known.is_none() && !is_plain(&spawn.label) {
            return Err(ErrorKind::InvalidName { name: spawn.to_string() });
        }
        let family = self.open_family(owner);
        if u64::from(family.depth) > owners {
            return Err(ErrorKind::Limit { limit: Limit::Owners, allowed: owners });
        }
        let ordinal = self.ordinal(owner, known, spawn);
        let label = self.label(known, &spawn.label);
        let name = Name::new(label, ordinal);
        let hash = self.labels[label as usize].hash;
        let path = hash_child(family.path, hash, ordinal);
        if !nameless && self.is_taken(path) {
            self.drop_label(label);
            let spawn = SpawnOptions { ordinal, ..spawn.clone() };
            return Err(ErrorKind::DuplicateName { path: self.child_path(owner, &spawn) });
        }
        let next = family.youngest;
        let mut entry = Entry::new(owner, name, 0, State::Alive);
        entry.set_next(next);
        let (id, replaced) = self.classes[class as usize].admit(class, entry);
        if let Some(replaced) = replaced {
            self.drop_label(replaced.label() as u32);
        }
        let place = place_of(id);
        if next != NOWHERE {
            self.at_mut(next).set_previous(place);
        }
        if owner != ActorId::OUTSIDE {
            let family = self.families.get_mut(place_of(owner));
            family.expect("it was opened").youngest = place;
        }
        if !self.unused_paths.is_empty() {
            self.unused_paths.remove(&path);
        }
        if spawn.counted {
            let text = &self.labels[label as usize].text;
            self.counted.count(counting_place(owner), label, text);
        }
        if nameless {
            self.take_name(place);
            self.count_death(place);
        } else {
            self.index(class, path, id.index());
        }
        self.live += 1;
        Ok(id)
    }

    /// The number in the name of a new child, if there is one. `label` is the number of the text, if
    /// it is in use.
    pub(super) fn ordinal(
        &self,
        owner: ActorId,
        label: Option<u32>,
        spawn: &SpawnOptions,
    ) -> Option<u32> {
        match spawn.counted {
            true => Some(self.counted.next(counting_place(owner), label, &spawn.label)),
            false => spawn.ordinal,
        }
    }

    fn is_taken(&self, path: PathHash) -> bool {
        (0..).zip(&self.classes).any(|(class, entries)| {
            let same = |index: &u32| self.path_at(Place { class, index: *index }) == path;
            !entries.living.is_empty() && entries.living.find(path, same).is_some()
        })
    }

    /// Adds a place to the living actors of its class.
    pub(super) fn index(&mut self, class: u16, path: PathHash, index: u32) {
        let living = &mut self.classes[class as usize].living;
        if living.len() < living.capacity() {
            let room = |_: &u32| unreachable!("nothing moves while there is room");
            living.insert_unique(path, index, room);
            return;
        }
        let mut living = std::mem::take(living);
        let hash = |index: &u32| self.path_at(Place { class, index: *index });
        living.insert_unique(path, index, hash);
        self.classes[class as usize].living = living;
    }

    /// The number of a text that is in use: mostly that of the last name.
    pub(super) fn known_label(&self, text: &str) -> Option<u32> {
        let last = self.labels.get(self.last_label as usize);
        if last.is_some_and(|last| last.uses > 0 && *last.text == *text) {
            return Some(self.last_label);
        }
        self.label_numbers.get(text).copied()
    }

    /// The number of a text, which may be known; counts one more use of it.
    fn label(&mut self, known: Option<u32>, text: &str) -> u32 {
        let number = match known {
            Some(number) => {
                self.labels[number as usize].uses += 1;
                number
            }
            None => self.add_label(text),
        };
        self.last_label = number;
        number
    }

    fn add_label(&mut self, text: &str) -> u32 {
        let number = self.free_labels.pop().unwrap_or(self.labels.len() as u32);
        assert!(number < 1 << 31, "2^31 different names");
        let text: Rc<str> = text.into();
        let label = Label::new(Rc::clone(&text), 1);
        match self.labels.get_mut(number as usize) {
            Some(place) => *place = label,
            None => self.labels.push(label),
        }
        self.label_numbers.insert(text, number);
        number
    }

    /// Counts one use less of a text, and forgets it after the last.
    fn drop_label(&mut self, number: u32) {
        let label = &mut self.labels[number as usize];
        label.uses -= 1;
        if label.uses == 0 {
            self.label_numbers.remove(&label.text);
            label.text = "".into();
            self.counted.leave(number);
            self.free_labels.push(number);
        }
    }

    pub(crate) fn end_for_good(&mut self, id: ActorId, cause: DeathCause) {
        let place = place_of(id);
        let entry = self.at_mut(place);
        let before = std::mem::replace(&mut entry.state, State::Dead(cause));
        let Entry { owner, name, .. } = *entry;
        if before == State::Alive {
            let label = &self.labels[name.label()];
            let path = hash_child(self.family(owner).path, label.hash, name.ordinal());
            let series = label.series(name.ordinal());
            self.unindex(place, path);
            self.deaths.add(place_of(owner), series);
        }
        self.live -= 1;
        self.vacate_if_childless(place);
    }

    pub(super) fn count_death(&mut self, place: Place) {
        let Entry { owner, name, .. } = *self.at(place);
        self.deaths.add(place_of(owner), self.series(name));
    }

    /// How many entries the names of dead actors take.
    pub(crate) fn remembered(&self) -> u64 {
        self.deaths.entries()
    }

    /// The series in which the deaths of a name are counted.
    pub(super) fn series(&self, name: Name) -> Series {
        self.labels[name.label()].series(name.ordinal())
    }

    /// Removes a place from the living actors, so that its path is free.
    pub(super) fn unindex(&mut self, place: Place, path: PathHash) {
        let living = &mut self.classes[place.class as usize].living;
        if let Ok(found) = living.find_entry(path, |index| *index == place.index) {
            found.remove();
        }
    }

    /// Whether any child is listed, living or dead.
    #[inline]
    pub(crate) fn has_children(&self, id: ActorId) -> bool {
        self.families.get(place_of(id)).is_some_and(|family| family.youngest != NOWHERE)
    }

    /// The living children, in the order in which they were spawned.
    pub(crate) fn children(&self, id: ActorId) -> Vec<ActorId> {
        let mut children = Vec::new();
        let mut next = self.families.get(place_of(id)).map_or(NOWHERE, |family| family.youngest);
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

    /// Frees the places of dead actors without listed children, up the tree. A place with children
    /// is kept, because their paths contain its name.
    fn vacate_if_childless(&mut self, mut place: Place) {
        loop {
            let State::Dead(cause) = self.at(place).state else { return };
            if let Some(family) = self.families.get(place) {
                if family.youngest != NOWHERE {
                    return;
                }
                self.families.remove(place);
                self.counted.forget(place);
                self.deaths.forget(place);
            }
            let entry = self.at_mut(place);
            entry.state = State::Vacant(cause);
            let (generation, owner) = (entry.generation, entry.owner);
            let (previous, next) = (entry.previous(), entry.next());
            if next != NOWHERE {
                self.at_mut(next).set_previous(previous);
            }
            if previous != NOWHERE {
                self.at_mut(previous).set_next(next);
            } else if let Some(family) = self.families.get_mut(place_of(owner)) {
                family.youngest = next;
            }
            // A place whose generations are used up is not used again: a reference must never name
            // another actor.
            if generation < u16::MAX {
                self.classes[place.class as usize].free.push(place.index);
            }
            if owner == ActorId::OUTSIDE {
                return;
            }
            place = place_of(owner);
        }
    }

    /// Whether the entry of an actor still exists. It exists until its place is used again.
    pub(crate) fn is_on_books(&self, id: ActorId) -> bool {
        self.get(id).is_some()
    }

    pub(crate) fn is_alive(&self, id: ActorId) -> bool {
        self.get(id).is_some_and(|entry| entry.state.lives())
    }

    /// Why a dead actor died; `None` while it lives, and once its place was used again.
    pub(crate) fn cause_of_death(&self, id: ActorId) -> Option<DeathCause> {
        match self.get(id)?.state {
            State::Alive | State::Nameless => None,
            State::Dead(cause) | State::Vacant(cause) => Some(cause),
        }
    }

    /// 0, the path hash of the outside, if the entry does not exist.
    pub(crate) fn path_hash(&self, id: ActorId) -> PathHash {
        if self.get(id).is_some() { self.path_at(place_of(id)) } else { 0 }
    }

    pub(crate) fn end(&self, id: ActorId) -> End {
        match self.get(id) {
            Some(_) => End { id, path: self.path_at(place_of(id)), life: self.life(id) },
            None => End::without_path(id),
        }
    }

    /// From now on, notes which of these paths no actor has had.
    pub(crate) fn await_paths<'a>(&mut self, paths: impl Iterator<Item = &'a str>) {
        self.unused_paths = paths.map(|path| (path_hash(path), path.to_owned())).collect();
    }

    /// Those of these paths that no actor has had, sorted.
    pub(crate) fn unused_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.unused_paths.values().cloned().collect();
        paths.sort_unstable();
        paths
    }

    pub(super) fn get(&self, id: ActorId) -> Option<&Entry> {
        let entry = self.classes.get(id.class() as usize)?.entries.get(id.index() as usize)?;
        (entry.generation == id.generation()).then_some(entry)
    }

    pub(super) fn at(&self, place: Place) -> &Entry {
        &self.classes[place.class as usize].entries[place.index as usize]
    }

    pub(super) fn at_mut(&mut self, place: Place) -> &mut Entry {
        &mut self.classes[place.class as usize].entries[place.index as usize]
    }
}
