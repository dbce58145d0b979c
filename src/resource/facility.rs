//! Resources: units that are held for a while and given back.

use crate::actor::{ActorId, Message, SpawnOptions};
use crate::error::ErrorKind;
use crate::features::{GivenUp, Kernel, Return};
use crate::handler::Context;
use crate::line::{Claim, ResourceStatistics, Ticket, UponLoss};
use crate::process::{Place, Process, Sleep, Wait};
use crate::resource::acquire::Acquire;
use crate::resource::environment::Environment;
use crate::resource::held::Held;
use crate::resource::preempted::{Preempted, Unfinished};
use crate::resource::resources::{Claimant, ResourceId, by_message};
use crate::resource::units::Units;
use crate::resource::user::User;
use crate::time::Span;
use std::panic::Location;

/// A number of equal units (servers, pumps, repairmen) that processes and actors hold for a while.
/// Claims are served by priority, then in the order in which they were made.
///
/// A copy is the same resource. It shares the name space of actors, but it is not an actor. It
/// lives as long as the run.
///
/// # Examples
/// Two tills and three customers, by processes:
/// ```
/// use flagfall::{Config, Resource, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let tills = Resource::new(&mut simulation, "tills", 2);
/// for number in 0..3 {
///     simulation.process(("customer", number), async move |p| {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
pub struct Resource {
    pub(super) id: ResourceId,
}

/// Names an actor's claim that may still wait; see [`Resource::withdraw`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub(crate) resource: ResourceId,
    pub(crate) ticket: Option<Ticket>,
}

impl Waiting {
    /// Leaves the line of that resource; `false` if it does not wait there.
    pub(crate) fn withdraw<M>(self, from: ResourceId, context: &mut Context<'_, M>) -> bool {
        let (id, kernel) = (context.id, &mut *context.kernel);
        let resource = self.resource.owned(kernel);
        let place = |ticket| kernel.features.resources.place_of((resource, ticket));
        let (resource, ticket) = self.ticket.map_or((resource, None), |ticket| {
            let (resource, ticket) = place(ticket);
            (resource, Some(ticket))
        });
        let waits = ticket.filter(|_| resource == from.owned(kernel));
        let left = waits.filter(|ticket| kernel.withdraw(resource, *ticket));
        left.into_iter().for_each(|ticket| kernel.forget_claim(id, resource, ticket));
        left.is_some()
    }
}

