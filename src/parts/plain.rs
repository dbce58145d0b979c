//! Parts that are copied and saved completely, as they are.

use crate::actor::ActorId;
use crate::entities::Entities;
#[cfg(feature = "snapshot")]
use crate::entities::EntitiesPicture;
use crate::features::{CpuSlots, Links};
#[cfg(feature = "snapshot")]
use crate::network::NetworkPicture;
use crate::parts::part::Part;
#[cfg(feature = "snapshot")]
use crate::parts::part::{Loading, wrong};
#[cfg(feature = "snapshot")]
use crate::snapshot::FileError;
use crate::types::{SnapshotError, TypeRegistry};
use std::collections::BTreeSet;

/// Implements [`Part`] for types that are their own picture.
macro_rules! plain {
    ($($part:ty),*) => {
        $(impl Part for $part {
            #[cfg(feature = "snapshot")]
            type Picture = Self;

            fn fork(&self, _: &TypeRegistry) -> Result<Self, SnapshotError> {
                Ok(self.clone())
            }

            #[cfg(feature = "snapshot")]
            fn save(&self, _: &TypeRegistry) -> Result<Self, SnapshotError> {
                Ok(self.clone())
            }

            #[cfg(feature = "snapshot")]
            fn load(picture: Self, _: &Loading<'_>) -> Result<Self, FileError> {
                Ok(picture)
            }
        })*
    };
}

plain!(CpuSlots, BTreeSet<ActorId>);

impl Part for Entities {
    #[cfg(feature = "snapshot")]
    type Picture = EntitiesPicture;

    fn fork(&self, _: &TypeRegistry) -> Result<Self, SnapshotError> {
        Ok(self.clone())
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, _: &TypeRegistry) -> Result<EntitiesPicture, SnapshotError> {
        Ok(self.picture())
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: EntitiesPicture, _: &Loading<'_>) -> Result<Self, FileError> {
        picture.restore().map_err(wrong)
    }
}

impl Part for Links {
    /// Latencies, links and plans are in the settings.
    #[cfg(feature = "snapshot")]
    type Picture = NetworkPicture;

    fn fork(&self, _: &TypeRegistry) -> Result<Self, SnapshotError> {
        Ok(self.clone())
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, _: &TypeRegistry) -> Result<NetworkPicture, SnapshotError> {
        Ok(self.network.picture())
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: NetworkPicture, with: &Loading<'_>) -> Result<Self, FileError> {
        let mut links = Self::new(with.config);
        links.network.restore(picture).map_err(wrong)?;
        Ok(links)
    }
}
