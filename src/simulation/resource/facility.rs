//! Resources: units that are held for a while and given back.

use super::held::{Acquire, Grant, Preempted};
use super::world::World;
use super::{AnyResource, Claimant, Told, by_message};
use crate::actor::{ActorId, Message, Spawn};
use crate::digest::Digest;
use crate::line::{Claim, Facility, Lost, ResourceStatistics, Ticket};
use crate::simulation::core::Core;
use crate::simulation::error::ErrorKind;
use crate::simulation::process::{Reason, Wait, Waiter};
use crate::simulation::{Context, Process};
use crate::time::VirtualTime;
use rustc_hash::FxHashMap;
use std::any::Any;

/// A number of equal units (servers, pumps, repairmen) that processes and
/// actors hold for a while. Those who wait are served by priority, then in
/// the order of their claims.
///
/// A copy is the same resource. It has a name among the actors, is not one,
/// and lives as long as the run.
///
/// # Examples
/// Two tills and three customers, by processes:
/// ```
/// use flagfall::{Config, Process, Resource, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let tills = Resource::new(&mut simulation, "tills", 2);
/// for number in 0..3 {
///     simulation.process(("customer", number), move |p: Process| async move {
///         let till = tills.acquire(&p).await;
///         p.sleep(Span::from_secs(90)).await;
///         drop(till); // or at the end of the block
///     });
/// }
/// simulation.run()?;
/// assert_eq!(simulation.now().to_string(), "180s");
/// assert_eq!(tills.in_use(&simulation), 0);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    id: ActorId,
}

/// Somebody who holds or waits, and how it is told what.
pub(super) struct User {
    claimant: Claimant<Grant>,
    lost: Loss,
}

/// How somebody is told that its grant was taken away.
pub(super) enum Loss {
    /// It does not yield.
    Never,
    Process(Waiter),
    Actor(Told<Preempted>),
}

/// The resource as the engine keeps it.
pub(super) struct State {
    facility: Facility<User>,
    /// Grants of processes that were taken away, until they let go.
    pub(super) lost: FxHashMap<Ticket, Preempted>,
}

impl Message for Resource {
    fn digest(&self, digest: &mut Digest) {
        self.id.digest(digest);
    }
}

/// Names an actor's claim that may still wait; see [`Resource::withdraw`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub(super) resource: ActorId,
    pub(super) ticket: Option<Ticket>,
}

impl Resource {
    /// Makes a resource of so many units.
    ///
    /// Fails the run if the name is taken or there are no units.
    #[track_caller]
    pub fn new(world: &mut impl World, name: impl Into<Spawn>, capacity: u64) -> Self {
        let name = name.into();
        let id = world.touch(|core| {
            if capacity == 0 {
                core.fail(ErrorKind::EmptyResource { name: name.to_string() });
            }
            core.add_resource(&name, |core| {
                let facility = Facility::new(capacity, core.now);
                Box::new(State { facility, lost: FxHashMap::default() })
            })
        });
        Self { id }
    }

    /// How many units there are.
    #[must_use]
    pub fn capacity(&self, world: &impl World) -> u64 {
        self.read(world, |facility, _| facility.capacity())
    }

    /// How many units are held.
    #[must_use]
    pub fn in_use(&self, world: &impl World) -> u64 {
        self.read(world, |facility, core| {
            facility.in_use() - core.returns.sum(self.id, |ticket| facility.held_by(ticket))
        })
    }

    /// How many claims wait.
    #[must_use]
    pub fn waiting(&self, world: &impl World) -> usize {
        self.read(world, |facility, core| {
            let leave = core.returns.sum(self.id, |ticket| facility.is_waiting(ticket).into());
            facility.waiting() - leave as usize
        })
    }

    /// How much it was used so far. Zeros, if it belongs to another run.
    #[must_use]
    pub fn statistics(&self, world: &impl World) -> ResourceStatistics {
        world.look(|core| {
            let state = core.resource::<State>(self.id);
            let fresh = || Facility::<User>::new(1, core.now).statistics(core.now);
            state.map_or_else(fresh, |state| state.facility.statistics(core.now))
        })
    }

    fn read<T: Default>(
        self,
        world: &impl World,
        read: impl FnOnce(&Facility<User>, &Core) -> T,
    ) -> T {
        world
            .look(|core| core.resource::<State>(self.id).map(|state| read(&state.facility, core)))
            .unwrap_or_default()
    }

    // --- processes ---------------------------------------------------------

