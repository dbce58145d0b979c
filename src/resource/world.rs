//! From where resources are made and looked at.

#![allow(private_interfaces, private_bounds)] // The trait is sealed: nobody outside can call its methods.

use crate::actor::Message;
use crate::features::Core;
use crate::handler::Context;
use crate::process::Process;

/// Where a resource can be made and looked at: the [`Simulation`] between two
/// runs, an actor's [`Context`], a [`Process`].
///
/// A mistake (a name that is taken, a resource without units) ends the run of an actor or
/// a process, with its name. Between two runs it panics, at the line of the caller.
pub trait World: sealed::Kernel {}

impl<W: sealed::Kernel> World for W {}

pub(crate) mod sealed {
    use super::Core;

    /// What has a kernel.
    pub trait Kernel {
        #[doc(hidden)]
        #[track_caller]
        fn look<T>(&self, look: impl FnOnce(&Core) -> T) -> T;
        #[doc(hidden)]
        #[track_caller]
        fn touch<T>(&mut self, touch: impl FnOnce(&mut Core) -> T) -> T;
    }
}

impl<M: Message> sealed::Kernel for Process<M> {
    fn look<T>(&self, look: impl FnOnce(&Core) -> T) -> T {
        look(&Process::look(self))
    }

    fn touch<T>(&mut self, touch: impl FnOnce(&mut Core) -> T) -> T {
        touch(&mut self.act())
    }
}

impl<M: Message> sealed::Kernel for Context<'_, M> {
    fn look<T>(&self, look: impl FnOnce(&Core) -> T) -> T {
        look(self.core)
    }

    fn touch<T>(&mut self, touch: impl FnOnce(&mut Core) -> T) -> T {
        touch(self.core)
    }
}
