//! Restarts of actors in the index, and finding actors by path.

use crate::actor::{ActorId, PathHash, SpawnOptions, name_parts, path_hash};
use crate::entities::entry::{NOWHERE, Place, State, place_of};
use crate::entities::index::Entities;
use crate::entities::series::Series;
use crate::random::{hash_child, hash_text};

impl Entities {
    /// Begins the next incarnation of an actor, under the same identifier and name. All its
    /// descendants lose their names at once, before the event of their end arrives: the next
    /// incarnation may use these names. Cost: O(descendants).
    pub(crate) fn begin_next_life(&mut self, id: ActorId) {
        let place = place_of(id);
        self.count_death(place);
        let mut nameless = self.children(id);
        while let Some(child) = nameless.pop() {
            let place = place_of(child);
            if self.at(place).state == State::Alive {
                let path = self.path_at(place);
                self.take_name(place);
                self.unindex(place, path);
                self.count_death(place);
            }
            nameless.extend(self.children(child));
        }
        let lineage = self.life(id).below();
        if let Some(family) = self.families.get_mut(place) {
            family.lineage = lineage;
            self.deaths.forget(place);
        }
    }

    pub(crate) fn first_living(&self, class: u16) -> Option<ActorId> {
        let entries = &self.classes.get(class as usize)?.entries;
        let (index, entry) = (0..).zip(entries).find(|(_, entry)| entry.state.lives())?;
        Some(ActorId::new(class, entry.generation, index))
    }

    /// Marks an actor whose path is free before it dies.
    pub(crate) fn take_name(&mut self, place: Place) {
        let generation = self.at(place).generation;
        let id = ActorId::new(place.class, generation, place.index);
        let life = self.life(id);
        self.nameless.insert(id, life);
        self.at_mut(place).state = State::Nameless;
    }

    /// Forgets the life of a dead actor whose name was taken.
    pub(crate) fn forget_nameless(&mut self, id: ActorId) {
        if !self.nameless.is_empty() {
            self.nameless.remove(&id);
        }
    }

    /// Whether an actor that dies may be restarted: it still has its name, and its owner lives.
    pub(crate) fn may_return(&self, id: ActorId) -> bool {
        self.get(id).is_some_and(|entry| {
            let owned = entry.owner == ActorId::OUTSIDE || self.is_alive(entry.owner);
            entry.state == State::Alive && owned
        })
    }

    pub(crate) fn owner(&self, id: ActorId) -> ActorId {
        self.get(id).map_or(ActorId::OUTSIDE, |entry| entry.owner)
    }

    /// The path hash of an actor that is not spawned yet.
    pub(crate) fn path_below(&self, owner: ActorId, spawn: &SpawnOptions) -> PathHash {
        let ordinal = self.ordinal(owner, self.known_label(&spawn.label), spawn);
        hash_child(self.path_hash(owner), hash_text(&spawn.label), ordinal)
    }

    /// If a path names no living actor: the first part of it that is the path of a dead one. `None`
    /// if none is known.
    pub(crate) fn dead_at<'a>(&self, path: &'a str) -> Option<&'a str> {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        let mut owner = NOWHERE;
        for end in ends {
            let upper = &path[..end];
            if let Some(id) = self.find(upper) {
                owner = place_of(id);
                continue;
            }
            let name = upper.rsplit('/').next().unwrap_or(upper);
            let series = match name_parts(name) {
                (text, Some(ordinal)) if format!("{text}[{ordinal}]") == name => {
                    Series::numbered(hash_text(text), ordinal)
                }
                _ => Series::of(name),
            };
            return (self.deaths.count(owner, series) > 0).then_some(upper);
        }
        None
    }

    /// The living actor of that path. Cost: O(depth + classes).
    pub(crate) fn find(&self, path: &str) -> Option<ActorId> {
        let hash = path_hash(path);
        (0..).zip(&self.classes).find_map(|(class, entries)| {
            let at = |index: u32| Place { class, index };
            let same = |index: &u32| self.path_at(at(*index)) == hash;
            let index = *entries.living.find(hash, same)?;
            let generation = self.at(at(index)).generation;
            let id = ActorId::new(class, generation, index);
            // `taxi[07]` has the hash of `taxi[7]`, and hashes may collide.
            (self.path(id).to_string() == path).then_some(id)
        })
    }
}
