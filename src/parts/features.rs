//! All that the features keep.

#[cfg(feature = "snapshot")]
use crate::actor::ActorId;
#[cfg(feature = "snapshot")]
use crate::features::Links;
#[cfg(feature = "snapshot")]
use crate::features::{CpuSlots, Kernel, Requests, Supervised, Watches};
use crate::features::{Features, Resources};
#[cfg(feature = "snapshot")]
use crate::parts::part::Loading;
use crate::parts::part::Part;
#[cfg(feature = "snapshot")]
use crate::snapshot::FileError;
use crate::types::{SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use serde::{Deserialize, Serialize};
#[cfg(feature = "snapshot")]
use std::collections::BTreeSet;

#[cfg(feature = "snapshot")]
#[derive(Serialize, Deserialize)]
pub(crate) struct FeaturesPicture {
    links: <Links as Part>::Picture,
    requests: <Requests<Kernel> as Part>::Picture,
    pub(crate) cpu: CpuSlots,
    pub(crate) background: BTreeSet<ActorId>,
    supervised: <Supervised as Part>::Picture,
    watches: <Watches<Kernel> as Part>::Picture,
}

impl Part for Features {
    #[cfg(feature = "snapshot")]
    type Picture = FeaturesPicture;

    fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError> {
        // Every field by its name: a new one is missed by the compiler here and below.
        // Who has resources is refused before: their lines hold futures.
        let Self { links, requests, cpu, resources: _, background, supervised, watches } = self;
        Ok(Self {
            links: links.fork(types)?,
            requests: requests.fork(types)?,
            cpu: cpu.fork(types)?,
            resources: Resources::default(),
            background: background.fork(types)?,
            supervised: supervised.fork(types)?,
            watches: watches.fork(types)?,
        })
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, types: &TypeRegistry) -> Result<FeaturesPicture, SnapshotError> {
        let Self { links, requests, cpu, resources: _, background, supervised, watches } = self;
        Ok(FeaturesPicture {
            links: links.save(types)?,
            requests: requests.save(types)?,
            cpu: cpu.save(types)?,
            background: background.save(types)?,
            supervised: supervised.save(types)?,
            watches: watches.save(types)?,
        })
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: FeaturesPicture, with: &Loading<'_>) -> Result<Self, FileError> {
        let FeaturesPicture { links, requests, cpu, background, supervised, watches } = picture;
        Ok(Self {
            links: Links::load(links, with)?,
            requests: Requests::load(requests, with)?,
            cpu: CpuSlots::load(cpu, with)?,
            resources: Resources::default(),
            background: BTreeSet::load(background, with)?,
            supervised: Supervised::load(supervised, with)?,
            watches: Watches::load(watches, with)?,
        })
    }
}
