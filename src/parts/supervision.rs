//! Supervision in copies and files.

use crate::features::{Checkpoint, Kernel, Supervised, SupervisedActor, Watcher, Watches};
use crate::parts::part::Part;
use crate::types::{SnapshotError, TypeRegistry};
#[cfg(feature = "snapshot")]
use crate::{
    actor::{ActorId, DeathCause, PathHash},
    features::{History, Restart},
    parts::part::{Loading, wrong},
    snapshot::{Bytes, FileError, unique},
    time::Span,
};
#[cfg(feature = "snapshot")]
use serde::{Deserialize, Serialize};
#[cfg(feature = "snapshot")]
use std::collections::BTreeSet;

#[cfg(feature = "snapshot")]
#[derive(Serialize, Deserialize)]
pub(crate) struct SupervisedPicture {
    actors: Vec<(ActorId, SupervisedActorPicture)>,
    together: Vec<(ActorId, ActorId)>,
    rounds: Vec<(ActorId, u64)>,
    checkpoints: Vec<(PathHash, String, Bytes)>,
}

#[cfg(feature = "snapshot")]
#[derive(Serialize, Deserialize)]
struct SupervisedActorPicture {
    policy: Restart,
    startup: Span,
    factory: String,
    history: History,
    restarts: u64,
    round: u64,
    last: Option<DeathCause>,
}

#[cfg(feature = "snapshot")]
#[derive(Serialize, Deserialize)]
pub(crate) struct WatchesPicture {
    /// The watched actor, the number of the watch, the watcher, its function.
    watches: Vec<(ActorId, u64, ActorId, String)>,
    made: u64,
    reason: String,
}

impl Part for Supervised {
    #[cfg(feature = "snapshot")]
    type Picture = SupervisedPicture;

    fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError> {
        let actor = |actor: &SupervisedActor| {
            let known = types.factories.of(actor.make.as_any());
            let (_, known) = known.ok_or_else(|| unknown_factory(actor))?;
            Ok::<_, SnapshotError>(SupervisedActor {
                make: (known.make)(),
                history: actor.history.clone(),
                ..*actor
            })
        };
        let actors = self.actors.iter().map(|(id, kept)| Ok((*id, actor(kept)?)));
        let checkpoints = self.checkpoints.iter().map(|(path, kept)| {
            let state = types.checkpoint_type(&*kept.state).and_then(|t| (t.copy)(&*kept.state));
            let state = state.ok_or(SnapshotError::Checkpoint {
                type_name: kept.type_name,
                register: "TypeRegistry::checkpoint",
            })?;
            Ok((*path, Checkpoint { state, type_name: kept.type_name }))
        });
        Ok(Self {
            actors: actors.collect::<Result<_, SnapshotError>>()?,
            together: self.together.clone(),
            rounds: self.rounds.clone(),
            checkpoints: checkpoints.collect::<Result<_, SnapshotError>>()?,
        })
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, types: &TypeRegistry) -> Result<SupervisedPicture, SnapshotError> {
        let mut actors = Vec::new();
        for (id, actor) in &self.actors {
            let known = types.factories.of(actor.make.as_any());
            let (name, _) = known.ok_or_else(|| unknown_factory(actor))?;
            let picture = SupervisedActorPicture {
                policy: actor.policy,
                startup: actor.startup,
                factory: (*name).to_owned(),
                history: actor.history.clone(),
                restarts: actor.restarts,
                round: actor.round,
                last: actor.last,
            };
            actors.push((*id, picture));
        }
        actors.sort_unstable_by_key(|(id, _)| *id);
        let mut checkpoints = Vec::new();
        for (path, kept) in &self.checkpoints {
            let known = types.checkpoint_type(&*kept.state);
            let saved = known.and_then(|known| known.saved.as_ref());
            let saved = saved.ok_or(SnapshotError::Checkpoint {
                type_name: kept.type_name,
                register: "TypeRegistry::saved_checkpoint",
            })?;
            checkpoints.push((*path, saved.name.to_owned(), (saved.save)(&*kept.state)?));
        }
        checkpoints.sort_unstable_by_key(|(path, ..)| *path);
        let mut rounds: Vec<_> = self.rounds.iter().map(|(id, round)| (*id, *round)).collect();
        rounds.sort_unstable();
        let together = self.together.iter().copied().collect();
        Ok(SupervisedPicture { actors, together, rounds, checkpoints })
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: SupervisedPicture, with: &Loading<'_>) -> Result<Self, FileError> {
        let Loading { types, classes, .. } = *with;
        let SupervisedPicture { actors: saved, together, rounds, checkpoints: states } = picture;

        let mut actors = Vec::new();
        for (id, picture) in saved {
            let known = types.factories.named(&picture.factory);
            let known = known.ok_or(FileError::Unregistered { name: picture.factory })?;
            let class = classes.get(usize::from(id.class()));
            if class.is_none_or(|class| class.state != known.of) {
                return Err(wrong("a factory makes another type than it made"));
            }
            let actor = SupervisedActor {
                policy: picture.policy,
                startup: picture.startup,
                make: (known.make)(),
                history: picture.history,
                restarts: picture.restarts,
                round: picture.round,
                last: picture.last,
            };
            actors.push((id, actor));
        }
        let mut checkpoints = Vec::new();
        for (path, name, state) in states {
            let known = types.checkpoint_named(&name);
            let (type_name, saved) = known.ok_or(FileError::Unregistered { name })?;
            checkpoints.push((path, Checkpoint { state: (saved.load)(&state)?, type_name }));
        }
        Ok(Self {
            actors: unique(actors).map_err(wrong)?,
            together: together.into_iter().collect(),
            rounds: unique(rounds).map_err(wrong)?,
            checkpoints: unique(checkpoints).map_err(wrong)?,
        })
    }
}

