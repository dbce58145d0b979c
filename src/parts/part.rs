//! The one trait.

#[cfg(feature = "snapshot")]
use crate::config::Config;
#[cfg(feature = "snapshot")]
use crate::snapshot::FileError;
#[cfg(feature = "snapshot")]
use crate::types::LoadedClass;
use crate::types::{SnapshotError, TypeRegistry};

/// A part of a run that can be copied, saved and loaded, between two events.
pub(crate) trait Part: Sized {
    /// What of it stands in a file. What follows from the rest does not: it cannot
    /// contradict then.
    #[cfg(feature = "snapshot")]
    type Picture: serde::Serialize + serde::de::DeserializeOwned;

    /// The same for a copy of the run. `Err` names the type that did not opt in.
    fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError>;

    #[cfg(feature = "snapshot")]
    fn save(&self, types: &TypeRegistry) -> Result<Self::Picture, SnapshotError>;

    /// Whatever stands in the picture comes to a part that keeps its rules, or an error.
    #[cfg(feature = "snapshot")]
    fn load(picture: Self::Picture, with: &Loading<'_>) -> Result<Self, FileError>;
}

/// What is known when a part is loaded: the classes are there already.
#[cfg(feature = "snapshot")]
pub(crate) struct Loading<'a> {
    pub(crate) types: &'a TypeRegistry,
    pub(crate) classes: &'a [LoadedClass],
    pub(crate) config: &'a Config,
}

/// That a file contradicts itself.
#[cfg(feature = "snapshot")]
pub(crate) fn wrong(what: &'static str) -> FileError {
    FileError::Inconsistent { what }
}
