//! Supervision in copies of a simulation.

use crate::features::Checkpoint;
use crate::features::Core;
use crate::features::Ward;
use crate::features::Wards;
use crate::features::Watcher;
use crate::features::Watches;
use crate::types::SnapshotError;
use crate::types::Types;

impl Wards {
    pub(crate) fn fork(&self, types: &Types) -> Result<Self, SnapshotError> {
        let ward = |ward: &Ward| {
            let known = types.factories.of(ward.make.as_any());
            let (_, known) = known.ok_or_else(|| unknown_factory(ward))?;
            Ok::<_, SnapshotError>(Ward {
                make: known.make(),
                history: ward.history.clone(),
                ..*ward
            })
        };
        let wards = self.wards.iter().map(|(id, kept)| Ok((*id, ward(kept)?)));
        let checkpoints = self.checkpoints.iter().map(|(path, kept)| {
            let state = types.checkpoint_type(&*kept.state).and_then(|t| (t.copy)(&*kept.state));
            let state = state.ok_or(SnapshotError::Checkpoint {
                type_name: kept.type_name,
                register: "Types::checkpoint",
            })?;
            Ok((*path, Checkpoint { state, type_name: kept.type_name }))
        });
        Ok(Self {
            wards: wards.collect::<Result<_, SnapshotError>>()?,
            together: self.together.clone(),
            rounds: self.rounds.clone(),
            checkpoints: checkpoints.collect::<Result<_, SnapshotError>>()?,
        })
    }
}

impl Watches<Core> {
    pub(crate) fn fork(&self, types: &Types) -> Result<Self, SnapshotError> {
        let watcher = |watcher: &Watcher<Core>| {
            let known = types.notices.of(watcher.tell.as_any());
            let (_, known) = known.ok_or_else(|| unknown_notice(watcher))?;
            Ok::<_, SnapshotError>(Watcher { id: watcher.id, tell: known.make() })
        };
        let by_watched = self.by_watched.iter().map(|(key, kept)| Ok((*key, watcher(kept)?)));
        Ok(Self {
            by_watched: by_watched.collect::<Result<_, SnapshotError>>()?,
            by_watcher: self.by_watcher.clone(),
            made: self.made,
            reason: self.reason.clone(),
        })
    }
}

pub(crate) fn unknown_factory(ward: &Ward) -> SnapshotError {
    SnapshotError::Function {
        type_name: ward.make.function(),
        purpose: "spawn_supervised or spawn_restored",
        register: "Types::factory or restoring",
    }
}

pub(crate) fn unknown_notice(watcher: &Watcher<Core>) -> SnapshotError {
    SnapshotError::Function {
        type_name: watcher.tell.function(),
        purpose: "Context::watch",
        register: "Types::notice",
    }
}
