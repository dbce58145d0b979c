//! Containers: an amount that processes and actors put into and get out of.

use crate::actor::{ActorId, Message, SpawnOptions};
use crate::error::ErrorKind;
use crate::features::{AnyResource, GivenUp, Kernel};
use crate::handler::Context;
use crate::line::{Known, Level, Reported, ResourceKind, ResourceStatistics, Ticket, Usage};
use crate::process::{Process, Sealed, Wait};
use crate::resource::environment::Environment;
use crate::resource::facility::Waiting;
use crate::resource::resources::{Claimant, ResourceId};
use crate::time::VirtualTime;
use std::fmt;
use std::pin::Pin;
use std::task::Poll;

/// An amount of something (litres, dollars, kilowatt-hours) between nothing and a capacity. A put
/// waits until there is room; a get waits until there is enough. Each line is served in its order,
/// and the first in a line makes the others wait.
///
/// Amounts are whole numbers, in a unit small enough for the model.
///
/// # Examples
/// ```
/// use flagfall::{Config, Container, Simulation, Span};
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let tank = Container::new(&mut simulation, "tank", 200, 10);
/// simulation.process("car", async move |p| {
///     tank.get(&p, 40).await; // waits for the truck
///     assert_eq!(p.now().to_string(), "5s");
/// });
/// simulation.process("truck", async move |p| {
///     p.sleep(Span::from_secs(5)).await;
///     tank.put(&p, 100).await;
/// });
/// simulation.run()?;
/// assert_eq!(tank.level(&simulation), 70);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, flagfall_derive::Message)]
pub struct Container {
    pub(super) id: ResourceId,
}

pub(super) type State = Level<Claimant<()>>;

impl Container {
    /// Makes a container of that capacity, filled to `level`.
    ///
    /// Fails the run if the name is taken, or if the capacity is zero or less than `level`.
    #[track_caller]
    pub fn new(
        environment: &mut impl Environment,
        name: impl Into<SpawnOptions>,
        capacity: u64,
        level: u64,
    ) -> Self {
        let name = name.into();
        let id = environment.touch(|kernel| {
            if level > capacity && capacity > 0 {
                let resource = name.to_string();
                kernel.fail(ErrorKind::NeverEnough { resource, asked: level, capacity });
            }
            kernel.add_resource(&name, capacity, |kernel| {
                Box::new(State::new(capacity, level, kernel.now))
            })
        });
        Self { id }
    }

    /// The largest amount that it can hold.
    #[track_caller]
    #[must_use]
    pub fn capacity(&self, environment: &impl Environment) -> u64 {
        self.id.read(environment, |level: &State, _| level.capacity)
    }

    /// The amount in it now.
    #[track_caller]
    #[must_use]
    pub fn level(&self, environment: &impl Environment) -> u64 {
        self.id.read(environment, |level: &State, _| level.level)
    }

    /// The amount that came back and has no room yet. Example: one process gets 5, another puts 5
    /// into the room, and the first gives up its get before it noticed the grant. The 5 go in
    /// before all puts, as soon as there is room. No process waits for them. They are not part of
    /// the level or of any statistic.
    #[track_caller]
    #[must_use]
    pub fn aside(&self, environment: &impl Environment) -> u128 {
        self.id.read(environment, |level: &State, _| level.aside)
    }

    /// How many puts and gets wait.
    #[track_caller]
    #[must_use]
    pub fn waiting(&self, environment: &impl Environment) -> usize {
        self.id.read(environment, |level: &State, _| level.waiting())
    }

    /// Statistics of the level and of the waiting times so far.
    ///
    /// # Panics
    /// If it belongs to another simulation, as everything that reads it does.
    #[track_caller]
    #[must_use]
    pub fn statistics(&self, environment: &impl Environment) -> ResourceStatistics {
        self.id.read(environment, |level: &State, kernel| level.statistics(kernel.now))
    }

    /// Puts an amount in, and waits until there is room for it. Begins now; dropping the future
    /// leaves the line.
    ///
    /// If the amount is in and the future was never polled, it stays in. So `drop(tank.put(&p, 5))`
    /// is enough for a process that knows of the room. An amount that goes in and is given up at
    /// one instant is taken out again, unless others have got some of it.
    ///
    /// Fails the run if the amount is more than the capacity.
    #[track_caller]
    pub fn put<M: Message>(&self, process: &Process<M>, amount: u64) -> Transfer {
        self.transfer(process, true, 0, amount)
    }

    /// Gets an amount out, and waits until it is there. Begins now. Dropping the future leaves the
    /// line, and puts back an amount that the process has not noticed. If others filled the room at
    /// that very instant, it stands [`aside`](Self::aside).
    ///
    /// Fails the run if the amount is more than the capacity.
    #[track_caller]
    pub fn get<M: Message>(&self, process: &Process<M>, amount: u64) -> Transfer {
        self.transfer(process, false, 0, amount)
    }

    #[track_caller]
    pub(super) fn transfer<M: Message>(
        self,
        process: &Process<M>,
        is_put: bool,
        priority: i32,
        amount: u64,
    ) -> Transfer {
        let (wait, mut kernel) = Wait::begin(process);
        let who = Claimant::Process(wait.waiter());
        let container = self.id.owned(&mut kernel);
        let ticket = kernel.transfer(container, is_put, priority, amount, who);
        Transfer { wait, container, ticket, is_put, amount, handed_out: false }
    }

