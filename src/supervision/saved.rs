//! Supervision in files.

use crate::actor::PathHash;
use crate::actor::{ActorId, DeathCause};
use crate::features::Checkpoint;
use crate::features::Core;
use crate::features::Ward;
use crate::features::Wards;
use crate::features::Watcher;
use crate::features::Watches;
use crate::features::{History, Restart};
use crate::snapshot::unique;
use crate::snapshot::{Bytes, FileError};
use crate::supervision::kept::{unknown_factory, unknown_notice};
use crate::time::Span;
use crate::types::SnapshotError;
use crate::types::{LoadedClass, Types};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Serialize, Deserialize)]
pub(crate) struct WardsPicture {
    wards: Vec<(ActorId, WardPicture)>,
    together: Vec<(ActorId, ActorId)>,
    rounds: Vec<(ActorId, u64)>,
    checkpoints: Vec<(PathHash, String, Bytes)>,
}

#[derive(Serialize, Deserialize)]
struct WardPicture {
    policy: Restart,
    startup: Span,
    factory: String,
    history: History,
    restarts: u64,
    round: u64,
    last: Option<DeathCause>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WatchesPicture {
    /// The watched, the number of the watch, the watcher, its function.
    watches: Vec<(ActorId, u64, ActorId, String)>,
    made: u64,
    reason: String,
}

fn wrong(what: &'static str) -> FileError {
    FileError::Inconsistent { what }
}

impl Wards {
    pub(crate) fn picture(&self, types: &Types) -> Result<WardsPicture, SnapshotError> {
        let mut wards = Vec::new();
        for (id, ward) in &self.wards {
            let known = types.factories.of(ward.make.as_any());
            let (name, _) = known.ok_or_else(|| unknown_factory(ward))?;
            let picture = WardPicture {
                policy: ward.policy,
                startup: ward.startup,
                factory: (*name).to_owned(),
                history: ward.history.clone(),
                restarts: ward.restarts,
                round: ward.round,
                last: ward.last,
            };
            wards.push((*id, picture));
        }
        wards.sort_unstable_by_key(|(id, _)| *id);
        let mut checkpoints = Vec::new();
        for (path, kept) in &self.checkpoints {
            let known = types.checkpoint_type(&*kept.state);
            let saved = known.and_then(|known| known.saved.as_ref());
            let saved = saved.ok_or(SnapshotError::Checkpoint {
                type_name: kept.type_name,
                register: "Types::saved_checkpoint",
            })?;
            checkpoints.push((*path, saved.name.to_owned(), (saved.save)(&*kept.state)?));
        }
        checkpoints.sort_unstable_by_key(|(path, ..)| *path);
        let mut rounds: Vec<_> = self.rounds.iter().map(|(id, round)| (*id, *round)).collect();
        rounds.sort_unstable();
        let together = self.together.iter().copied().collect();
        Ok(WardsPicture { wards, together, rounds, checkpoints })
    }
}

impl WardsPicture {
    pub(crate) fn restore(
        self,
        types: &Types,
        classes: &[LoadedClass],
    ) -> Result<Wards, FileError> {
        let mut wards = Vec::new();
        for (id, picture) in self.wards {
            let known = types.factories.named(&picture.factory);
            let known = known.ok_or(FileError::Unregistered { name: picture.factory })?;
            let class = classes.get(usize::from(id.class()));
            if class.is_none_or(|class| class.state != known.state()) {
                return Err(wrong("a factory makes another type than it made"));
            }
            let ward = Ward {
                policy: picture.policy,
                startup: picture.startup,
                make: known.make(),
                history: picture.history,
                restarts: picture.restarts,
                round: picture.round,
                last: picture.last,
            };
            wards.push((id, ward));
        }
        let mut checkpoints = Vec::new();
        for (path, name, state) in self.checkpoints {
            let known = types.checkpoint_named(&name);
            let (type_name, saved) = known.ok_or(FileError::Unregistered { name })?;
            checkpoints.push((path, Checkpoint { state: (saved.load)(&state)?, type_name }));
        }
        Ok(Wards {
            wards: unique(wards).map_err(wrong)?,
            together: self.together.into_iter().collect(),
            rounds: unique(self.rounds).map_err(wrong)?,
            checkpoints: unique(checkpoints).map_err(wrong)?,
        })
    }
}

impl Watches<Core> {
    pub(crate) fn picture(&self, types: &Types) -> Result<WatchesPicture, SnapshotError> {
        let watch = |(&(watched, number), watcher): (&(ActorId, u64), &Watcher<Core>)| {
            let known = types.notices.of(watcher.tell.as_any());
            let (name, _) = known.ok_or_else(|| unknown_notice(watcher))?;
            Ok((watched, number, watcher.id, (*name).to_owned()))
        };
        let watches = self.by_watched.iter().map(watch).collect::<Result<_, SnapshotError>>()?;
        Ok(WatchesPicture { watches, made: self.made, reason: self.reason.clone() })
    }
}

impl WatchesPicture {
    pub(crate) fn restore(
        self,
        types: &Types,
        classes: &[LoadedClass],
    ) -> Result<Watches<Core>, FileError> {
        let mut numbers = BTreeSet::new();
        let mut watches = Watches { made: self.made, reason: self.reason, ..Watches::default() };
        for (watched, number, id, name) in self.watches {
            let known = types.notices.named(&name);
            let known = known.ok_or(FileError::Unregistered { name })?;
            let class = classes.get(usize::from(id.class()));
            let fits = class.is_some_and(|class| class.message == known.message());
            if !fits || number >= self.made || !numbers.insert(number) {
                return Err(wrong("a watch does not fit its watcher"));
            }
            let watcher = Watcher { id, tell: known.make() };
            watches.by_watched.insert((watched, number), watcher);
            watches.by_watcher.insert((id, number, watched));
        }
        Ok(watches)
    }
}