impl Part for Watches<Kernel> {
    #[cfg(feature = "snapshot")]
    type Picture = WatchesPicture;

    fn fork(&self, types: &TypeRegistry) -> Result<Self, SnapshotError> {
        let watcher = |watcher: &Watcher<Kernel>| {
            let known = types.notices.of(watcher.tell.as_any());
            let (_, known) = known.ok_or_else(|| unknown_notice(watcher))?;
            Ok::<_, SnapshotError>(Watcher { id: watcher.id, tell: (known.make)() })
        };
        let by_watched = self.by_watched.iter().map(|(key, kept)| Ok((*key, watcher(kept)?)));
        Ok(Self {
            by_watched: by_watched.collect::<Result<_, SnapshotError>>()?,
            by_watcher: self.by_watcher.clone(),
            made: self.made,
            reason: self.reason.clone(),
        })
    }

    #[cfg(feature = "snapshot")]
    fn save(&self, types: &TypeRegistry) -> Result<WatchesPicture, SnapshotError> {
        let watch = |(&(watched, number), watcher): (&(ActorId, u64), &Watcher<Kernel>)| {
            let known = types.notices.of(watcher.tell.as_any());
            let (name, _) = known.ok_or_else(|| unknown_notice(watcher))?;
            Ok((watched, number, watcher.id, (*name).to_owned()))
        };
        let watches = self.by_watched.iter().map(watch).collect::<Result<_, SnapshotError>>()?;
        Ok(WatchesPicture { watches, made: self.made, reason: self.reason.clone() })
    }

    #[cfg(feature = "snapshot")]
    fn load(picture: WatchesPicture, with: &Loading<'_>) -> Result<Self, FileError> {
        let Loading { types, classes, .. } = *with;
        let WatchesPicture { watches: saved, made, reason } = picture;

        let mut numbers = BTreeSet::new();
        let mut watches = Self { made, reason, ..Self::default() };
        for (watched, number, id, name) in saved {
            let known = types.notices.named(&name);
            let known = known.ok_or(FileError::Unregistered { name })?;
            let class = classes.get(usize::from(id.class()));
            let fits = class.is_some_and(|class| class.message == known.of);
            if !fits || number >= made || !numbers.insert(number) {
                return Err(wrong("a watch does not fit its watcher"));
            }
            let watcher = Watcher { id, tell: (known.make)() };
            watches.by_watched.insert((watched, number), watcher);
            watches.by_watcher.insert((id, number, watched));
        }
        Ok(watches)
    }
}

fn unknown_factory(actor: &SupervisedActor) -> SnapshotError {
    SnapshotError::Function {
        type_name: actor.make.function(),
        purpose: "spawn_supervised or spawn_restored",
        register: "TypeRegistry::factory or restoring",
    }
}

fn unknown_notice(watcher: &Watcher<Kernel>) -> SnapshotError {
    SnapshotError::Function {
        type_name: watcher.tell.function(),
        purpose: "Context::watch",
        register: "TypeRegistry::notice",
    }
}
