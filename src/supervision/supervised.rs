//! Who is supervised, and what follows when one of them dies.

use crate::actor::{ActorId, ActorRef, DeathCause, PathHash, SpawnOptions};
use crate::error::ErrorKind;
use crate::features::{Checkpoint, Factory, History, Kernel, Restart, Saved, SupervisedActor};
use crate::handler::Actor;
use crate::kernel::NextLife;
use crate::store::Op;
use crate::tie::Thing;
use std::any::{Any, type_name};
use std::marker::PhantomData;

/// A factory that asks for nothing.
pub(crate) struct Fresh<A, F>(pub(crate) F, pub(crate) PhantomData<fn() -> A>);

/// A factory that is given checkpoints of its own type only.
pub(crate) struct Restored<A, S, F>(pub(crate) F, pub(crate) PhantomData<fn(S) -> A>);

impl<A: 'static, F: FnMut() -> A + 'static> Factory for Fresh<A, F> {
    fn make(&mut self, _: Saved<'_>) -> Result<Box<dyn Any>, &'static str> {
        Ok(Box::new((self.0)()))
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl<A: 'static, S: 'static, F: FnMut(Option<&S>) -> A + 'static> Factory for Restored<A, S, F> {
    fn make(&mut self, saved: Saved<'_>) -> Result<Box<dyn Any>, &'static str> {
        let saved = match saved {
            None => None,
            Some(saved) => Some(saved.downcast_ref().ok_or(type_name::<S>())?),
        };
        Ok(Box::new((self.0)(saved)))
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Kernel {
    /// Spawns an actor that is made by a factory now and whenever `policy`
    /// restarts it.
    pub(crate) fn spawn_supervised<A: Actor>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &SpawnOptions,
        policy: Restart,
        mut make: impl Factory,
    ) -> ActorRef<A::Message> {
        if !policy.is_valid() {
            self.fail(ErrorKind::EmptyRestartSpan { name: spawn.to_string() });
            return ActorRef::new(ActorId::OUTSIDE, self.family);
        }
        self.ties.marks.uses(Thing::Supervised);
        let owner_id = owner.unwrap_or(ActorId::OUTSIDE);
        let path = self.entities.path_below(owner_id, spawn);
        let saved = self.features.supervised.checkpoints.get(&path);
        let first = match make.make(saved.map(|saved| &*saved.state)) {
            Ok(first) => *first.downcast::<A>().expect("a factory makes its own type"),
            Err(wanted) => {
                let name = match owner_id {
                    ActorId::OUTSIDE => spawn.to_string(),
                    _ => format!("{}/{spawn}", self.entities.path(owner_id)),
                };
                self.fail_restoring(path, &name, wanted);
                return ActorRef::new(ActorId::OUTSIDE, self.family);
            }
        };
        let actor = self.spawn(owner, spawn, first, None);
        if actor.id() == ActorId::OUTSIDE {
            return actor;
        }
        let supervised = SupervisedActor {
            policy,
            startup: spawn.startup,
            make: Box::new(make),
            history: History::default(),
            restarts: 0,
            round: self.features.supervised.rounds.get(&owner_id).copied().unwrap_or(0),
            last: None,
        };
        self.features.supervised.actors.insert(actor.id(), supervised);
        if policy.together {
            self.features.supervised.together.insert((owner_id, actor.id()));
        }
        actor
    }

    /// Lets the next death of an actor be for good.
    pub(crate) fn forget_supervised(&mut self, id: ActorId) {
        if self.features.supervised.actors.remove(&id).is_some() {
            self.ties.marks.uses(Thing::Supervised);
            self.features.supervised.leave(self.entities.owner(id), id);
        }
    }

    /// What a supervised actor that dies goes on with.
    #[cold]
    pub(crate) fn supervised_died(&mut self, id: ActorId, cause: DeathCause) -> Option<NextLife> {
        self.ties.marks.uses(Thing::Supervised);
        // Taken out while its factory is at work, and put back if it lives on.
        let owner = self.entities.owner(id);
        let actor = self.features.supervised.actors.remove(&id);
        let next = actor.and_then(|actor| self.restart(id, owner, actor, cause));
        if next.is_none() {
            self.features.supervised.leave(owner, id);
        }
        next
    }

    fn restart(
        &mut self,
        id: ActorId,
        owner: ActorId,
        mut actor: SupervisedActor,
        cause: DeathCause,
    ) -> Option<NextLife> {
        let policy = actor.policy;
        if !policy.applies_to(cause) || !self.entities.may_return(id) {
            return None;
        }
        if !actor.history.enter(policy, self.now) {
            if policy.escalates && owner != ActorId::OUTSIDE {
                let life = u64::from(self.entities.life(owner).incarnation);
                self.post_news(id, owner, Op::ESCALATE, life);
            }
            return None;
        }
        if policy.together {
            self.restart_siblings(id, owner, &mut actor);
        }
        let path = self.entities.path_hash(id);
        let saved = self.features.supervised.checkpoints.get(&path);
        let state = match actor.make.make(saved.map(|saved| &*saved.state)) {
            Ok(state) => state,
            Err(wanted) => {
                let name = self.entities.path(id).to_string();
                self.fail_restoring(path, &name, wanted);
                return None;
            }
        };
        actor.restarts += 1;
        actor.last = Some(cause);
        let startup = actor.startup;
        self.features.supervised.actors.insert(id, actor);
        Some(NextLife { state, startup })
    }

    /// Tells the siblings of an actor that restarts together with them, unless
    /// it restarts because of such news, or while they are on their way to it:
    /// several failures in that time are one restart for all.
    fn restart_siblings(&mut self, id: ActorId, owner: ActorId, actor: &mut SupervisedActor) {
        let round = self.features.supervised.rounds.entry(owner).or_default();
        let told = actor.round < *round;
        *round += u64::from(!told);
        actor.round = *round;
        let round = *round;
        if !told {
            let siblings =
                self.features.supervised.siblings(owner).filter(|sibling| *sibling != id);
            for sibling in siblings.collect::<Vec<_>>() {
                self.post_news(id, sibling, Op::TOGETHER, round);
            }
        }
    }

    /// Sends news with a word that says whom or what they are about.
    fn post_news(&mut self, from: ActorId, to: ActorId, kind: Op, word: u64) {
        let Some((time, lane)) = self.news_arrival(from, to) else { return };
        let cell = self.put_word(to, kind, word);
        self.schedule(time, lane, to.class(), cell);
    }

    #[cold]
    fn fail_restoring(&mut self, path: PathHash, name: &str, wanted: &'static str) {
        let saved =
            self.features.supervised.checkpoints.get(&path).map_or("", |saved| saved.type_name);
        self.fail(ErrorKind::CheckpointType { path: name.to_owned(), saved, wanted });
    }

    pub(crate) fn checkpoint<S: 'static>(&mut self, id: ActorId, state: S) {
        self.ties.marks.changes(Thing::Supervised);
        let path = self.entities.path_hash(id);
        let saved = Checkpoint { state: Box::new(state), type_name: type_name::<S>() };
        self.features.supervised.checkpoints.insert(path, saved);
    }
}
