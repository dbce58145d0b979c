//! Reading and changing the state of an actor from outside.

use crate::actor::ActorId;
use crate::handler::{Actor, RefTo, Spawned};
use crate::simulation::handle::Simulation;
use std::ops::{Index, IndexMut};

impl Simulation {
    /// The state of an actor. `None` if it is dead, if it is not an `A`, or if the run has failed.
    /// `simulation[&till]` is the same, and panics instead.
    ///
    /// # Panics
    /// If the reference is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn inspect<A: Actor>(&self, actor: &impl RefTo<A>) -> Option<&A> {
        let id = self.engine.kernel.borrow().seen(actor.reference());
        if self.engine.failed.is_some() {
            return None;
        }
        self.engine.classes.get(id.class() as usize)?.state(id)?.downcast_ref()
    }

    /// The state of an actor, to change it. `None` if it is dead, if it is not an `A`, or if the
    /// run has failed.
    ///
    /// A change is not an event: the digest and the observers get only its consequences.
    ///
    /// # Panics
    /// If the reference is of another simulation.
    #[track_caller]
    #[must_use]
    pub fn state_mut<A: Actor>(&mut self, actor: &impl RefTo<A>) -> Option<&mut A> {
        let id = self.engine.kernel.borrow().seen(actor.reference());
        if self.engine.failed.is_some() {
            return None;
        }
        self.engine.classes.get_mut(usize::from(id.class()))?.state_mut(id)?.downcast_mut()
    }
}

impl<A: Actor> Index<&Spawned<A>> for Simulation {
    type Output = A;

    /// The state of an actor.
    ///
    /// # Panics
    /// If the actor is dead, the run has failed, or the reference is of another
    /// simulation; see [`Simulation::inspect`].
    #[track_caller]
    fn index(&self, actor: &Spawned<A>) -> &A {
        match self.inspect(actor) {
            Some(state) => state,
            None => self.no_state(actor.id()),
        }
    }
}

impl<A: Actor> IndexMut<&Spawned<A>> for Simulation {
    /// The state of an actor, to change it; see [`Simulation::state_mut`].
    ///
    /// # Panics
    /// As [`index`](Index::index).
    #[track_caller]
    fn index_mut(&mut self, actor: &Spawned<A>) -> &mut A {
        // Looked up twice: the borrow of a single look-up would still be open at the panic.
        if self.inspect(actor).is_none() {
            self.no_state(actor.id());
        }
        self.state_mut(actor).expect("it has just been there")
    }
}

impl Simulation {
    #[cold]
    #[track_caller]
    fn no_state(&self, actor: ActorId) -> ! {
        match &self.engine.failed {
            Some(error) => panic!("no state can be read: the run has failed: {error}"),
            None => panic!("{} is dead: `inspect` is `None` then", self.path(actor)),
        }
    }
}