    /// Waits for one unit; see [`acquire_as`](Self::acquire_as).
    #[track_caller]
    pub fn acquire<M: Message>(&self, process: &Process<M>) -> Acquire {
        self.acquire_as(process, Claim::new())
    }

    /// Waits for what is claimed. The process holds it until the [`Held`](super::Held) is
    /// dropped.
    ///
    /// The claim is made now, not when the future is first awaited; dropping
    /// the future withdraws it, so a claim with a patience is
    /// `p.timeout(patience, resource.acquire(&p))`.
    ///
    /// Fails the run if more is claimed than there is.
    ///
    /// # Examples
    /// A customer who leaves after three minutes in the line:
    /// ```
    /// use flagfall::{Config, Process, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = Resource::new(&mut simulation, "till", 1);
    /// simulation.process("slow", move |p: Process| async move {
    ///     let _till = till.acquire(&p).await;
    ///     p.sleep(Span::from_secs(600)).await;
    /// });
    /// let customer = simulation.process("hasty", move |p: Process| async move {
    ///     p.timeout(Span::from_secs(180), till.acquire(&p)).await.is_err()
    /// });
    /// simulation.run()?;
    /// assert_eq!(customer.result(), Some(true));
    /// assert_eq!(till.statistics(&simulation).withdrawn, 1);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn acquire_as<M: Message>(&self, process: &Process<M>, claim: Claim) -> Acquire {
        let wait = Wait::open(process);
        let lost = claim.yielding.then(|| wait.another(Reason::Loss));
        let loss = match &lost {
            None => Loss::Never,
            Some(lost) => Loss::Process(lost.waiter()),
        };
        let user = User { claimant: Claimant::Process(wait.waiter()), lost: loss };
        let ticket = process.core.borrow_mut().claim(self.id, claim, user);
        Acquire { wait: Some(wait), lost, resource: self.id, ticket }
    }

    // --- actors ------------------------------------------------------------

    /// Claims units for an actor: when they are granted, it gets the message
    /// that `then` makes, at that instant.
    ///
    /// Fails the run if more is claimed than there is, or if the claim yields
    /// (see [`claim_yielding`](Self::claim_yielding)).
    ///
    /// # Examples
    /// ```
    /// use flagfall::resource::{Claim, Grant};
    /// use flagfall::{Actor, Config, Context, Resource, Simulation, Span};
    ///
    /// flagfall::message! {
    ///     enum Car { Arrive, Pump(Grant), Full(Grant) }
    /// }
    /// struct Driver { pumps: Resource }
    /// impl Actor for Driver {
    ///     type Message = Car;
    ///     fn handle(&mut self, message: Car, context: &mut Context<'_, Car>) {
    ///         match message {
    ///             Car::Arrive => _ = self.pumps.claim(context, Claim::new(), Car::Pump),
    ///             Car::Pump(pump) => context.schedule(Span::from_secs(60), Car::Full(pump)),
    ///             Car::Full(pump) => self.pumps.release(context, pump),
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let pumps = Resource::new(&mut simulation, "pumps", 2);
    /// for number in 0..3 {
    ///     let car = simulation.spawn(("car", number), Driver { pumps });
    ///     simulation.send(&car, Car::Arrive);
    /// }
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "120s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn claim<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        claim: Claim,
        then: impl FnOnce(Grant) -> M + 'static,
    ) -> Waiting {
        if claim.yielding {
            context.core.fail(ErrorKind::UnheardLoss);
        }
        let claimant = Claimant::actor(context.id, then);
        self.claim_for(context, claim, User { claimant, lost: Loss::Never })
    }

    /// Claims units for an actor that yields them to more urgent claims: it
    /// then gets the message that `lost` makes, at that instant.
    pub fn claim_yielding<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        claim: Claim,
        then: impl FnOnce(Grant) -> M + 'static,
        lost: impl FnOnce(Preempted) -> M + 'static,
    ) -> Waiting {
        let claimant = Claimant::actor(context.id, then);
        let user = User { claimant, lost: Loss::Actor(by_message(lost)) };
        self.claim_for(context, claim.yielding(), user)
    }

    fn claim_for<M>(self, context: &mut Context<'_, M>, claim: Claim, user: User) -> Waiting {
        let ticket = context.core.claim(self.id, claim, user);
        if let Some(ticket) = ticket {
            context.core.remember_claim(context.id, self.id, ticket);
        }
        Waiting { resource: self.id, ticket }
    }

    /// Gives back what an actor holds. If it was taken away before, nothing
    /// happens. Fails the run if the grant is of another resource.
    pub fn release<M: Message>(&self, context: &mut Context<'_, M>, grant: Grant) {
        let (resource, ticket) = grant.use_up();
        if resource != self.id {
            return context.core.fail(ErrorKind::ForeignReference);
        }
        context.core.forget_claim(context.id, resource, ticket);
        context.core.release(resource, ticket);
    }

    /// Leaves the line; `false` if it is too late: the claim was granted, or
    /// withdrawn before.
    pub fn withdraw<M: Message>(&self, context: &mut Context<'_, M>, waiting: Waiting) -> bool {
        let Waiting { resource, ticket: Some(ticket) } = waiting else { return false };
        let withdrawn = resource == self.id && context.core.withdraw(resource, ticket);
        if withdrawn {
            context.core.forget_claim(context.id, resource, ticket);
        }
        withdrawn
    }
}

