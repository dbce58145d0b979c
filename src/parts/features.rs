//! All that the features keep.

use crate::features::Features;
use crate::parts::part::Part;
use crate::types::{SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use crate::{
    actor::ActorId,
    features::{Collectors, CpuSlots, Kernel, Links, Requests, Supervised, Watches},
    parts::part::Loading,
    snapshot::FileError,
};
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
    collectors: <Collectors as Part>::Picture,
    pub(crate) background: BTreeSet<ActorId>,
    supervised: <Supervised as Part>::Picture,
    watches: <Watches<Kernel> as Part>::Picture,
}

/// Makes a struct a part whose fields are parts, and some empty in copies. All fields are
/// named, so that a new one does not compile until it is here.
macro_rules! part_of_parts {
    ($whole:ident as $picture:ident, $($part:ident),*; empty: $($empty:ident),*) => {
        impl Part for $whole {
            #[cfg(feature = "snapshot")]
            type Picture = $picture;

            fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError> {
                let Self { $($part,)* $($empty: _),* } = self;
                Ok(Self { $($part: $part.fork(types)?,)* $($empty: Default::default()),* })
            }

            #[cfg(feature = "snapshot")]
            fn save(&self, types: &TypeRegistry) -> Result<$picture, SnapshotError> {
                let Self { $($part,)* $($empty: _),* } = self;
                Ok($picture { $($part: $part.save(types)?),* })
            }

            #[cfg(feature = "snapshot")]
            fn load(picture: $picture, with: &Loading<'_>) -> Result<Self, FileError> {
                let $picture { $($part),* } = picture;
                Ok(Self { $($part: Part::load($part, with)?,)* $($empty: Default::default()),* })
            }
        }
    };
}

// A simulation with resources is refused before: their lines hold futures; conditions and frames are
// those of processes.
part_of_parts!(
    Features as FeaturesPicture, links, requests, cpu, collectors, background, supervised, watches;
    empty: resources, conditions, frames
);
