//! Who is supervised, and what follows when one of them dies.

use super::restart::{History, Restart};
use crate::actor::{ActorId, ActorRef, DeathCause, Spawn};
use crate::network::PathHash;
use crate::simulation::Actor;
use crate::simulation::core::Core;
use crate::simulation::error::ErrorKind;
use crate::simulation::pool::EventKind;
use crate::tie::Thing;
use crate::time::Span;
use rustc_hash::FxHashMap;
use std::any::{Any, type_name};
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// A state that an actor saved, and the name of its type.
pub(super) struct Checkpoint {
    pub(super) state: Box<dyn Any>,
    pub(super) type_name: &'static str,
}

/// What a factory is given: the last checkpoint, if there is one.
pub(in crate::simulation) type Saved<'a> = Option<&'a dyn Any>;

/// Makes one state after the other.
pub(in crate::simulation) trait Factory: Any {
    /// `Err` if what was saved is of another type than it takes, which it
    /// names.
    fn make(&mut self, saved: Saved<'_>) -> Result<Box<dyn Any>, &'static str>;
    /// The type of the program's function, by name.
    fn function(&self) -> &'static str;
    fn as_any(&self) -> &dyn Any;
}

/// A factory that asks for nothing.
pub(in crate::simulation) struct Fresh<A, F>(
    pub(in crate::simulation) F,
    pub(in crate::simulation) PhantomData<fn() -> A>,
);

/// A factory that is given checkpoints of its own type only.
pub(in crate::simulation) struct Restored<A, S, F>(
    pub(in crate::simulation) F,
    pub(in crate::simulation) PhantomData<fn(S) -> A>,
);

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

/// A supervised actor.
pub(super) struct Ward {
    pub(super) policy: Restart,
    pub(super) startup: Span,
    pub(super) make: Box<dyn Factory>,
    pub(super) history: History,
    pub(super) restarts: u64,
    /// The last common restart of its siblings that it took part in.
    pub(super) round: u64,
    /// What its last incarnation died of.
    pub(super) last: Option<DeathCause>,
}

/// All supervised actors that live.
#[derive(Default)]
pub(in crate::simulation) struct Wards {
    pub(super) wards: FxHashMap<ActorId, Ward>,
    /// Those that are restarted together, after their owners.
    pub(super) together: BTreeSet<(ActorId, ActorId)>,
    /// How often the children of an owner were restarted together.
    pub(super) rounds: FxHashMap<ActorId, u64>,
    pub(super) checkpoints: FxHashMap<PathHash, Checkpoint>,
}

/// What an actor that died goes on with.
pub(in crate::simulation) struct NextLife {
    pub(in crate::simulation) state: Box<dyn Any>,
    pub(in crate::simulation) startup: Span,
}

impl Wards {
    /// Whether an actor has still to take part in a common restart.
    pub(in crate::simulation) fn owes(&self, id: ActorId, round: u64) -> bool {
        self.wards.get(&id).is_some_and(|ward| ward.round < round)
    }

    fn siblings(&self, owner: ActorId) -> impl Iterator<Item = ActorId> {
        let all = (owner, ActorId::FIRST)..=(owner, ActorId::OUTSIDE);
        self.together.range(all).map(|(_, sibling)| *sibling)
    }

    fn leave(&mut self, owner: ActorId, id: ActorId) {
        if self.together.remove(&(owner, id)) && self.siblings(owner).next().is_none() {
            self.rounds.remove(&owner);
        }
    }

    pub(in crate::simulation) fn restarts(&self, id: ActorId) -> Option<u64> {
        self.wards.get(&id).map(|ward| ward.restarts)
    }
}

impl Core {
    /// Spawns an actor that is made by a factory now and whenever `policy`
    /// restarts it.
    pub(super) fn spawn_supervised<A: Actor>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        policy: Restart,
        mut make: impl Factory,
    ) -> ActorRef<A::Message> {
        if !policy.is_valid() {
            self.fail(ErrorKind::EmptyRestartSpan { name: spawn.to_string() });
            return ActorRef::new(ActorId::OUTSIDE, self.family);
        }
        self.ties.marks.uses(Thing::Wards);
        let owner_id = owner.unwrap_or(ActorId::OUTSIDE);
        let path = self.directory.path_below(owner_id, spawn);
        let saved = self.wards.checkpoints.get(&path);
        let first = match make.make(saved.map(|saved| &*saved.state)) {
            Ok(first) => *first.downcast::<A>().expect("a factory makes its own type"),
            Err(wanted) => {
                let name = match owner_id {
                    ActorId::OUTSIDE => spawn.to_string(),
                    _ => format!("{}/{spawn}", self.directory.path(owner_id)),
                };
                self.fail_restoring(path, &name, wanted);
                return ActorRef::new(ActorId::OUTSIDE, self.family);
            }
        };
        let actor = self.spawn(owner, spawn, first, None);
        if actor.id() == ActorId::OUTSIDE {
            return actor;
        }
        let ward = Ward {
            policy,
            startup: spawn.startup,
            make: Box::new(make),
            history: History::default(),
            restarts: 0,
            round: self.wards.rounds.get(&owner_id).copied().unwrap_or(0),
            last: None,
        };
        self.wards.wards.insert(actor.id(), ward);
        if policy.together {
            self.wards.together.insert((owner_id, actor.id()));
        }
        actor
    }

