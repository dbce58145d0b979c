//! Parts that are copied and saved completely, as they are.

use crate::actor::ActorId;
use crate::features::{CpuSlots, Links};
use crate::parts::part::Part;
use crate::types::{SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use crate::{
    network::NetworkPicture,
    parts::part::{Loading, wrong},
    snapshot::FileError,
};
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
