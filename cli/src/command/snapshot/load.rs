//! Loads the run in a snapshot.

use crate::command::own::{AnyModel, Copies, Handles};
use crate::command::talk::Failure;
use crate::words::shown;
use flagfall::{Simulation, SnapshotError};
use std::path::Path;

/// The run of a model in the bytes of the snapshot at that path, and how it is copied.
pub(super) fn load(
    model: &AnyModel,
    bytes: &[u8],
    path: &Path,
) -> Result<(Simulation, Handles, Copies<Handles>), Failure> {
    let Some(copies) = model.copies() else {
        let name = model.name();
        return Err(Failure::Usage(format!(
            "{name} has no snapshots, for it does not say how it is copied (OwnModel::copies)"
        )));
    };
    let resumed = Simulation::resume(&copies.types, bytes).and_then(|resumed| {
        let mut simulation = resumed.simulation;
        let handles = (copies.load)(&resumed.attached, &mut simulation)?;
        Ok((simulation, handles))
    });
    let (simulation, handles) = resumed
        .map_err(|error: SnapshotError| Failure::Files(format!("{}: {error}", shown(path))))?;
    Ok((simulation, handles, copies))
}
