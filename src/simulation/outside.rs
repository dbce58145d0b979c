//! Calls from outside a run: a mistake is reported by the call, not by the next step.

use crate::actor::{ActorId, ActorRef, Message, SpawnOptions};
use crate::error::{ErrorKind, SimulationError};
use crate::features::Kernel;
use crate::handler::{Actor, Spawned};
use crate::simulation::handle::Simulation;
use crate::store::Op;
use crate::time::{Span, VirtualTime};

impl Simulation {
    /// Does `work` between two steps, and returns the mistake, if there was one. The run goes on as
    /// if the mistake had not been made; a limit that was reached ends the run.
    pub(super) fn tried<T>(
        &mut self,
        work: impl FnOnce(&mut Kernel) -> T,
    ) -> (T, Option<SimulationError>) {
        let mut kernel = self.engine.kernel.borrow_mut();
        let before = kernel.failure.take();
        let done = work(&mut kernel);
        let error = kernel.failure.take();
        let lasting = error.as_ref().filter(|error| is_limit(error)).cloned();
        kernel.failure = before.or(lasting);
        drop(kernel);
        self.engine.settle_births();
        (done, error)
    }

    /// The same, for calls that return no error: a mistake panics.
    #[track_caller]
    pub(super) fn done<T>(&mut self, work: impl FnOnce(&mut Kernel) -> T) -> T {
        match self.tried(work) {
            (_, Some(error)) if !is_limit(&error) => refuse(&error),
            (done, _) => done,
        }
    }

    /// The same, for calls that return an error.
    pub(super) fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Kernel) -> T,
    ) -> Result<T, SimulationError> {
        let (done, error) = self.tried(work);
        error.map_or(Ok(done), Err)
    }

    /// Spawns an actor without an owner, or returns an error. Use it for names that are not known
    /// when the program is written; [`spawn`](Self::spawn) panics instead.
    ///
    /// # Errors
    /// A name that a living actor has, or that has the form of a path: then nothing has changed. A
    /// limit, which ends the run.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, ErrorKind, Simulation};
    ///
    /// struct Till;
    /// impl Actor for Till {
    ///     type Message = u32;
    ///     fn handle(&mut self, _: u32, _: &mut Context<'_, u32>) {}
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let names = ["north", "south", "north"].map(String::from);
    /// let tills = names.map(|name| simulation.try_spawn(name, Till));
    /// let error = tills[2].as_ref().unwrap_err();
    /// assert_eq!(error.kind, ErrorKind::DuplicateName { path: "north".into() });
    /// simulation.run()?;
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn try_spawn<A: Actor>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        actor: A,
    ) -> Result<Spawned<A>, SimulationError> {
        let spawn = spawn.into();
        self.attempt(|kernel| kernel.spawn(None, &spawn, actor, None)).map(Spawned::new)
    }

    /// Sends a message from outside; it arrives now.
    ///
    /// # Panics
    /// If the reference is of another simulation.
    #[track_caller]
    pub fn send<M: Message>(&mut self, to: &ActorRef<M>, message: M) {
        self.done(|kernel| kernel.send_from_outside(kernel.now, to, message));
    }

    /// Sends a message from outside that arrives at `time`.
    ///
    /// # Errors
    /// [`InThePast`](ErrorKind::InThePast) if `time` has passed,
    /// [`TimeOverflow`](ErrorKind::TimeOverflow) at [`VirtualTime::MAX`],
    /// [`ForeignReference`](ErrorKind::ForeignReference) if the reference is of another
    /// simulation: the message is not sent, and the run can go on. A limit, which ends the run.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, ErrorKind, Simulation, VirtualTime};
    ///
    /// struct Till;
    /// impl Actor for Till {
    ///     type Message = u32;
    ///     fn handle(&mut self, _: u32, _: &mut Context<'_, u32>) {}
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn("till", Till);
    /// let noon = VirtualTime::from_hours(12);
    /// simulation.send_at(noon, &till, 1)?;
    /// simulation.run_until(VirtualTime::from_days(1))?;
    /// let error = simulation.send_at(noon, &till, 2).unwrap_err();
    /// assert_eq!(error.kind, ErrorKind::InThePast { time: noon });
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn send_at<M: Message>(
        &mut self,
        time: VirtualTime,
        to: &ActorRef<M>,
        message: M,
    ) -> Result<(), SimulationError> {
        self.attempt(|kernel| kernel.send_from_outside(time, to, message))
    }

    /// Sends a message from outside that arrives `delay` from now.
    ///
    /// # Errors
    /// As [`send_at`](Self::send_at).
    pub fn send_after<M: Message>(
        &mut self,
        delay: Span,
        to: &ActorRef<M>,
        message: M,
    ) -> Result<(), SimulationError> {
        let time = self.now().checked_add(delay).unwrap_or(VirtualTime::MAX);
        self.send_at(time, to, message)
    }

    /// Kills an actor from outside, at `time`.
    ///
    /// # Errors
    /// As [`send_at`](Self::send_at).
    pub fn kill_at<M>(
        &mut self,
        time: VirtualTime,
        victim: &ActorRef<M>,
    ) -> Result<(), SimulationError> {
        self.attempt(|kernel| kernel.end_from_outside(time, victim, Op::KILL))
    }

    /// Kills an actor from outside, at `time`, for good; see
    /// [`Context::dismiss`](crate::Context::dismiss).
    ///
    /// # Errors
    /// As [`send_at`](Self::send_at).
    pub fn dismiss_at<M>(
        &mut self,
        time: VirtualTime,
        victim: &ActorRef<M>,
    ) -> Result<(), SimulationError> {
        self.attempt(|kernel| kernel.end_from_outside(time, victim, Op::DISMISS))
    }
}

impl Kernel {
    fn send_from_outside<M: Message>(&mut self, time: VirtualTime, to: &ActorRef<M>, message: M) {
        let (to, due) = (self.named(to), self.at(time));
        self.post(due, ActorId::OUTSIDE, to, Op::DELIVER, message);
    }

    fn end_from_outside<M>(&mut self, time: VirtualTime, victim: &ActorRef<M>, op: Op) {
        let (victim, due) = (self.named(victim), self.at(time));
        self.schedule_plain(due, victim, op);
    }
}

fn is_limit(error: &SimulationError) -> bool {
    matches!(error.kind, ErrorKind::Limit { .. })
}

#[cold]
#[track_caller]
fn refuse(error: &SimulationError) -> ! {
    panic!("{error}")
}