impl Resource {
    /// Makes a resource with that many units.
    ///
    /// Fails the run if the name is taken or if there are no units.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        capacity: u64,
    ) -> Self {
        let name = name.into();
        let id = environment.touch(|kernel| {
            kernel
                .add_resource(&name, capacity, |kernel| Box::new(Units::new(capacity, kernel.now)))
        });
        Self { id }
    }

    /// How many units there are now.
    #[track_caller]
    #[must_use]
    pub fn capacity(&self, environment: &impl Environment) -> u64 {
        self.id.read(environment, |units: &Units, kernel| {
            if let Some(next) = units.next_change(kernel.now) {
                environment.changes_at(next);
            }
            units.capacity(kernel.now)
        })
    }

    /// How many units are held.
    #[track_caller]
    #[must_use]
    pub fn in_use(&self, environment: &impl Environment) -> u64 {
        self.id.read(environment, |Units { facility, .. }, kernel| {
            facility.in_use - given_back(kernel, self.id.id, |ticket| facility.held_by(ticket))
        })
    }

    /// How many claims wait.
    #[track_caller]
    #[must_use]
    pub fn waiting(&self, environment: &impl Environment) -> usize {
        self.id.read(environment, |Units { facility, .. }, kernel| {
            let leave = given_back(kernel, self.id.id, |ticket| facility.is_waiting(ticket).into());
            facility.waiting() - leave as usize
        })
    }

    /// Statistics of its use so far.
    ///
    /// # Panics
    /// If it belongs to another simulation, as everything that reads it does.
    #[track_caller]
    #[must_use]
    pub fn statistics(&self, environment: &impl Environment) -> ResourceStatistics {
        self.id.read(environment, |units: &Units, kernel| units.statistics(kernel.now))
    }

    // --- processes ---------------------------------------------------------

    /// Waits for one unit; see [`acquire_as`](Self::acquire_as).
    #[track_caller]
    pub fn acquire<M: Message>(&self, process: &Process<M>) -> Acquire {
        self.acquire_as(process, Claim::new())
    }

    /// Waits for the units of a claim. The process holds them until the [`Held`](super::Held) is
    /// dropped.
    ///
    /// The claim is made now, not when the future is first awaited. Dropping the future withdraws
    /// it. So a claim with a patience is `p.timeout(patience, resource.acquire(&p))`.
    ///
    /// Fails the run if the claim is for more units than there are. Also fails the run if the
    /// process waits for something else before it has awaited the claim: after `let _unit =
    /// resource.acquire(&p);` it holds nothing. Claim where you await, or say that you await it
    /// [`later`](crate::process::later).
    ///
    /// # Examples
    /// A customer who leaves after three minutes in the line:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = Resource::new(&mut simulation, "till", 1);
    /// simulation.process("slow", async move |p| {
    ///     let _till = till.acquire(&p).await;
    ///     p.sleep(Span::from_secs(600)).await;
    /// });
    /// let customer = simulation.process("hasty", async move |p| {
    ///     p.timeout(Span::from_secs(180), till.acquire(&p)).await.is_err()
    /// });
    /// simulation.run()?;
    /// assert_eq!(customer.result(), Some(true));
    /// assert_eq!(till.statistics(&simulation).withdrawn, 1);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn acquire_as<M: Message>(&self, process: &Process<M>, claim: Claim) -> Acquire {
        self.acquire_at(process, claim, Location::caller())
    }

    fn acquire_at<M: Message>(self, process: &Process<M>, claim: Claim, place: Place) -> Acquire {
        let (wait, mut kernel) = Wait::begin_at(process, place);
        let claimant = Claimant::Process(wait.waiter());
        let user = User::new(claimant);
        let resource = self.id.owned(&mut kernel);
        let ticket = kernel.claim(resource, claim, user);
        Acquire { wait, resource, ticket, handed_out: false }
    }

    /// Acquires the units of a claim, works for `span`, and gives them back. A more urgent claim
    /// may preempt it. Then it continues with the remaining work ([`Claim::resume`], the default),
    /// begins again ([`Claim::restart`]), or ends ([`Claim::give_up`]). Its new claim keeps its
    /// place among claims of the same priority, unless it goes [`behind`](Claim::behind) them.
    ///
    /// The claim is made now; the work begins when it is granted.
    ///
    /// # Errors
    /// The remaining work when it was given up.
    ///
    /// # Examples
    /// Jobs of ten seconds, each alone on a machine that an urgent claim takes from the fourth
    /// second to the seventh:
    /// ```
    /// use flagfall::resource::Claim;
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let secs = Span::from_secs;
    /// let resume = Claim::new().resume();
    /// let restart = Claim::new().restart();
    /// let give_up = Claim::new().give_up();
    /// for (claim, outcome, end) in [
    ///     (resume, Ok(()), "13s"),
    ///     (restart, Ok(()), "17s"),
    ///     (give_up, Err(secs(6)), "4s"),
    /// ] {
    ///     let mut simulation = Simulation::new(Config::new(42));
    ///     let lathe = Resource::new(&mut simulation, "lathe", 1);
    ///     let job = simulation.process("job", async move |p| {
    ///         let served = lathe.serve(&p, claim, secs(10)).await;
    ///         (served.map_err(|unfinished| unfinished.remaining), p.now().to_string())
    ///     });
    ///     simulation.process("urgent", async move |p| {
    ///         p.sleep(secs(4)).await;
    ///         let urgent = Claim::new().priority(-1).preempting();
    ///         lathe.serve(&p, urgent, secs(3)).await.expect("it does not yield");
    ///     });
    ///     simulation.run()?;
    ///     assert_eq!(job.result(), Some((outcome, end.to_owned())));
    /// }
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    #[must_use = "no work is done until this is awaited: write `.await`"]
    pub fn serve<M: Message>(
        &self,
        process: &Process<M>,
        claim: Claim,
        span: Span,
    ) -> impl Future<Output = Result<(), Unfinished>> + use<M> {
        let (resource, process, place) = (*self, process.clone(), Location::caller());
        let mut acquire = self.acquire_at(&process, claim, place);
        async move {
            let mut left = span;
            loop {
                let held = acquire.await;
                if !claim.yielding {
                    // Nobody can take it away.
                    Sleep::begin(&process, left, place).await;
                    return Ok(());
                }
                let done = held.work_at(&process, left, place).await;
                let Err((remaining, preempted)) = done else { return Ok(()) };
                match claim.upon_loss {
                    UponLoss::Resume => left = remaining,
                    UponLoss::Restart => {}
                    UponLoss::GiveUp => return Err(Unfinished::new(remaining, preempted)),
                }
                acquire = resource.acquire_at(&process, claim, place);
            }
        }
    }

    // --- actors ------------------------------------------------------------

    /// Claims units for an actor. When they are granted, the actor gets the message that `then`
    /// makes, at that instant.
    ///
    /// Fails the run if the claim is for more units than there are, or if it yields (see
    /// [`claim_yielding`](Self::claim_yielding)).
    ///
    /// # Examples
    /// ```
    /// use flagfall::resource::{Claim, Held};
    /// use flagfall::{Actor, Config, Context, Message, Resource, Simulation, Span};
    ///
    /// #[derive(Debug, Message)]
    /// enum Car { Arrive, Pump(Held), Full(Held) }
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
        then: impl FnOnce(Held) -> M + 'static,
    ) -> Waiting {
        if claim.yielding {
            context.kernel.fail(ErrorKind::UnheardLoss);
        }
        let claimant = Claimant::actor(context.id, then);
        self.claim_for(context, claim, User::new(claimant))
    }

    /// Claims units for an actor that yields them to more urgent claims. If they are taken away,
    /// the actor gets the message that `lost` makes, at that instant, even if it has passed them
    /// to another. If it claims again when that message arrives, it has its old place; see
    /// [`Claim::yielding`].
    pub fn claim_yielding<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        claim: Claim,
        then: impl FnOnce(Held) -> M + 'static,
        lost: impl FnOnce(Preempted) -> M + 'static,
    ) -> Waiting {
        let claimant = Claimant::actor(context.id, then);
        let life = context.kernel.entities.life(context.id).incarnation;
        let user = User::yielding(claimant, life, by_message(lost));
        self.claim_for(context, claim.yielding(), user)
    }

    fn claim_for<M>(self, context: &mut Context<'_, M>, claim: Claim, user: User) -> Waiting {
        let id = self.id.owned(context.kernel);
        let ticket = context.kernel.claim(id, claim, user);
        Waiting { resource: self.id, ticket }
    }

    /// Gives units back at once; units that are dropped in a handler go back right after it. Does
    /// nothing if they were taken away before. Fails the run if they are of another resource.
    pub fn release<M: Message>(&self, context: &mut Context<'_, M>, held: Held) {
        let id = self.id.owned(context.kernel);
        match held.use_up(context.kernel, id) {
            Some(ticket) => context.kernel.release(id, ticket),
            None => context.kernel.fail(ErrorKind::ForeignReference),
        }
    }

    /// Leaves the line; returns `false` if it is too late: the claim was granted or withdrawn
    /// before.
    pub fn withdraw<M: Message>(&self, context: &mut Context<'_, M>, waiting: Waiting) -> bool {
        waiting.withdraw(self.id, context)
    }
}

/// The sum of `part` over the tickets that are given back right after the current event. Readers no
/// longer count them.
pub(super) fn given_back(kernel: &Kernel, resource: ActorId, part: impl Fn(Ticket) -> u64) -> u64 {
    kernel.returns.sum(|one| match one {
        Return::Held { of, ticket } | Return::Claim(GivenUp { of, ticket, .. }) => {
            let (of, ticket) = kernel.features.resources.place_of((*of, *ticket));
            if of == resource { part(ticket) } else { 0 }
        }
        _ => 0,
    })
}
