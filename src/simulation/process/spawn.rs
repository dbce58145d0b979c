//! Starting processes, and waiting for their end.

use super::join::End;
use super::shell::Shell;
use super::waits::Quietly;
use super::{Process, ProcessClass, Routine};
use crate::actor::{ActorId, ActorRef, Message, Spawn};
use crate::simulation::core::{Core, Newborn};
use crate::simulation::pool::{EventKind, NONE};
use crate::simulation::{Context, Simulation};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;

/// A process that was started: an [`ActorRef`] to send it messages, and the
/// place where its result will be.
///
/// Clones are of the same process.
pub struct ProcessRef<M, T = ()> {
    actor: ActorRef<M>,
    pub(super) end: Rc<RefCell<End<T>>>,
}

impl<M, T> ProcessRef<M, T> {
    /// Whether the process has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.end.borrow().over
    }

    /// Takes what the process returned; `None` before its end, if it was
    /// killed, and if the result was taken before.
    #[must_use]
    pub fn result(&self) -> Option<T> {
        self.end.borrow_mut().result.take()
    }
}

impl<M, T> Clone for ProcessRef<M, T> {
    fn clone(&self) -> Self {
        Self { actor: self.actor, end: Rc::clone(&self.end) }
    }
}

impl<M, T> Deref for ProcessRef<M, T> {
    type Target = ActorRef<M>;

    fn deref(&self) -> &ActorRef<M> {
        &self.actor
    }
}

impl<M, T> fmt::Debug for ProcessRef<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {:?}", self.actor)
    }
}

/// Dropped with a process's work, finished or not: wakes who waits for that.
struct Over<T> {
    core: Rc<RefCell<Core>>,
    end: Rc<RefCell<End<T>>>,
}

impl<T> Drop for Over<T> {
    fn drop(&mut self) {
        let mut end = self.end.borrow_mut();
        end.over = true;
        // After a panic the kernel may be in use, and nobody goes on.
        let Some(mut core) = Quietly::borrow(&self.core) else { return };
        for waiter in end.waiting.drain(..) {
            core.wake_now(&waiter);
        }
    }
}

impl Core {
    /// Starts a process; its first step comes right after the current event, or
    /// after its start-up.
    pub(in crate::simulation) fn process<M: Message, T: 'static>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        work: impl AsyncFnOnce(Process<M>) -> T + 'static,
    ) -> ProcessRef<M, T> {
        let end = Rc::new(RefCell::new(End::new()));
        let make = |class, pool| Box::new(ProcessClass::<M>::new(class, pool)) as _;
        let Some(id) = self.register::<Routine<M>, M>(owner, spawn, make) else {
            return ProcessRef { actor: ActorRef::new(ActorId::OUTSIDE, self.family), end };
        };
        let core = self.shared();
        let shell = Rc::new(Shell::new(Rc::clone(&self.returns)));
        let over = Over { core: Rc::clone(&core), end: Rc::clone(&end) };
        let process = Process { core, shell: Rc::clone(&shell), id, messages: PhantomData };
        let work = Box::pin(async move {
            let result = work(process).await;
            over.end.borrow_mut().result = Some(result);
        });
        let pending = if spawn.startup.is_zero() {
            self.urgent_plain(id, EventKind::Resume);
            NONE
        } else {
            let due = self.after(spawn.startup);
            self.schedule_plain(due, id, EventKind::Resume)
        };
        let state = Box::new(Routine::<M>::new(work, shell));
        self.newborns.push(Newborn { id, state, task: false, pending });
        ProcessRef { actor: ActorRef::new(id, self.family), end }
    }
}

impl Simulation {
    /// Starts a process that nobody owns: an `async` function of its handle.
    ///
    /// It begins when the run goes on, before anything else that is due;
    /// started by a process or an actor, right after that waits or returns. If
    /// its name has a start-up span, it begins after that.
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let walker = simulation.process("walker", async |p| {
    ///     p.sleep(Span::from_mins(3)).await;
    ///     "home"
    /// });
    /// simulation.run()?;
    /// assert_eq!(walker.result(), Some("home"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn process<T: 'static>(
        &mut self,
        spawn: impl Into<Spawn>,
        work: impl AsyncFnOnce(Process) -> T + 'static,
    ) -> ProcessRef<(), T> {
        self.process_receiving(spawn, work)
    }

    /// Starts a process that others send messages, which it takes by
    /// [`receive`](Process::receive); otherwise as [`process`](Self::process).
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Process, Simulation};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let adder = simulation.process_receiving("adder", async |p: Process<u64>| {
    ///     p.receive().await + p.receive().await
    /// });
    /// simulation.send(&adder, 2);
    /// simulation.send(&adder, 3);
    /// simulation.run()?;
    /// assert_eq!(adder.result(), Some(5));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn process_receiving<M: Message, T: 'static>(
        &mut self,
        spawn: impl Into<Spawn>,
        work: impl AsyncFnOnce(Process<M>) -> T + 'static,
    ) -> ProcessRef<M, T> {
        let spawn = spawn.into();
        self.done(|core| core.process(None, &spawn, work))
    }
}

impl<M: Message> Context<'_, M> {
    /// Starts a process that this actor owns: it is killed when this one dies.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Simulation, Span};
    ///
    /// struct Door;
    /// impl Actor for Door {
    ///     type Message = u32;
    ///     fn handle(&mut self, visitors: u32, context: &mut Context<'_, u32>) {
    ///         for number in 0..visitors {
    ///             context.process(("visitor", number), async move |p| {
    ///                 p.sleep(Span::from_secs(60)).await;
    ///             });
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let door = simulation.spawn("door", Door);
    /// simulation.send(&door, 3);
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "60s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn process<T: 'static>(
        &mut self,
        spawn: impl Into<Spawn>,
        work: impl AsyncFnOnce(Process) -> T + 'static,
    ) -> ProcessRef<(), T> {
        self.process_receiving(spawn, work)
    }

    /// Starts a process that this actor owns and that others send messages; see
    /// [`Simulation::process_receiving`].
    pub fn process_receiving<N: Message, T: 'static>(
        &mut self,
        spawn: impl Into<Spawn>,
        work: impl AsyncFnOnce(Process<N>) -> T + 'static,
    ) -> ProcessRef<N, T> {
        self.core.process(Some(self.id), &spawn.into(), work)
    }

    /// Interrupts a process; see [`Process::interrupt`].
    pub fn interrupt<N: Message, T>(&mut self, process: &ProcessRef<N, T>, message: N) {
        let process = self.core.named(process);
        self.core.interrupt(self.id, process, message);
    }
}
