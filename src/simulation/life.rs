//! Births and deaths: what they mean for everyone else.

use super::Actor;
use super::class::{Class, TypedClass};
use super::core::{Core, Newborn, Shared};
use super::error::{ErrorKind, Limit};
use super::pool::{EventKind, NONE, Pool};
use crate::actor::{ActorId, ActorRef, DeathCause, Message, Spawn};
use crate::event_list::Lane;
use crate::tie::Thing;
use crate::time::VirtualTime;
use std::any::TypeId;
use std::cell::RefCell;
use std::rc::Rc;

/// Makes a class of its number and its pool.
type MakeClass<M> = fn(u16, Rc<RefCell<Pool<M>>>) -> Box<dyn Class>;

impl Core {
    /// The number of the class whose actors have states of type `K`; `None`
    /// after 65,535 classes.
    fn class_of<K: 'static, M: Message>(&mut self, make: MakeClass<M>) -> Option<u16> {
        let next = u16::try_from(self.pools.len()).ok().filter(|next| *next != u16::MAX)?;
        let class = *self.class_numbers.entry(TypeId::of::<K>()).or_insert(next);
        if class == next {
            let pool = Rc::new(RefCell::new(Pool::<M>::new(class)));
            self.pools.push(Shared { typed: Rc::clone(&pool) as _, any: Rc::clone(&pool) as _ });
            self.directory.add_class();
            self.new_classes.push(make(class, pool));
        }
        Some(class)
    }

    /// Enters a new actor into the books; `None` if that fails the run.
    pub(super) fn register<K: 'static, M: Message>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        make: MakeClass<M>,
    ) -> Option<ActorId> {
        let id = self.enter::<K, M>(owner, spawn, make)?;
        if self.network.faults.is_some() {
            self.plan_crashes(id, false);
        }
        let allowed = self.config.limits.live_actors;
        if self.directory.live() > allowed {
            self.limit(Limit::LiveActors, allowed);
        }
        Some(id)
    }

    /// Enters something that has a name, and need not be an actor.
    pub(super) fn enter<K: 'static, M: Message>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        make: MakeClass<M>,
    ) -> Option<ActorId> {
        self.ties.marks.uses(Thing::Names);
        self.ties.marks.sees(Thing::Lives);
        let is_orphan = owner.is_some_and(|owner| !self.directory.is_alive(owner));
        let registered = match self.class_of::<K, M>(make) {
            None => Err(ErrorKind::TooManyClasses),
            Some(_) if is_orphan => Err(ErrorKind::DeadOwner { name: spawn.to_string() }),
            Some(class) if spawn.is_plain() => {
                self.directory.register(class, owner, spawn, self.config.limits.owners)
            }
            Some(_) => Err(ErrorKind::InvalidName { name: spawn.to_string() }),
        };
        let id = match registered {
            Ok(id) => id,
            Err(kind) => {
                self.fail(kind);
                return None;
            }
        };
        if id.generation() > 0 {
            self.ties.marks.uses(Thing::Reuse);
        }
        self.want_attention();
        Some(id)
    }

    /// Spawns an actor; with `first`, a task that begins with that message.
    pub(super) fn spawn<A: Actor>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        state: A,
        first: Option<A::Message>,
    ) -> ActorRef<A::Message> {
        let make = |class, pool| Box::new(TypedClass::<A>::new(class, pool)) as _;
        let Some(id) = self.register::<A, A::Message>(owner, spawn, make) else {
            return ActorRef::new(ActorId::OUTSIDE, self.family);
        };
        let task = first.is_some();
        let owner = owner.unwrap_or(ActorId::OUTSIDE);
        let pending = if let Some(first) = first {
            let submitted = self.arrival(owner, id).map_or(self.now, |(time, _)| time);
            let ready = match submitted.checked_add(spawn.startup) {
                Some(time) => Some((time, self.lane(time))),
                None => self.overflow(),
            };
            self.post(ready, owner, id, EventKind::TaskReady, first)
        } else if spawn.startup.is_zero() {
            NONE
        } else {
            let ready = self.after(spawn.startup);
            self.schedule_plain(ready, id, EventKind::Resume)
        };
        self.newborns.push(Newborn { id, state: Box::new(state), task, pending });
        ActorRef::new(id, self.family)
    }

    /// What a death means for everyone else: children, requests, watchers.
    pub(super) fn bury(&mut self, id: ActorId, cause: DeathCause) {
        self.mark_death(id);
        self.fail_requests_to(id, cause);
        self.abandon_claims(id, false);
        if !self.background.is_empty() {
            self.background.remove(&id);
        }
        self.end_life(id, cause, false);
        self.directory.bury(id, cause);
        self.directory.forget_condemned(id);
        self.check_remembered();
    }

    /// Tells the news of an end, and forgets the streams they are drawn from.
    fn end_life(&mut self, id: ActorId, cause: DeathCause, restarted: bool) {
        for child in self.directory.children(id) {
            self.post_death(id, child, EventKind::OwnerDied);
        }
        self.tell_watchers(id, cause, restarted);
        if self.network.needs_paths() {
            self.network.forget(self.directory.life(id));
        }
    }

    /// Names that nobody uses again are remembered one by one, unless they are
    /// numbered in order.
    fn check_remembered(&mut self) {
        let allowed = self.config.limits.remembered_names;
        if self.directory.remembered() > allowed {
            self.limit(Limit::RememberedNames, allowed);
        }
    }

    /// What a death means for everyone else when the actor is restarted.
    pub(super) fn renew(&mut self, id: ActorId, cause: DeathCause) {
        self.mark_death(id);
        // What it asked of others fails if they died before, and else does not.
        self.ties.marks.sees(Thing::Lives);
        // First its own: what it asked of itself fails nobody.
        self.give_up_requests_of(id);
        self.fail_requests_to(id, cause);
        self.abandon_claims(id, true);
        self.end_life(id, cause, true);
        self.directory.renew(id);
        self.check_remembered();
        if self.network.faults.is_some() {
            self.plan_crashes(id, true);
        }
    }

    /// Sends a kill, or the news of an owner's death.
    pub(super) fn post_death(&mut self, from: ActorId, to: ActorId, kind: EventKind) {
        let due = self.news_arrival(from, to);
        self.schedule_plain(due, to, kind);
    }

    /// When news of life and death arrives, which overtakes messages.
    pub(super) fn news_arrival(
        &mut self,
        from: ActorId,
        to: ActorId,
    ) -> Option<(VirtualTime, Lane)> {
        let (from, to) = self.ends(from, to);
        match self.network.unordered_arrival(self.now, from, to) {
            Some(time) => Some((time, self.lane(time))),
            None => self.overflow(),
        }
    }

    /// Gives a free CPU slot to the task that has waited longest.
    pub(super) fn start_next_task(&mut self) {
        while let Some((task, cell)) = self.cpu.grant_next() {
            self.schedule(self.now, Lane::Now, task.class(), cell);
        }
    }
}
