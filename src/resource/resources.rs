//! What resources, containers and stores have in common in the kernel.

use crate::actor::{ActorId, Family, Message, SpawnOptions};
use crate::digest::Digest;
use crate::error::ErrorKind;
use crate::event_list::Lane;
use crate::features::{AnyResource, Features, Kernel, Newborn};
use crate::kernel::Class;
use crate::line::{Known, Reported, Ticket, Usage};
use crate::process::Waiter;
use crate::record::RecordKind;
use crate::resource::environment::Environment;
use crate::store::{EventPool, Op};
use crate::tie::Thing;
use crate::time::VirtualTime;
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// Names a resource, container or store of one simulation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ResourceId {
    pub(super) id: ActorId,
    family: Family,
}

impl ResourceId {
    /// Its identifier there; fails the run if it is of another simulation.
    pub(crate) fn owned(self, kernel: &mut Kernel) -> ActorId {
        if !kernel.takes(self.family) {
            kernel.fail(ErrorKind::ForeignReference);
        }
        self.id
    }

    /// Reads its state; `read` gets `None` if the state is gone.
    ///
    /// # Panics
    /// If it is of another simulation: zeros would look like results.
    #[track_caller]
    pub(crate) fn read<R: 'static, T: Default>(
        self,
        environment: &impl Environment,
        read: impl FnOnce(&R, &Kernel) -> T,
    ) -> T {
        environment.reads(self.id);
        let read = environment.look(|kernel| {
            let read = || kernel.resource(self.id).map(|resource| read(resource, kernel));
            kernel.takes(self.family).then(|| read().unwrap_or_default())
        });
        match read {
            Some(read) => read,
            None => read_elsewhere(),
        }
    }
}

#[cold]
#[track_caller]
pub(super) fn read_elsewhere() -> ! {
    panic!(
        "a resource, container or store was read with another simulation: each is read with the \
         one that made it"
    )
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl Message for ResourceId {
    fn digest(&self, digest: &mut Digest) {
        self.id.digest(digest);
    }

    fn size(&self) -> u64 {
        8
    }
}

/// A process or actor that waits for a `T`, and how it gets it.
pub(crate) enum Claimant<T> {
    Process(Waiter),
    Actor(ActorId, Option<Told<T>>),
}

/// Turns a `T` into a message and sends it: sender, receiver, op, `T`. An enum variant's
/// constructor is zero-sized, so its `Box` does not allocate.
pub(super) type Told<T> = Box<dyn FnOnce(&mut Kernel, ActorId, ActorId, Op, T)>;

/// Sends an actor a message that arrives now. `op` makes it a message of this life, which a next
/// life does not get, or a message to an ended life.
pub(super) fn by_message<M: Message, T: 'static>(wrap: impl FnOnce(T) -> M + 'static) -> Told<T> {
    Box::new(move |kernel, from, to, op, what| {
        let due = Some((kernel.now, Lane::Now));
        kernel.post(due, from, to, op, wrap(what));
    })
}

impl<T: 'static> Claimant<T> {
    pub(super) fn actor<M: Message>(id: ActorId, wrap: impl FnOnce(T) -> M + 'static) -> Self {
        Self::Actor(id, Some(by_message(wrap)))
    }

    /// The actor whose claims are remembered; processes withdraw their own claims.
    pub(super) fn actor_id(&self) -> Option<ActorId> {
        match self {
            Self::Process(..) => None,
            Self::Actor(id, _) => Some(*id),
        }
    }
}

impl<T> Known for Claimant<T> {
    fn id(&self) -> ActorId {
        match self {
            Self::Process(waiter) => waiter.process,
            Self::Actor(id, _) => *id,
        }
    }
}

/// The class of all resources. They are registered under their names, and serve their lines when an
/// event tells them to.
struct ResourceClass {
    class: u16,
    pool: Rc<RefCell<EventPool<()>>>,
}

impl Class<Features> for ResourceClass {
    fn dispatch(&mut self, kernel: &mut Kernel, cell: u32) {
        let id = self.pool.borrow().head(cell).target(self.class);
        kernel.current = id;
        kernel.note_cause(&self.pool.borrow(), cell);
        self.pool.borrow_mut().take(cell);
        kernel.record_plain(RecordKind::Served, id);
        kernel.with_any(id, |resource, kernel| resource.look(kernel, id));
    }

