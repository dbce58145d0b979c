//! Groups: lists of actors that are told together.

use crate::actor::{ActorId, ActorRef, Message, SpawnOptions};
use crate::digest::Digest;
use crate::features::{AnyResource, Kernel};
use crate::line::Ticket;
use crate::resource::{Environment, ResourceId};
use crate::tie::Thing;
use std::marker::PhantomData;

/// A list of living actors that take messages of type `M`, in the order in which they were added.
/// An actor that dies leaves it; an actor that is restarted stays.
///
/// A copy is the same group. [`Context::broadcast`](crate::Context::broadcast),
/// [`Context::ask_all`](crate::Context::ask_all) and
/// [`Context::ask_first`](crate::Context::ask_first) take its members.
///
/// # Examples
/// ```
/// use flagfall::{Actor, Config, Context, Group, Simulation, VirtualTime};
///
/// struct Worker;
/// impl Actor for Worker {
///     type Message = u64;
///     fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let idle = Group::new(&mut simulation, "idle");
/// let workers = [1, 2, 3].map(|number| simulation.spawn(("worker", number), Worker));
/// workers.iter().for_each(|worker| idle.add(&mut simulation, worker));
/// idle.remove(&mut simulation, &workers[1]);
/// simulation.kill_at(VirtualTime::ZERO, &workers[0])?;
/// simulation.run()?;
/// assert_eq!(idle.members(&simulation), [*workers[2]]);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub struct Group<M> {
    id: ResourceId,
    messages: PhantomData<fn(M)>,
}

handle!(Group<T>, "group ", handle => handle.id);

impl<T: 'static> Message for Group<T> {
    fn digest(&self, digest: &mut Digest) {
        self.id.digest(digest);
    }

    fn size(&self) -> u64 {
        self.id.size()
    }
}

/// The kernel's data of a group. Members leave when they die, like claims in the line of a
/// resource.
struct Members(Vec<ActorId>);

/// All members have the same ticket: it is not a place in a line.
const MEMBER: Ticket = Ticket::new(0, 0);

impl<M: Message> Group<M> {
    /// Makes a group without members. Fails the run if the name is taken.
    #[track_caller]
    pub fn new(environment: &mut impl Environment, name: impl Into<SpawnOptions>) -> Self {
        let name = name.into();
        let make = |_: &Kernel| Box::new(Members(Vec::new())) as _;
        Self {
            id: environment.touch(|kernel| kernel.add_resource(&name, 1, make)),
            messages: PhantomData,
        }
    }

    /// Adds a member, unless it is one already or is dead. Cost: O(members).
    #[track_caller]
    pub fn add(&self, environment: &mut impl Environment, member: &ActorRef<M>) {
        environment.touch(|kernel| {
            let (id, member) = (self.id.owned(kernel), kernel.named(member));
            kernel.ties.marks.sees(Thing::Lives);
            let is_alive = kernel.entities.is_alive(member);
            kernel.with_resource(id, |members: &mut Members, kernel| {
                if is_alive && !members.0.contains(&member) {
                    members.0.push(member);
                    kernel.remember_claim(member, id, MEMBER);
                }
            });
        });
    }

    /// Removes a member, if it is one. Cost: O(members).
    #[track_caller]
    pub fn remove(&self, environment: &mut impl Environment, member: &ActorRef<M>) {
        environment.touch(|kernel| {
            let (id, member) = (self.id.owned(kernel), kernel.named(member));
            kernel.with_resource(id, |members: &mut Members, kernel| {
                members.0.retain(|other| *other != member);
                kernel.forget_claim(member, id, MEMBER);
            });
        });
    }

    /// The living members, in the order in which they were added.
    #[track_caller]
    #[must_use]
    pub fn members(&self, environment: &impl Environment) -> Vec<ActorRef<M>> {
        self.id.read(environment, |members: &Members, kernel| {
            members.0.iter().map(|id| ActorRef::new(*id, kernel.family)).collect()
        })
    }
}

impl AnyResource<Kernel> for Members {
    fn withdraw(&mut self, _: &mut Kernel, _: ActorId, member: ActorId, _: Ticket) -> bool {
        self.0.retain(|other| *other != member);
        true
    }

    /// After a restart, the reference still names the actor.
    fn outlasts_restarts(&self) -> bool {
        true
    }
}
