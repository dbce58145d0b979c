//! Lines that are at most so long.

use crate::actor::{ActorId, Message};
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::handler::Context;
use crate::line::{Claim, LineFull, Ticket};
use crate::process::{Process, Wait};
use crate::resource::acquire::Acquire;
use crate::resource::environment::Environment;
use crate::resource::facility::{Resource, Waiting};
use crate::resource::held::Held;
use crate::resource::resources::Claimant;
use crate::resource::units::Units;
use crate::resource::user::User;

impl Resource {
    /// Lets at most `most` claims wait, from now on; `usize::MAX` is any number, as in the
    /// beginning. With 0, a claim is refused that is not granted at once. Claims that wait already
    /// stay.
    ///
    /// Claim with [`try_acquire`](Self::try_acquire) or [`try_claim`](Self::try_claim), which
    /// return that the line is full. Any other claim at a full line fails the run. A claim that was
    /// preempted and comes back to its place is never refused. The line refuses by the number of
    /// claims alone: a more urgent claim pushes nobody out.
    ///
    /// [`statistics`](Self::statistics) count the `refused`.
    ///
    /// # Examples
    /// A drive-in with one window and room for one car to wait:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let window = Resource::new(&mut simulation, "window", 1);
    /// window.limit_line(&mut simulation, 1);
    /// let cars: Vec<_> = (0..4)
    ///     .map(|number| {
    ///         simulation.process(("car", number), async move |p| {
    ///             let Ok(claim) = window.try_acquire(&p) else { return "drives on" };
    ///             let _window = claim.await;
    ///             p.sleep(Span::from_mins(3)).await;
    ///             "has eaten"
    ///         })
    ///     })
    ///     .collect();
    /// simulation.run()?;
    /// let ends: Vec<_> = cars.iter().filter_map(|car| car.result()).collect();
    /// assert_eq!(ends, ["has eaten", "has eaten", "drives on", "drives on"]);
    /// assert_eq!(window.statistics(&simulation).refused, 2);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn limit_line(&self, environment: &mut impl Environment, most: usize) {
        environment.touch(|kernel| {
            let id = self.id.owned(kernel);
            kernel.with_resource(id, |units: &mut Units, _| units.limit = most);
        });
    }

    /// Waits for one unit, unless the line is full; see [`limit_line`](Self::limit_line).
    ///
    /// # Errors
    /// [`LineFull`] if it is: the claim was not made.
    #[track_caller]
    pub fn try_acquire<M: Message>(&self, process: &Process<M>) -> Result<Acquire, LineFull> {
        self.try_acquire_as(process, Claim::new())
    }

    /// Waits for the units of a claim, as [`acquire_as`](Self::acquire_as), unless the line is full.
    ///
    /// # Errors
    /// [`LineFull`] if it is: the claim was not made.
    #[track_caller]
    pub fn try_acquire_as<M: Message>(
        &self,
        process: &Process<M>,
        claim: Claim,
    ) -> Result<Acquire, LineFull> {
        let (wait, mut kernel) = Wait::begin(process);
        let user = User::new(Claimant::Process(wait.waiter()));
        let resource = self.id.owned(&mut kernel);
        let ticket = kernel.claim_or_balk(resource, claim, user);
        drop(kernel);
        ticket.map(|ticket| Acquire { wait, resource, ticket, handed_out: false })
    }

    /// Claims units for an actor, as [`claim`](Self::claim), unless the line is full.
    ///
    /// # Errors
    /// [`LineFull`] if it is: the claim was not made, and no message comes.
    pub fn try_claim<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        claim: Claim,
        then: impl FnOnce(Held) -> M + 'static,
    ) -> Result<Waiting, LineFull> {
        if claim.yielding {
            context.kernel.fail(ErrorKind::UnheardLoss);
        }
        let user = User::new(Claimant::actor(context.id, then));
        let id = self.id.owned(context.kernel);
        let ticket = context.kernel.claim_or_balk(id, claim, user)?;
        Ok(Waiting { resource: self.id, ticket })
    }
}

impl Units {
    /// Refuses a claim that has just come, if it waits; one that was preempted comes back always.
    #[cold]
    pub(super) fn refuse(&mut self, kernel: &mut Kernel, id: ActorId, ticket: Ticket) -> bool {
        if !self.facility.is_waiting(ticket) || ticket.again > 0 {
            return false;
        }
        if let Some(user) = self.facility.refuse(kernel.now, ticket) {
            kernel.forget_claim(user.claimant.actor_id(), id, ticket);
        }
        self.plan(kernel, id);
        true
    }
}