    fn admit(&mut self, _: Newborn) {}

    fn state(&self, _: ActorId) -> Option<&dyn Any> {
        None
    }

    fn mailbox_length(&self, _: ActorId) -> Option<u32> {
        None
    }
}

impl Kernel {
    /// Registers a resource; returns `OUTSIDE` if that fails the run.
    pub(crate) fn add_resource(
        &mut self,
        spawn: &SpawnOptions,
        capacity: u64,
        make: impl FnOnce(&Self) -> Box<dyn AnyResource<Kernel>>,
    ) -> ResourceId {
        if capacity == 0 {
            self.fail(ErrorKind::EmptyResource { name: spawn.to_string() });
        }
        let family = self.family;
        let class = |class, pool| Box::new(ResourceClass { class, pool }) as _;
        let Some(id) = self.enter::<ResourceClass, ()>(None, spawn, class) else {
            return ResourceId { id: ActorId::OUTSIDE, family };
        };
        // It is not an actor.
        self.entities.leave_uncounted();
        let mut resource = make(self);
        if self.features.resources.are_watched {
            resource.keep_history(self.now);
        }
        self.features.resources.all.push(Some(resource));
        ResourceId { id, family }
    }

    /// Keeps the histories of all, also of those that are made later.
    pub(crate) fn watch_resources(&mut self) {
        self.features.resources.are_watched = true;
        let now = self.now;
        self.features.resources.all.iter_mut().flatten().for_each(|one| one.keep_history(now));
    }

    /// What a list of all says of each.
    pub(crate) fn reported_resources(&self) -> impl Iterator<Item = (ActorId, Reported)> {
        let class = self.class_number::<ResourceClass>().unwrap_or(0);
        let all = (0..).zip(&self.features.resources.all);
        // None of them ever ends, so each is the first in its place.
        all.filter_map(move |(index, one)| {
            Some((ActorId::new(class, 0, index), one.as_ref()?.reported(self.now)?))
        })
    }

    /// Whether a registered name is that of a resource and not of an actor.
    pub(crate) fn is_resource(&self, id: ActorId) -> bool {
        self.class_number::<ResourceClass>() == Some(id.class())
    }

    /// Lets a resource work with the kernel. If there is no such resource here, the run fails.
    fn with_any<T>(
        &mut self,
        id: ActorId,
        work: impl FnOnce(&mut dyn AnyResource<Kernel>, &mut Self) -> T,
    ) -> Option<T> {
        self.ties.marks.uses(Thing::Actor(id));
        let place = self.features.resources.all.get_mut(id.index() as usize);
        let Some(mut resource) = place.and_then(Option::take) else {
            self.fail(ErrorKind::ForeignReference);
            return None;
        };
        let records = self.journal.records_claims();
        if records {
            resource.usage().into_iter().for_each(Usage::begin_notes);
        }
        let result = work(&mut *resource, self);
        if records {
            self.record_claims(id, &mut *resource);
        }
        self.features.resources.all[id.index() as usize] = Some(resource);
        if self.features.conditions.are_some() && self.features.conditions.change(id) {
            self.want_attention();
        }
        Some(result)
    }