    /// Puts an amount in for an actor. Once there is room, the actor gets the message that `then`
    /// makes.
    pub fn put_then<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        amount: u64,
        then: impl FnOnce(()) -> M + 'static,
    ) -> Waiting {
        self.transfer_for(context, true, amount, then)
    }

    /// Gets an amount out for an actor. Once it is there, the actor gets the message that `then`
    /// makes. The amount does not come back if the actor dies before the message arrives.
    pub fn get_then<M: Message>(
        &self,
        context: &mut Context<'_, M>,
        amount: u64,
        then: impl FnOnce(()) -> M + 'static,
    ) -> Waiting {
        self.transfer_for(context, false, amount, then)
    }

    fn transfer_for<M: Message>(
        self,
        context: &mut Context<'_, M>,
        is_put: bool,
        amount: u64,
        then: impl FnOnce(()) -> M + 'static,
    ) -> Waiting {
        let who = Claimant::actor(context.id, then);
        let id = self.id.owned(context.kernel);
        let ticket = context.kernel.transfer(id, is_put, 0, amount, who);
        Waiting { resource: self.id, ticket }
    }

    /// Leaves the line; returns `false` if it is too late.
    pub fn withdraw<M: Message>(&self, context: &mut Context<'_, M>, waiting: Waiting) -> bool {
        waiting.withdraw(self.id, context)
    }
}

/// Waits until an amount is put in or got out; see [`Container::put`].
#[must_use = "a transfer that waits is given up when it is dropped: write \
              `tank.get(&p, 5).await`"]
pub struct Transfer {
    wait: Wait,
    container: ActorId,
    ticket: Option<Ticket>,
    is_put: bool,
    amount: u64,
    handed_out: bool,
}

impl Transfer {
    /// Stops waiting: leaves the line. An amount that was got out at this very instant is put back.
    ///
    /// Dropping the future does the same, except for an amount that was put in and never polled:
    /// only `give_up` takes that out again.
    pub fn give_up(self) {
        self.wait.give_up();
    }
}

impl Future for Transfer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<()> {
        self.poll_look(context)
    }
}

impl Sealed for Transfer {
    fn look(&self, context: &mut std::task::Context<'_>) -> bool {
        self.wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        self.wait.is_decided()
    }

    fn take(&mut self) {
        self.handed_out = true;
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.filter(|_| !self.handed_out) else { return };
        // A put that is in and was never polled stays: the caller did not want to wait.
        let stays = self.is_put && !self.wait.was_looked_at();
        let amount = if stays { 0 } else { self.amount };
        let how = if self.is_put { give_up::<true> } else { give_up::<false> };
        self.wait.leave(self.container, ticket, amount, how);
    }
}

fn give_up<const IS_PUT: bool>(kernel: &mut Kernel, given_up: &GivenUp<Kernel>) {
    let GivenUp { of, ticket, amount, served, .. } = *given_up;
    if kernel.withdraw(of, ticket) || amount == 0 {
        return;
    }
    // The transfer was served, and the process has not noticed.
    kernel.with_resource(of, |level: &mut State, kernel| {
        if level.undo(kernel.now, IS_PUT, amount, served) {
            kernel.look_later(of);
        }
    });
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transfer of {}", self.amount)
    }
}

impl Kernel {
    fn transfer(
        &mut self,
        id: ActorId,
        is_put: bool,
        priority: i32,
        amount: u64,
        who: Claimant<()>,
    ) -> Option<Ticket> {
        let capacity = self.resource::<State>(id).map(|level| level.capacity);
        if let Some(capacity) = capacity.filter(|capacity| *capacity < amount) {
            let resource = self.entities.path(id).to_string();
            self.fail(ErrorKind::NeverEnough { resource, asked: amount, capacity });
            return None;
        }
        self.take_back_first();
        self.with_resource(id, |level: &mut State, kernel| {
            let actor = who.actor_id();
            let ticket = level.claim(kernel.now, is_put, priority, amount, who);
            kernel.remember_claim(actor, id, ticket);
            serve(level, kernel, id, is_put);
            ticket
        })
    }
}

/// Serves one of the lines. The other line, which may now be served, is checked later.
fn serve(level: &mut State, kernel: &mut Kernel, id: ActorId, is_put: bool) {
    while let Some((ticket, mut who)) = level.serve_next(kernel.now, is_put) {
        kernel.forget_claim(who.actor_id(), id, ticket);
        if level.is_awaited(!is_put) {
            kernel.look_later(id);
        }
        kernel.tell(id, &mut who, |_| ());
    }
}

impl AnyResource<Kernel> for State {
    fn look(&mut self, kernel: &mut Kernel, id: ActorId) {
        serve(self, kernel, id, true);
        serve(self, kernel, id, false);
    }

    fn withdraw(&mut self, kernel: &mut Kernel, id: ActorId, _: ActorId, ticket: Ticket) -> bool {
        let withdrawn = Level::withdraw(self, kernel.now, ticket).is_some();
        if withdrawn {
            kernel.look_later(id);
        }
        withdrawn
    }

    fn usage(&mut self) -> Option<&mut Usage> {
        Some(&mut self.usage)
    }

    fn begin_anew(&mut self, at: VirtualTime) {
        Level::begin_anew(self, at);
    }

    fn keep_history(&mut self, now: VirtualTime) {
        Level::keep_history(self, now);
    }

    fn reported(&self, now: VirtualTime) -> Option<Reported> {
        let (statistics, history) = (self.statistics(now), self.history(now));
        Some(Reported { kind: ResourceKind::Container, statistics, history })
    }

    fn waiting(&self, _: ActorId, _: VirtualTime) -> Vec<(ActorId, VirtualTime)> {
        self.lines().map(|(who, since)| (who.id(), since)).collect()
    }
}
