//! Collectors in copies and files.

use crate::features::Collectors;
use crate::parts::part::Part;
use crate::types::{SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use crate::{
    gauge::{Gauges, GaugesPicture},
    parts::part::{Loading, wrong},
    snapshot::FileError,
};

impl Part for Collectors {
    #[cfg(feature = "snapshot")]
    type Picture = GaugesPicture;

    fn fork(&self, _: &TypeRegistry) -> Result<Self, SnapshotError> {
        Ok(Self { gauges: self.gauges.clone() })
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, _: &TypeRegistry) -> Result<GaugesPicture, SnapshotError> {
        Ok(self.gauges.borrow().picture())
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: GaugesPicture, _: &Loading<'_>) -> Result<Self, FileError> {
        let gauges = Gauges::restore(picture).ok_or(wrong("a collector"))?;
        Ok(Self { gauges: gauges.into() })
    }
}
