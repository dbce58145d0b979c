//! Where resources are made and read.

#![allow(private_interfaces, private_bounds)] // The trait is sealed: nobody outside can call its methods.

use crate::actor::{ActorId, Message};
use crate::features::Kernel;
use crate::handler::Context;
use crate::process::Process;
use crate::time::VirtualTime;

/// Where a resource can be made and read: the [`Simulation`](crate::Simulation) between two runs,
/// an actor's [`Context`], a [`Process`]. In a condition that a process awaits
/// ([`Process::until`](crate::Process::until)), they are read with its [`State`].
///
/// [`State`]: crate::condition::State
///
/// A mistake (a name that is taken, a resource without units) by an actor or a process ends the run
/// and names it. Between two runs it panics, at the line of the caller.
pub trait Environment: sealed::HasKernel {}

impl<W: sealed::HasKernel> Environment for W {}

pub(crate) mod sealed {
    use super::{ActorId, Kernel, VirtualTime};

    /// Something that gives access to a kernel.
    pub trait HasKernel {
        #[doc(hidden)]
        #[track_caller]
        fn look<T>(&self, look: impl FnOnce(&Kernel) -> T) -> T;
        #[doc(hidden)]
        #[track_caller]
        fn touch<T>(&mut self, touch: impl FnOnce(&mut Kernel) -> T) -> T;
        /// A resource is about to be read.
        #[doc(hidden)]
        fn reads(&self, _: ActorId) {}
        /// What was read may change at that time without an event.
        #[doc(hidden)]
        fn changes_at(&self, _: VirtualTime) {}
    }
}

impl<M: Message> sealed::HasKernel for Process<M> {
    fn look<T>(&self, look: impl FnOnce(&Kernel) -> T) -> T {
        look(&Process::look(self))
    }

    fn touch<T>(&mut self, touch: impl FnOnce(&mut Kernel) -> T) -> T {
        touch(&mut self.act())
    }
}

impl<M: Message> sealed::HasKernel for Context<'_, M> {
    fn look<T>(&self, look: impl FnOnce(&Kernel) -> T) -> T {
        look(self.kernel)
    }

    fn touch<T>(&mut self, touch: impl FnOnce(&mut Kernel) -> T) -> T {
        touch(self.kernel)
    }
}
