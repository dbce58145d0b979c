//! What is kept of those that have had children: their names as far as the
//! names of children follow from them, so that nobody goes up a long line of
//! owners.

use crate::actor::{ActorId, Life, PathHash};
use crate::entities::entry::{Family, NOWHERE, Place, place_of};
use crate::entities::index::Entities;
use crate::random::hash_child;

/// Of those that nobody owns.
const ROOT: Family =
    Family { youngest: NOWHERE, generation: u16::MAX, depth: 0, path: 0, lineage: 0 };

/// Of those whose owner is long dead: they must not pass for children of none.
const GONE: Family = Family { path: 0x676f_6e65, lineage: 0x676f_6e65, ..ROOT };

impl Entities {
    /// What the names of an owner's children follow from.
    pub(crate) fn family(&self, owner: ActorId) -> &Family {
        if owner == ActorId::OUTSIDE {
            return &ROOT;
        }
        let family = self.families.get(&place_of(owner));
        family.filter(|family| family.generation == owner.generation()).unwrap_or(&GONE)
    }

    /// The same of a living owner, which may have no child yet.
    pub(crate) fn open_family(&mut self, owner: ActorId) -> Family {
        let place = place_of(owner);
        if owner == ActorId::OUTSIDE {
            return ROOT;
        }
        if let Some(family) = self.families.get(&place) {
            return *family;
        }
        let family = Family {
            youngest: NOWHERE,
            generation: owner.generation(),
            depth: self.family(self.at(place).owner).depth.saturating_add(1),
            path: self.path_at(place),
            lineage: self.life(owner).below(),
        };
        self.families.insert(place, family);
        family
    }

    /// The path hash of whoever is, or was last, at a place.
    pub(crate) fn path_at(&self, place: Place) -> PathHash {
        let entry = self.at(place);
        let path = self.family(entry.owner).path;
        hash_child(path, self.labels[entry.name.label()].hash, entry.name.ordinal())
    }

    /// What names the streams of an actor. Of the dead, it is as good as can
    /// be known.
    pub(crate) fn life(&self, id: ActorId) -> Life {
        let Some(entry) = self.get(id) else { return Life::default() };
        if let Some(life) = self.nameless.get(&id) {
            return *life;
        }
        let lineage = self.family(entry.owner).lineage;
        let label = self.labels[entry.name.label()].hash;
        let deaths = self.deaths.count(place_of(entry.owner), self.series(entry.name));
        // The dead have been counted.
        let counted = u32::from(!entry.state.lives());
        Life {
            lineage: hash_child(lineage, label, entry.name.ordinal()),
            incarnation: deaths.saturating_sub(counted),
        }
    }
}
