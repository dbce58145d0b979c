//! Processes that nobody owns.

use crate::actor::Message;
use crate::actor::Spawn;
use crate::process::Process;
use crate::process::ProcessRef;
use crate::simulation::simulation::Simulation;

impl Simulation {
    /// Starts a process that nobody owns: an `async` function of its handle.
    ///
    /// It begins when the run goes on, before anything else that is due;
    /// started by a process or an actor, right after that waits or returns. If
    /// its name has a start-up span, it begins after that.
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    pub fn process<M: Message, T: 'static, F>(
        &mut self,
        spawn: impl Into<Spawn>,
        work: impl FnOnce(Process<M>) -> F + 'static,
    ) -> ProcessRef<M, T>
    where
        F: Future<Output = T> + 'static,
    {
        let spawn = spawn.into();
        self.done(|kernel| kernel.process(None, &spawn, work))
    }
}