    /// What an actor that dies goes on with; `None` if it stays dead. To be
    /// asked once, while it is still on the books.
    #[inline]
    pub(in crate::simulation) fn next_life(
        &mut self,
        id: ActorId,
        cause: DeathCause,
    ) -> Option<NextLife> {
        // Whether others are supervised must not matter: what an event touches
        // would depend on events that it does not meet.
        if self.wards.wards.contains_key(&id) { self.ward_died(id, cause) } else { None }
    }

    /// Lets the next death of an actor be for good.
    pub(in crate::simulation) fn forget_ward(&mut self, id: ActorId) {
        if self.wards.wards.remove(&id).is_some() {
            self.ties.marks.uses(Thing::Wards);
            self.wards.leave(self.directory.owner(id), id);
        }
    }

    #[cold]
    fn ward_died(&mut self, id: ActorId, cause: DeathCause) -> Option<NextLife> {
        self.ties.marks.uses(Thing::Wards);
        // Taken out while its factory is at work, and put back if it lives on.
        let owner = self.directory.owner(id);
        let ward = self.wards.wards.remove(&id);
        let next = ward.and_then(|ward| self.restart(id, owner, ward, cause));
        if next.is_none() {
            self.wards.leave(owner, id);
        }
        next
    }

    fn restart(
        &mut self,
        id: ActorId,
        owner: ActorId,
        mut ward: Ward,
        cause: DeathCause,
    ) -> Option<NextLife> {
        let policy = ward.policy;
        if !policy.applies_to(cause) || !self.directory.may_return(id) {
            return None;
        }
        if !ward.history.enter(policy, self.now) {
            if policy.escalates && owner != ActorId::OUTSIDE {
                let life = u64::from(self.directory.life(owner).incarnation);
                self.post_news(id, owner, EventKind::Escalate, life);
            }
            return None;
        }
        if policy.together {
            self.restart_siblings(id, owner, &mut ward);
        }
        let path = self.directory.path_hash(id);
        let saved = self.wards.checkpoints.get(&path);
        let state = match ward.make.make(saved.map(|saved| &*saved.state)) {
            Ok(state) => state,
            Err(wanted) => {
                let name = self.directory.path(id).to_string();
                self.fail_restoring(path, &name, wanted);
                return None;
            }
        };
        ward.restarts += 1;
        ward.last = Some(cause);
        let startup = ward.startup;
        self.wards.wards.insert(id, ward);
        Some(NextLife { state, startup })
    }

    /// Tells the siblings of an actor that restarts together with them, unless
    /// it restarts because of such news, or while they are on their way to it:
    /// several failures in that time are one restart for all.
    fn restart_siblings(&mut self, id: ActorId, owner: ActorId, ward: &mut Ward) {
        let round = self.wards.rounds.entry(owner).or_default();
        let told = ward.round < *round;
        *round += u64::from(!told);
        ward.round = *round;
        let round = *round;
        if !told {
            let siblings = self.wards.siblings(owner).filter(|sibling| *sibling != id);
            for sibling in siblings.collect::<Vec<_>>() {
                self.post_news(id, sibling, EventKind::Together, round);
            }
        }
    }

    /// Sends news with a word that says whom or what they are about.
    fn post_news(&mut self, from: ActorId, to: ActorId, kind: EventKind, word: u64) {
        let Some((time, lane)) = self.news_arrival(from, to) else { return };
        let cell = self.put_word(to, kind, word);
        self.schedule(time, lane, to.class(), cell);
    }

    #[cold]
    fn fail_restoring(&mut self, path: PathHash, name: &str, wanted: &'static str) {
        let saved = self.wards.checkpoints.get(&path).map_or("", |saved| saved.type_name);
        self.fail(ErrorKind::CheckpointType { path: name.to_owned(), saved, wanted });
    }

    pub(in crate::simulation) fn checkpoint<S: 'static>(&mut self, id: ActorId, state: S) {
        self.ties.marks.changes(Thing::Wards);
        let path = self.directory.path_hash(id);
        let saved = Checkpoint { state: Box::new(state), type_name: type_name::<S>() };
        self.wards.checkpoints.insert(path, saved);
    }

    /// What an actor, or its last incarnation, died of.
    pub(in crate::simulation) fn cause_of_death(&self, id: ActorId) -> DeathCause {
        let last = || self.wards.wards.get(&id).and_then(|ward| ward.last);
        self.directory.cause_of_death(id).or_else(last).unwrap_or(DeathCause::Forgotten)
    }
}
