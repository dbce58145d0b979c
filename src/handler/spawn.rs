//! Births of actors.

use crate::actor::{ActorId, ActorRef, Message, SpawnOptions};
use crate::features::Kernel;
use crate::handler::behaviour::Actor;
use crate::handler::class::ActorClass;
use crate::handler::context::Context;
use crate::kernel::{Born, Newborn};
use crate::store::{NONE, Op};
use crate::tie::Thing;
use crate::time::Span;

impl Kernel {
    /// Spawns an actor. With `first`, it is a task that begins with that message.
    pub(crate) fn spawn<A: Actor>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &SpawnOptions,
        mut state: A,
        first: Option<A::Message>,
    ) -> ActorRef<A::Message> {
        let make = |class, pool| Box::new(ActorClass::<A>::new(class, pool)) as _;
        let Some(id) = self.register::<A, A::Message>(owner, spawn, make) else {
            return ActorRef::new(ActorId::OUTSIDE, self.family);
        };
        let task = first.is_some();
        let owner = owner.unwrap_or(ActorId::OUTSIDE);
        let pending = if let Some(first) = first {
            let submitted = self.arrival(owner, id).map_or(self.now, |(time, _)| time);
            let ready = match submitted.checked_add(spawn.startup) {
                Some(time) => Some((time, self.lane(time))),
                None => self.overflow(),
            };
            self.post(ready, owner, id, Op::TASK_READY, first)
        } else {
            self.start(id, &mut state, spawn.startup)
        };
        let state = Born::State(Box::new(state));
        self.newborns.push(Newborn { id, state, task, pending });
        ActorRef::new(id, self.family)
    }

    /// Lets an actor begin, now or in a new life: the event up to which it is busy, or `NONE`.
    ///
    /// The actor goes on with its first message as after a hold, so that nothing that others
    /// send comes before it.
    pub(super) fn start<A: Actor>(&mut self, id: ActorId, state: &mut A, startup: Span) -> u32 {
        let first = state.started();
        if first.is_none() && startup.is_zero() {
            return NONE;
        }
        let ready = self.after(startup);
        match first {
            Some(first) => self.post(ready, id, id, Op::RESUME, first),
            None => self.schedule_plain(ready, id, Op::RESUME),
        }
    }
}

impl<M: Message> Context<'_, M> {
    /// Spawns an actor that this one owns: it dies when this one dies.
    ///
    /// Messages can be sent to it at once. It starts after [`SpawnOptions::startup`]. Ends the run
    /// if a living child has the same name.
    pub fn spawn<A: Actor>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        actor: A,
    ) -> ActorRef<A::Message> {
        self.kernel.spawn(Some(self.id), &spawn.into(), actor, None)
    }

    /// Spawns an actor that another one owns, as if that one had spawned it. `None` if the other is
    /// dead. It is for actors that decide on the lives of others' children, and would give a dead
    /// child a successor of the same name.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, Message, Simulation};
    ///
    /// struct Idle;
    /// impl Actor for Idle {
    ///     type Message = u64;
    ///     fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
    /// }
    ///
    /// struct Office { of: ActorRef<u64> }
    /// impl Actor for Office {
    ///     type Message = u64;
    ///     fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
    ///         let made = context.spawn_below(&self.of, ("clerk", number as u32), Idle);
    ///         assert!(made.is_some(), "the owner lives");
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let boss = simulation.spawn("boss", Idle);
    /// let office = simulation.spawn("office", Office { of: *boss });
    /// simulation.send(&office, 7);
    /// simulation.run()?;
    /// assert!(simulation.find::<u64>("boss/clerk[7]").is_ok());
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn spawn_below<N: Message, A: Actor>(
        &mut self,
        owner: &ActorRef<N>,
        spawn: impl Into<SpawnOptions>,
        actor: A,
    ) -> Option<ActorRef<A::Message>> {
        let owner = self.kernel.named(owner);
        self.kernel.ties.marks.sees(Thing::Lives);
        let lives = self.kernel.entities.is_alive(owner);
        lives.then(|| self.kernel.spawn(Some(owner), &spawn.into(), actor, None))
    }

    /// Submits a task: an actor that begins with the message `first` once it has got a CPU slot. It
    /// keeps the slot while it runs, holds or rests, and lends it while it waits for an answer. It
    /// gives the slot back when it dies. A task ends itself with [`stop`](Self::stop).
    ///
    /// It is ready for a slot after the link's latency and its start-up.
    ///
    /// # Examples
    /// Three tasks of ten seconds on two CPUs take twenty:
    /// ```
    /// use flagfall::{Actor, Config, Context, Message, Simulation, Span};
    ///
    /// #[derive(Debug, Message)]
    /// enum Step { Compute, Over }
    ///
    /// struct Task;
    /// impl Actor for Task {
    ///     type Message = Step;
    ///     fn handle(&mut self, step: Step, context: &mut Context<'_, Step>) {
    ///         match step {
    ///             Step::Compute => context.hold(Span::from_secs(10), Step::Over),
    ///             Step::Over => context.stop(),
    ///         }
    ///     }
    /// }
    ///
    /// struct Driver;
    /// impl Actor for Driver {
    ///     type Message = u32;
    ///     fn handle(&mut self, tasks: u32, context: &mut Context<'_, u32>) {
    ///         for number in 0..tasks {
    ///             context.spawn_task(("task", number), Task, Step::Compute);
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42).cpus(2));
    /// let driver = simulation.spawn("driver", Driver);
    /// simulation.send(&driver, 3);
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "20s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn spawn_task<A: Actor>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        actor: A,
        first: A::Message,
    ) -> ActorRef<A::Message> {
        self.kernel.spawn(Some(self.id), &spawn.into(), actor, Some(first))
    }
}
