//! Supervision from outside a run.

use crate::actor::{ActorId, ActorRef, Message, SpawnOptions};
use crate::features::Restart;
use crate::handler::{Actor, Spawned};
use crate::record::Undeliverable;
use crate::simulation::handle::Simulation;
use crate::supervision::{FindError, Fresh, Restored};
use std::marker::PhantomData;

impl Simulation {
    /// Spawns a supervised actor without an owner, from a factory; see
    /// [`Context::spawn_supervised`](crate::Context::spawn_supervised). If it exceeds its bound of
    /// restarts, it stays dead.
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn), and if the policy bounds restarts in a span of zero.
    #[track_caller]
    pub fn spawn_supervised<A: Actor>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        policy: Restart,
        make: impl FnMut() -> A + 'static,
    ) -> Spawned<A> {
        let (spawn, make) = (spawn.into(), Fresh(make, PhantomData));
        Spawned::new(self.done(|kernel| kernel.spawn_supervised::<A>(None, &spawn, policy, make)))
    }

    /// Spawns a supervised actor without an owner, from a factory that gets its last checkpoint;
    /// see [`Context::spawn_restored`](crate::Context::spawn_restored).
    ///
    /// # Panics
    /// As [`spawn_supervised`](Self::spawn_supervised).
    #[track_caller]
    pub fn spawn_restored<A: Actor, S: 'static>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        policy: Restart,
        make: impl FnMut(Option<&S>) -> A + 'static,
    ) -> Spawned<A> {
        let (spawn, make) = (spawn.into(), Restored(make, PhantomData));
        Spawned::new(self.done(|kernel| kernel.spawn_supervised::<A>(None, &spawn, policy, make)))
    }

    /// How often a supervised actor was restarted; `None` if it is dead or not supervised.
    #[must_use]
    pub fn restarts(&self, actor: ActorId) -> Option<u64> {
        self.engine.kernel.borrow().features.supervised.restarts(actor)
    }

    /// The living actor or process of that path, like [`Context::find`](crate::Context::find).
    ///
    /// # Errors
    /// As [`Context::find`](crate::Context::find).
    pub fn find<M: Message>(&self, path: &str) -> Result<ActorRef<M>, FindError> {
        self.engine.kernel.borrow().find(path)
    }

    /// The newest messages to dead actors, oldest first. There are at most as many as
    /// [`Config::keep_undeliverable`](crate::Config::keep_undeliverable) asked for;
    /// [`Counts::undeliverable`](crate::Counts::undeliverable) is the number of all. Cost: a copy
    /// of them.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, VirtualTime};
    ///
    /// struct Sink;
    /// impl Actor for Sink {
    ///     type Message = u64;
    ///     fn handle(&mut self, _: u64, context: &mut Context<'_, u64>) {
    ///         context.stop();
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42).keep_undeliverable(2));
    /// let sink = simulation.spawn("sink", Sink);
    /// for message in 0..4 {
    ///     simulation.send(&sink, message);
    /// }
    /// simulation.run()?;
    /// let kept: Vec<String> = simulation.undeliverable().iter().map(ToString::to_string).collect();
    /// assert_eq!(kept, [
    ///     "0.000000000 outside to sink (finished): 2",
    ///     "0.000000000 outside to sink (finished): 3",
    /// ]);
    /// assert_eq!(simulation.counts().undeliverable, 3);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[must_use]
    pub fn undeliverable(&self) -> Vec<Undeliverable> {
        self.engine.kernel.borrow().journal.undeliverable().cloned().collect()
    }
}
