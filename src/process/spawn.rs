//! Starting processes.

use crate::actor::{ActorId, ActorRef, Message, SpawnOptions};
use crate::features::Kernel;
use crate::handler::Context;
use crate::kernel::{Born, Newborn};
use crate::process::class::ProcessClass;
use crate::process::frame::Frame;
use crate::process::interface::Process;
use crate::process::reference::{End, ProcessRef};
use crate::store::{NONE, Op};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

/// Dropped with the future of a process, finished or not. It wakes those who join the process.
struct Over<T> {
    kernel: Rc<RefCell<Kernel>>,
    end: Rc<RefCell<End<T>>>,
}

impl<T> Drop for Over<T> {
    fn drop(&mut self) {
        let mut end = self.end.borrow_mut();
        end.over = true;
        // After a panic the kernel may be in use, and no process goes on.
        let Ok(mut kernel) = self.kernel.try_borrow_mut() else { return };
        if !end.waiting.is_empty() {
            let waiting = end.waiting.drain(..);
            kernel.quietly(|kernel| waiting.for_each(|waiter| kernel.wake_now(&waiter)));
        }
        // Its frame, too, knows its end, but nobody else.
        let unseen = if Rc::strong_count(&self.end) == 2 { end.result.take() } else { None };
        drop((end, kernel));
        drop(unseen);
    }
}

impl Kernel {
    /// Starts a process. Its first step comes right after the current event, or after its start-up.
    pub(crate) fn process<M: Message, T: 'static>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &SpawnOptions,
        work: impl AsyncFnOnce(Process<M>) -> T + 'static,
    ) -> ProcessRef<M, T> {
        let make = |class, pool| Box::new(ProcessClass::<M>::new(class, pool)) as _;
        let Some(id) = self.register::<ProcessClass<M>, M>(owner, spawn, make) else {
            let end = Rc::default();
            return ProcessRef { actor: ActorRef::new(ActorId::OUTSIDE, self.family), end };
        };
        let kernel = self.shared();
        let begin = |(process, over): (Process<M>, Over<T>)| async move {
            let result = work(process).await;
            over.end.borrow_mut().result = Some(result);
        };
        let (frame, end) = Frame::take(self, &begin);
        let over = Over { kernel: Rc::clone(&kernel), end: Rc::clone(&end) };
        let state = Rc::clone(frame.state());
        let routine =
            frame.begin(begin((Process { kernel, state, id, messages: PhantomData }, over)));
        let pending = if spawn.startup.is_zero() {
            let start = self.put_plain(id, Op::RESUME);
            self.make_urgent(id.class(), start);
            NONE
        } else {
            let due = self.after(spawn.startup);
            self.schedule_plain(due, id, Op::RESUME)
        };
        self.newborns.push(Newborn { id, state: Born::Work(routine), task: false, pending });
        ProcessRef { actor: ActorRef::new(id, self.family), end }
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
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process) -> T + 'static,
    ) -> ProcessRef<(), T> {
        self.process_receiving(spawn, work)
    }

    /// Starts a process that this actor owns and that receives messages; see
    /// [`Simulation::process_receiving`](crate::Simulation::process_receiving).
    pub fn process_receiving<N: Message, T: 'static>(
        &mut self,
        spawn: impl Into<SpawnOptions>,
        work: impl AsyncFnOnce(Process<N>) -> T + 'static,
    ) -> ProcessRef<N, T> {
        self.kernel.process(Some(self.id), &spawn.into(), work)
    }

    /// Interrupts a process; see [`Process::interrupt`].
    pub fn interrupt<N: Message, T>(&mut self, process: &ProcessRef<N, T>, message: N) {
        let process = self.kernel.named(process);
        self.kernel.interrupt(self.id, process, message);
    }
}
