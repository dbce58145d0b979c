//! References that know the type of their actor.

use crate::actor::ActorRef;
use crate::handler::behaviour::Actor;
use std::ops::Deref;

/// A reference to an actor that was spawned from outside. It is an [`ActorRef`] that knows the type
/// of its actor, so that `simulation[&till]` is the state.
///
/// A method that takes `&ActorRef` also takes `&till`. Messages and other actors hold the plain
/// reference, `*till`. It knows the type of the messages, but not the type of the actor.
///
/// # Examples
/// ```
/// use flagfall::{Actor, ActorRef, Config, Context, Simulation};
///
/// #[derive(Default)]
/// struct Till { served: u32 }
/// impl Actor for Till {
///     type Message = u32;
///     fn handle(&mut self, customers: u32, _: &mut Context<'_, u32>) {
///         self.served += customers;
///     }
/// }
///
/// struct Door { till: ActorRef<u32> }
/// impl Actor for Door {
///     type Message = u32;
///     fn handle(&mut self, customers: u32, context: &mut Context<'_, u32>) {
///         context.send(&self.till, customers);
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let till = simulation.spawn("till", Till::default());
/// let door = simulation.spawn("door", Door { till: *till });
/// simulation.send(&door, 3);
/// simulation.run()?;
/// assert_eq!(simulation[&till].served, 3);
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
pub struct Spawned<A: Actor>(ActorRef<A::Message>);

impl<A: Actor> Spawned<A> {
    pub(crate) fn new(actor: ActorRef<A::Message>) -> Self {
        Self(actor)
    }
}

impl<A: Actor> Deref for Spawned<A> {
    type Target = ActorRef<A::Message>;

    fn deref(&self) -> &ActorRef<A::Message> {
        &self.0
    }
}

impl<A: Actor> From<Spawned<A>> for ActorRef<A::Message> {
    fn from(actor: Spawned<A>) -> Self {
        actor.0
    }
}

handle!(Spawned<A: Actor>, "", spawned => spawned.0);

/// A reference to an actor of type `A`. It is a [`Spawned`], which knows the type, or an
/// [`ActorRef`], for which the caller names it, as in `simulation.inspect::<Till>(&actor)`.
pub trait RefTo<A: Actor>: sealed::Sealed {
    #[doc(hidden)]
    fn reference(&self) -> &ActorRef<A::Message>;
}

mod sealed {
    use super::{Actor, ActorRef, Spawned};

    pub trait Sealed {}
    impl<A: Actor> Sealed for Spawned<A> {}
    impl<M> Sealed for ActorRef<M> {}
}

impl<A: Actor> RefTo<A> for Spawned<A> {
    fn reference(&self) -> &ActorRef<A::Message> {
        &self.0
    }
}

impl<A: Actor> RefTo<A> for ActorRef<A::Message> {
    fn reference(&self) -> &Self {
        self
    }
}