impl Core {
    /// Puts a claim into the line, and serves it if it can be.
    fn claim(&mut self, resource: ActorId, claim: Claim, user: User) -> Option<Ticket> {
        let capacity = self.resource::<State>(resource).map(|state| state.facility.capacity());
        if let Some(capacity) = capacity.filter(|capacity| *capacity < claim.amount) {
            let resource = self.directory.path(resource).to_string();
            self.fail(ErrorKind::NeverEnough { resource, asked: claim.amount, capacity });
            return None;
        }
        self.with_resource(resource, |state: &mut State, core| {
            let ticket = state.facility.claim(core.now, claim, user);
            state.serve(core, resource);
            ticket
        })
    }

    pub(super) fn release(&mut self, resource: ActorId, ticket: Ticket) {
        self.with_resource(resource, |state: &mut State, core| {
            let released = state.facility.release(core.now, ticket).is_some();
            // If it was taken away, nobody will ask any more by whom.
            state.lost.remove(&ticket);
            if released && state.facility.waiting() > 0 {
                core.look_later(resource);
            }
        });
    }

    pub(super) fn withdraw(&mut self, resource: ActorId, ticket: Ticket) -> bool {
        let withdrawn = self.with_resource(resource, |state: &mut State, core| {
            let withdrawn = state.facility.withdraw(core.now, ticket).is_some();
            if withdrawn && state.facility.waiting() > 0 {
                // Whoever stood behind may want less.
                core.look_later(resource);
            }
            withdrawn
        });
        withdrawn == Some(true)
    }
}

impl State {
    /// Serves the line from its head, which may have to preempt: also after a
    /// release, when fewer units are missing than when it was claimed.
    fn serve(&mut self, core: &mut Core, id: ActorId) {
        loop {
            while let Some((user, lost)) = self.facility.preempt_next(core.now) {
                let by = user.claimant.id();
                self.take_away(core, id, by, lost);
            }
            let Some((ticket, user)) = self.facility.grant_next(core.now) else { return };
            core.tell(id, &mut user.claimant, Grant { resource: id, ticket });
        }
    }

    fn take_away(&mut self, core: &mut Core, id: ActorId, by: ActorId, lost: Lost<User>) {
        let Lost { who, ticket, since } = lost;
        let by = core.directory.path(by).to_string();
        let preempted = Preempted { by, since, at: core.now };
        match who.lost {
            Loss::Never => {}
            Loss::Process(waiter) => {
                self.lost.insert(ticket, preempted);
                core.wake_urgent(&waiter);
            }
            Loss::Actor(told) => {
                core.forget_claim(who.claimant.id(), id, ticket);
                told(core, id, who.claimant.id(), preempted);
            }
        }
    }
}

impl AnyResource for State {
    fn look(&mut self, core: &mut Core, id: ActorId) {
        self.serve(core, id);
    }

    fn abandon(&mut self, core: &mut Core, id: ActorId, _: ActorId, ticket: Ticket) {
        let left = self.facility.withdraw(core.now, ticket);
        if left.or_else(|| self.facility.release(core.now, ticket)).is_some()
            && self.facility.waiting() > 0
        {
            core.look_later(id);
        }
    }

    fn waiting(&self) -> Vec<(ActorId, VirtualTime)> {
        self.facility.line().map(|(user, since)| (user.claimant.id(), since)).collect()
    }

    fn holders(&self) -> Vec<ActorId> {
        self.facility.holders().map(|user| user.claimant.id()).collect()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
