//! What is kept of owners. Paths and streams of their children follow from it, without a walk up a
//! long chain of owners.

use crate::actor::{ActorId, Life, PathHash};
use crate::entities::entry::{Family, NOWHERE, Place, place_of};
use crate::entities::index::Entities;
use crate::random::hash_child;

/// For actors without an owner.
const ROOT: Family =
    Family { youngest: NOWHERE, generation: u16::MAX, depth: 0, path: 0, lineage: 0 };

/// For actors whose owner's place was used again: they must differ from actors without an owner.
const GONE: Family = Family { path: 0x676f_6e65, lineage: 0x676f_6e65, ..ROOT };

impl Entities {
    /// What the names of an owner's children follow from.
    pub(crate) fn family(&self, owner: ActorId) -> &Family {
        if owner == ActorId::OUTSIDE {
            return &ROOT;
        }
        let family = self.families.get(place_of(owner));
        family.filter(|family| family.generation == owner.generation()).unwrap_or(&GONE)
    }

    /// The same for a living owner, which may have no child yet.
    pub(crate) fn open_family(&mut self, owner: ActorId) -> Family {
        let place = place_of(owner);
        if owner == ActorId::OUTSIDE {
            return ROOT;
        }
        if let Some(family) = self.families.get(place) {
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

    /// The path hash of the actor that is, or was last, at a place.
    pub(crate) fn path_at(&self, place: Place) -> PathHash {
        let entry = self.at(place);
        let path = self.family(entry.owner).path;
        hash_child(path, self.labels[entry.name.label()].hash, entry.name.ordinal())
    }

    /// What names the streams of an actor. For dead actors, it is the best that is known.
    pub(crate) fn life(&self, id: ActorId) -> Life {
        let Some(entry) = self.get(id) else { return Life::default() };
        if let Some(life) = self.nameless.get(&id) {
            return *life;
        }
        let lineage = self.family(entry.owner).lineage;
        let label = self.labels[entry.name.label()].hash;
        let deaths = self.deaths.count(place_of(entry.owner), self.series(entry.name));
        // The death of a dead actor has been counted.
        let counted = u32::from(!entry.state.lives());
        Life {
            lineage: hash_child(lineage, label, entry.name.ordinal()),
            incarnation: deaths.saturating_sub(counted),
        }
    }
}
