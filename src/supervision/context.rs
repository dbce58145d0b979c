//! Supervising, failing and watching in handlers.

use crate::actor::{ActorRef, DeathCause, DeathNotice, Message, SpawnOptions};
use crate::features::Restart;
use crate::handler::{Actor, Context};
use crate::store::Op;
use crate::supervision::supervised::{Fresh, Restored};
use crate::supervision::watch::Watch;
use std::marker::PhantomData;

impl<M: Message> Context<'_, M> {
    /// Spawns an actor that this one owns and supervises. `make` makes its
    /// state now and whenever `policy` restarts it.
    ///
    /// The factory should depend only on what it captures and have no side effects: it runs in the
    /// event of the death. See [`supervision`](super) for what a restart keeps. Errors end the run,
    /// as with [`spawn`](Self::spawn); so does a panic in the factory.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Restart, Simulation};
    ///
    /// struct Worker;
    /// impl Actor for Worker {
    ///     type Message = u64;
    ///     fn handle(&mut self, _: u64, context: &mut Context<'_, u64>) {
    ///         context.fail("out of memory");
    ///     }
    /// }
    ///
    /// struct Boss;
    /// impl Actor for Boss {
    ///     type Message = u64;
    ///     fn handle(&mut self, jobs: u64, context: &mut Context<'_, u64>) {
    ///         let worker = context.spawn_supervised("worker", Restart::on_failure(), || Worker);
    ///         (0..jobs).for_each(|job| context.send(&worker, job));
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let boss = simulation.spawn("boss", Boss);
    /// simulation.send(&boss, 3);
    /// simulation.run()?;
    /// let worker = simulation.find::<u64>("boss/worker")?;
    /// assert_eq!(simulation.restarts(worker.id()), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn spawn_supervised<A: Actor>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        policy: Restart,
        make: impl FnMut() -> A + 'static,
    ) -> ActorRef<A::Message> {
        let make = Fresh(make, PhantomData);
        self.kernel.spawn_supervised::<A>(Some(self.id), &spawn.into(), policy, make)
    }

    /// Like [`spawn_supervised`](Self::spawn_supervised), but the factory gets the last
    /// [checkpoint](Self::checkpoint) of the actor's path, or `None`. An earlier
    /// incarnation or an earlier actor of that path saved it.
    ///
    /// If the checkpoint is not an `S`, the run ends with
    /// [`ErrorKind::CheckpointType`](crate::ErrorKind::CheckpointType).
    pub fn spawn_restored<A: Actor, S: 'static>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        policy: Restart,
        make: impl FnMut(Option<&S>) -> A + 'static,
    ) -> ActorRef<A::Message> {
        self.kernel.spawn_supervised::<A>(
            Some(self.id),
            &spawn.into(),
            policy,
            Restored(make, PhantomData),
        )
    }

    /// Saves a state for the next incarnation of this actor, and replaces the last one.
    /// The checkpoint is kept under the actor's path until the simulation is dropped.
    /// Saving takes no virtual time; model a slow write with a [`hold`](Self::hold).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Message, Restart, Simulation};
    ///
    /// #[derive(Debug, Message)]
    /// enum Entry { Add(u64), Crash }
    ///
    /// struct Ledger { sum: u64 }
    /// impl Actor for Ledger {
    ///     type Message = Entry;
    ///     fn handle(&mut self, entry: Entry, context: &mut Context<'_, Entry>) {
    ///         match entry {
    ///             Entry::Add(amount) => {
    ///                 self.sum += amount;
    ///                 context.checkpoint(self.sum);
    ///             }
    ///             Entry::Crash => context.fail("power cut"),
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let ledger = simulation.spawn_restored("ledger", Restart::always(), |saved: Option<&u64>| {
    ///     Ledger { sum: saved.copied().unwrap_or(0) }
    /// });
    /// for entry in [Entry::Add(3), Entry::Add(4), Entry::Crash] {
    ///     simulation.send(&ledger, entry);
    /// }
    /// simulation.run()?;
    /// assert_eq!(simulation[&ledger].sum, 7);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn checkpoint<S: 'static>(&mut self, state: S) {
        self.kernel.checkpoint(self.id, state);
    }

    /// Ends this actor with [`DeathCause::Failed`] when the handler returns. If its policy restarts
    /// it, it lives on with a new state. Actors that [watch](Self::watch) it are told the reason.
    pub fn fail(&mut self, reason: impl Into<String>) {
        self.ending = Some(DeathCause::Failed);
        self.kernel.set_reason(reason.into());
    }

    /// Kills an actor for good: like [`kill`](Self::kill), but no policy restarts
    /// it (Ray's `ray.kill` with `no_restart`).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, Restart, Simulation};
    ///
    /// struct Phoenix;
    /// impl Actor for Phoenix {
    ///     type Message = bool;
    ///     fn handle(&mut self, for_good: bool, context: &mut Context<'_, bool>) {
    ///         let me = context.me();
    ///         if for_good { context.dismiss(&me) } else { context.kill(&me) }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let phoenix = simulation.spawn_supervised("phoenix", Restart::always(), || Phoenix);
    /// simulation.send(&phoenix, false);
    /// simulation.run()?;
    /// assert!(simulation.is_alive(phoenix.id()));
    /// simulation.send(&phoenix, true);
    /// simulation.run()?;
    /// assert!(!simulation.is_alive(phoenix.id()));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn dismiss<N>(&mut self, victim: &ActorRef<N>) {
        let victim = self.kernel.named(victim);
        self.kernel.post_death(self.id, victim, Op::DISMISS);
    }

    /// Asks for a notice of an actor's death. `wrap` makes the [`DeathNotice`] a message
    /// for this actor. It arrives after the link's latency, and may overtake messages.
    ///
    /// An actor that is restarted is still watched: each of its deaths sends a notice. If
    /// the actor is already dead, the notice is sent at once. A watch ends with the last
    /// death of the watched actor, with the death or restart of the watcher, or by
    /// [`unwatch`](Self::unwatch). Two watches bring two notices. Cost: O(log watches).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, DeathCause, DeathNotice, Simulation};
    /// use flagfall::{Message, VirtualTime};
    ///
    /// #[derive(Debug, Message)]
    /// enum Watching { Look(ActorRef<u64>), Gone(DeathNotice) }
    ///
    /// #[derive(Default)]
    /// struct Watcher { gone: Vec<DeathNotice> }
    /// impl Actor for Watcher {
    ///     type Message = Watching;
    ///     fn handle(&mut self, message: Watching, context: &mut Context<'_, Watching>) {
    ///         match message {
    ///             Watching::Look(at) => {
    ///                 context.watch(&at, Watching::Gone);
    ///             }
    ///             Watching::Gone(notice) => self.gone.push(notice),
    ///         }
    ///     }
    /// }
    ///
    /// struct Worker;
    /// impl Actor for Worker {
    ///     type Message = u64;
    ///     fn handle(&mut self, _: u64, context: &mut Context<'_, u64>) {
    ///         context.fail("out of memory");
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let worker = simulation.spawn("worker", Worker);
    /// let watcher = simulation.spawn("watcher", Watcher::default());
    /// simulation.send(&watcher, Watching::Look(*worker));
    /// simulation.send(&worker, 1);
    /// simulation.run()?;
    /// let gone = &simulation[&watcher].gone;
    /// assert_eq!((gone[0].path.as_str(), gone[0].cause), ("worker", DeathCause::Failed));
    /// assert_eq!((gone[0].reason.as_str(), gone[0].when), ("out of memory", Some(VirtualTime::ZERO)));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn watch<N>(
        &mut self,
        other: &ActorRef<N>,
        wrap: impl Fn(DeathNotice) -> M + 'static,
    ) -> Watch {
        let other = self.kernel.named(other);
        self.kernel.watch(self.id, other, wrap)
    }

    /// Ends a watch of this actor; `false` if it had already ended. A notice that is
    /// under way still arrives. Cost: O(log watches).
    pub fn unwatch(&mut self, watch: Watch) -> bool {
        self.kernel.unwatch(self.id, watch)
    }
}
