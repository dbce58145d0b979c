//! Looking at the line of a resource, and moving claims that wait.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::line::{Claim, Known, Ticket};
use crate::resource::environment::Environment;
use crate::resource::facility::{Resource, given_back};
use crate::resource::resources::{Claimant, ResourceId};
use crate::resource::units::Units;
use crate::resource::user::User;
use crate::time::VirtualTime;

/// A claim that waits, as [`Resource::line`] shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InLine {
    /// Path of the process or actor that claims.
    pub who: String,
    /// When the claim was made.
    pub since: VirtualTime,
    /// How many units it is for.
    pub amount: u64,
    /// Its priority: the lower, the sooner it is served.
    pub priority: i32,
    ticket: Ticket,
    resource: ResourceId,
}

impl Resource {
    /// Who waits, first in line first.
    ///
    /// # Examples
    /// A supervisor who moves whoever has waited for ten minutes to the front:
    /// ```
    /// use flagfall::resource::Claim;
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let desk = Resource::new(&mut simulation, "desk", 1);
    /// for number in 0..3 {
    ///     simulation.process(("guest", number), async move |p| {
    ///         p.sleep(Span::from_mins(6) * u64::from(number)).await;
    ///         let claim = Claim::new().priority(1 - i32::try_from(number).unwrap_or(0));
    ///         let _desk = desk.acquire_as(&p, claim).await;
    ///         p.sleep(Span::from_mins(20)).await;
    ///     });
    /// }
    /// simulation.process("supervisor", async move |mut p| {
    ///     p.sleep(Span::from_mins(16)).await;
    ///     let line = desk.line(&p);
    ///     let names: Vec<_> = line.iter().map(|one| one.who.as_str()).collect();
    ///     assert_eq!(names, ["guest[2]", "guest[1]"]);
    ///     let now = p.now();
    ///     for one in line.iter().filter(|one| now - one.since >= Span::from_mins(10)) {
    ///         assert!(desk.set_priority(&mut p, one, -9));
    ///     }
    ///     assert_eq!(desk.line(&p)[0].who, "guest[1]");
    /// });
    /// simulation.run()?;
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    #[must_use]
    pub fn line(&self, environment: &impl Environment) -> Vec<InLine> {
        let resource = self.id;
        resource.read(environment, |units: &Units, kernel| {
            let leaves = |ticket| {
                let is_same = |other: Ticket| (other == ticket).into();
                given_back(kernel, resource.id, is_same) > 0
            };
            let line = units.facility.places().filter(|(ticket, ..)| !leaves(*ticket));
            let one = |(ticket, user, claim, since): (Ticket, &User, Claim, _)| {
                let amount = claim.amount;
                let who = kernel.entities.path(user.id()).to_string();
                InLine { who, since, amount, priority: ticket.priority, ticket, resource }
            };
            line.map(one).collect()
        })
    }

    /// Changes the priority of a claim that waits, which goes behind the others of that priority;
    /// `false` if it does not wait here any more, or waits for [several](crate::Process::acquire_all)
    /// resources. It is still the same claim: its wait goes on.
    #[track_caller]
    pub fn set_priority(
        &self,
        environment: &mut impl Environment,
        claim: &InLine,
        priority: i32,
    ) -> bool {
        self.move_claim(environment, claim, *self, priority)
    }

    /// Moves a claim that waits to the line of another resource (jockeying), where it goes behind
    /// the others of its priority; `false` if it does not wait here any more, waits for
    /// [several](crate::Process::acquire_all) resources, or the other line is
    /// [full](Self::limit_line). The process that waits gets units of the other resource; its future
    /// does not say which. This line counts the claim as withdrawn. The other counts its whole wait.
    ///
    /// Fails the run if the other resource never has enough units.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let [till, other] = ["till", "other"].map(|name| Resource::new(&mut simulation, name, 1));
    /// for number in 0..3 {
    ///     simulation.process(("customer", number), async move |p| {
    ///         let _till = till.acquire(&p).await;
    ///         p.sleep(Span::from_mins(5)).await;
    ///     });
    /// }
    /// // The other till opens, and the last in line goes there.
    /// simulation.process("manager", async move |mut p| {
    ///     p.sleep(Span::from_mins(1)).await;
    ///     if let Some(last) = till.line(&p).last() {
    ///         till.move_to(&mut p, last, other);
    ///     }
    /// });
    /// simulation.run()?;
    /// assert_eq!(other.statistics(&simulation).granted, 1);
    /// assert_eq!(simulation.now().to_string(), "600s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn move_to(&self, environment: &mut impl Environment, claim: &InLine, other: Self) -> bool {
        self.move_claim(environment, claim, other, claim.priority)
    }

    #[track_caller]
    fn move_claim(
        self,
        environment: &mut impl Environment,
        claim: &InLine,
        to: Self,
        priority: i32,
    ) -> bool {
        environment.touch(|kernel| {
            let (from, to) = (self.id.owned(kernel), to.id.owned(kernel));
            let is_here = claim.resource.owned(kernel) == from;
            is_here && kernel.move_claim((from, claim.ticket), to, priority)
        })
    }
}

impl Kernel {
    fn move_claim(&mut self, from: (ActorId, Ticket), to: ActorId, priority: i32) -> bool {
        self.take_back_first();
        // It may have been moved since the line was read.
        let (here, from) = (from.0, self.features.resources.place_of(from));
        if from.0 != here {
            return false;
        }
        let stays = here == to;
        let wanted = self.with_resource(here, |units: &mut Units, _| units.movable(from.1));
        let Some(claim) = wanted.flatten() else { return false };
        let room = self.with_resource(to, |units: &mut Units, kernel| {
            units.keep_up(kernel.now);
            let has_room = units.facility.waiting() < units.limit;
            (units.most, stays || has_room || units.facility.is_open_to(claim))
        });
        let Some((capacity, true)) = room else { return false };
        if claim.amount > capacity {
            let resource = self.entities.path(to).to_string();
            self.fail(ErrorKind::NeverEnough { resource, asked: claim.amount, capacity });
            return false;
        }
        let taken = self.with_resource(from.0, |units: &mut Units, kernel| {
            units.keep_up(kernel.now);
            if !stays {
                kernel.look_later(from.0);
            }
            units.facility.take_out(kernel.now, from.1, !stays)
        });
        let Some((user, claim, since)) = taken.flatten() else { return false };
        let actor = user.claimant.actor_id();
        if let Claimant::Process(waiter) = &user.claimant {
            waiter.note_moved();
        }
        self.forget_claim(actor, from.0, from.1);
        self.with_resource(to, |units: &mut Units, kernel| {
            units.keep_up(kernel.now);
            let claim = claim.priority(priority);
            let ticket = units.facility.put_in(kernel.now, claim, since, user);
            kernel.features.resources.move_claim(from, (to, ticket));
            kernel.remember_claim(actor, to, ticket);
            units.serve(kernel, to);
        });
        true
    }
}

impl Units {
    /// A claim that waits for this resource alone.
    fn movable(&self, ticket: Ticket) -> Option<Claim> {
        let alone = !self.several.contains_key(&ticket);
        self.facility.wanted(ticket).filter(|_| alone)
    }
}