    /// The same with a resource of type `R`.
    pub(crate) fn with_resource<R: 'static, T>(
        &mut self,
        id: ActorId,
        work: impl FnOnce(&mut R, &mut Self) -> T,
    ) -> Option<T> {
        let found = self.with_any(id, |resource, kernel| {
            let resource = resource.as_any_mut().downcast_mut()?;
            Some(work(resource, kernel))
        })?;
        if found.is_none() {
            self.fail(ErrorKind::ForeignReference);
        }
        found
    }

    pub(crate) fn resource<R: 'static>(&self, id: ActorId) -> Option<&R> {
        self.ties.marks.uses(Thing::Actor(id));
        self.features.resources.all.get(id.index() as usize)?.as_ref()?.as_any().downcast_ref()
    }

    /// Lets a resource serve its line after all other events that are due now.
    pub(super) fn look_later(&mut self, id: ActorId) {
        self.schedule_plain(Some((self.now, Lane::Now)), id, Op::TAKE);
    }

    /// Tells a claimant that it is served. `granted` is called for an actor only.
    pub(super) fn tell<T>(
        &mut self,
        from: ActorId,
        claimant: &mut Claimant<T>,
        granted: impl FnOnce(&Self) -> T,
    ) {
        match claimant {
            Claimant::Process(waiter) => self.wake_now(waiter),
            Claimant::Actor(id, told) => {
                if let Some(told) = told.take() {
                    let granted = granted(self);
                    told(self, from, *id, Op::OWN, granted);
                }
            }
        }
    }

    /// Remembers that an actor waits in a line, until it is served; processes withdraw their own
    /// claims.
    pub(crate) fn remember_claim(
        &mut self,
        actor: impl Into<Option<ActorId>>,
        resource: ActorId,
        ticket: Ticket,
    ) {
        if let Some(actor) = actor.into() {
            self.ties.marks.changes(Thing::Claims(actor));
            self.features.resources.claims.insert((actor, resource, ticket));
        }
    }

    pub(crate) fn forget_claim(
        &mut self,
        actor: impl Into<Option<ActorId>>,
        resource: ActorId,
        ticket: Ticket,
    ) {
        if let Some(actor) = actor.into() {
            self.ties.marks.changes(Thing::Claims(actor));
            self.features.resources.claims.remove(&(actor, resource, ticket));
        }
    }

    /// Takes a claim out of its line; `false` if it does not wait any more.
    pub(crate) fn withdraw(&mut self, resource: ActorId, ticket: Ticket) -> bool {
        let withdraw = |any: &mut dyn AnyResource<Self>, kernel: &mut Self| {
            any.withdraw(kernel, resource, ActorId::OUTSIDE, ticket)
        };
        self.with_any(resource, withdraw) == Some(true)
    }

    /// Removes an actor that died, or was restarted, from all lines; but a restarted actor stays in
    /// its groups.
    #[inline]
    pub(crate) fn abandon_claims(&mut self, actor: ActorId, restarted: bool) {
        // Another event of the instant may have served one of its claims before.
        self.ties.marks.uses(Thing::Claims(actor));
        if !self.features.resources.claims.is_empty() {
            self.abandon_all(actor, restarted);
        }
    }

    #[inline(never)]
    fn abandon_all(&mut self, actor: ActorId, restarted: bool) {
        let from = (actor, ActorId::FIRST, Ticket::FIRST);
        let all = self.features.resources.claims.range(from..);
        let own: Vec<_> = all.take_while(|claim| claim.0 == actor).copied().collect();
        for (actor, resource, ticket) in own {
            self.forget_claim(actor, resource, ticket);
            let stays = self.with_any(resource, |any, kernel| {
                let stays = restarted && any.outlasts_restarts();
                if !stays {
                    any.withdraw(kernel, resource, actor, ticket);
                }
                stays
            });
            if stays == Some(true) {
                self.remember_claim(actor, resource, ticket);
            }
        }
    }

    /// All that wait for a resource, with the resource, since when, and its holders. The holders
    /// are `None` for items of a store: items have no holder.
    pub(crate) fn waiting_claims(&self) -> Vec<WaitingClaim> {
        let mut found = Vec::new();
        let Some(class) = self.class_number::<ResourceClass>() else { return found };
        for (index, resource) in (0..).zip(&self.features.resources.all) {
            let Some(resource) = resource else { continue };
            let id = ActorId::new(class, 0, index);
            let waiting = resource.waiting(id, self.now);
            if !waiting.is_empty() {
                let holders: Rc<[ActorId]> = resource.holders().into();
                let claim = |(who, since)| (who, id, since, Some(Rc::clone(&holders)));
                found.extend(waiting.into_iter().map(claim));
            }
            for (who, since) in resource.waiting_for_items() {
                found.push((who, id, since, None));
            }
        }
        found
    }
}

/// The waiting actor, the resource, since when, and the holders.
pub(crate) type WaitingClaim = (ActorId, ActorId, VirtualTime, Option<Rc<[ActorId]>>);
