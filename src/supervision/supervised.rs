//! Supervised actors, and their restarts.

use crate::actor::{ActorId, ActorRef, DeathCause, PathHash, SpawnOptions};
use crate::error::ErrorKind;
use crate::features::{Checkpoint, Factory, History, Kernel, Restart, Saved, SupervisedActor};
use crate::handler::Actor;
use crate::kernel::NextLife;
use crate::store::Op;
use crate::tie::Thing;
use std::any::{Any, type_name};
use std::marker::PhantomData;

/// A factory without a checkpoint.
pub(crate) struct Fresh<A, F>(pub(crate) F, pub(crate) PhantomData<fn() -> A>);

/// A factory that takes checkpoints of type `S` only.
pub(crate) struct Restored<A, S, F>(pub(crate) F, pub(crate) PhantomData<fn(S) -> A>);

impl<A: 'static, F: FnMut() -> A + 'static> Factory for Fresh<A, F> {
    fn make(&mut self, _: Saved<'_>) -> Result<Box<dyn Any>, &'static str> {
        Ok(Box::new((self.0)()))
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
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
}

impl Kernel {
    /// Spawns an actor. The factory makes its state now and whenever `policy` restarts it.
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
        let name = |kernel: &Self| kernel.entities.child_path(owner_id, spawn);
        let Some(first) = self.make(&mut make, path, name) else {
            return ActorRef::new(ActorId::OUTSIDE, self.family);
        };
        let first = *first.downcast::<A>().expect("a factory makes its own type");
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

    /// Ends the supervision of an actor: it is not restarted anymore.
    pub(crate) fn forget_supervised(&mut self, id: ActorId) {
        if self.features.supervised.actors.remove(&id).is_some() {
            self.ties.marks.uses(Thing::Supervised);
            self.features.supervised.leave(self.entities.owner(id), id);
        }
    }

    /// The next life of an actor that died; `None` if it is not restarted.
    #[cold]
    pub(crate) fn supervised_died(&mut self, id: ActorId, cause: DeathCause) -> Option<NextLife> {
        self.ties.marks.uses(Thing::Supervised);
        // The entry is removed while its factory runs, and put back if the actor lives on.
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
        let name = |kernel: &Self| kernel.entities.path(id).to_string();
        let state = self.make(&mut *actor.make, path, name)?;
        actor.restarts += 1;
        actor.last = Some(cause);
        let startup = actor.startup;
        self.features.supervised.actors.insert(id, actor);
        Some(NextLife { state, startup })
    }

    /// Sends a notice to the siblings of an actor that restart together with it. It sends
    /// none if such a notice caused the restart or is under way to the actor: several
    /// failures in that time cause one restart of all.
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

    /// Sends a notice with one word: the life of the owner, or the round of the restart.
    fn post_news(&mut self, from: ActorId, to: ActorId, kind: Op, word: u64) {
        let Some((time, lane)) = self.news_arrival(from, to) else { return };
        let cell = self.put_word(to, kind, word);
        self.schedule(time, lane, to.class(), cell);
    }

    /// Makes a state from the last checkpoint of that path. Fails the run if that is of another type.
    fn make(
        &mut self,
        factory: &mut dyn Factory,
        path: PathHash,
        name: impl FnOnce(&Self) -> String,
    ) -> Option<Box<dyn Any>> {
        let saved = self.features.supervised.checkpoints.get(&path);
        let made = factory.make(saved.map(|saved| &*saved.state));
        let saved = saved.map_or("", |saved| saved.type_name);
        let fail =
            |wanted| self.fail(ErrorKind::CheckpointType { path: name(self), saved, wanted });
        made.map_err(fail).ok()
    }

    pub(crate) fn checkpoint<S: 'static>(&mut self, id: ActorId, state: S) {
        self.ties.marks.changes(Thing::Supervised);
        let path = self.entities.path_hash(id);
        let saved = Checkpoint { state: Box::new(state), type_name: type_name::<S>() };
        self.features.supervised.checkpoints.insert(path, saved);
    }
}
