//! The trait of parts.

use crate::types::{SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use crate::{config::Config, snapshot::FileError, types::LoadedClass};

/// A part of a run that can be copied, saved and loaded, between two events.
pub(crate) trait Part: Sized {
    /// The content of a file. Data that follows from the rest is not saved, so it cannot contradict
    /// the rest.
    #[cfg(feature = "snapshot")]
    type Picture: serde::Serialize + serde::de::DeserializeOwned;

    /// The same for a copy of the run. `Err` names the type that did not opt in.
    fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError>;

    #[cfg(feature = "snapshot")]
    fn save(&self, types: &TypeRegistry) -> Result<Self::Picture, SnapshotError>;

    /// Returns a part that keeps its invariants, or an error, for every picture.
    #[cfg(feature = "snapshot")]
    fn load(picture: Self::Picture, with: &Loading<'_>) -> Result<Self, FileError>;
}

/// What is known when a part is loaded: the classes were loaded before.
#[cfg(feature = "snapshot")]
pub(crate) struct Loading<'a> {
    pub(crate) types: &'a TypeRegistry,
    pub(crate) classes: &'a [LoadedClass],
    pub(crate) config: &'a Config,
}

/// The error of a file that contradicts itself.
#[cfg(feature = "snapshot")]
pub(crate) fn wrong(what: &'static str) -> FileError {
    FileError::Inconsistent { what }
}
