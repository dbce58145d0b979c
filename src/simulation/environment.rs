//! A simulation between two runs, as a place where resources are made and read.

#![allow(private_interfaces, private_bounds)] // As the trait.

use crate::features::Kernel;
use crate::resource::sealed;
use crate::simulation::handle::Simulation;

impl sealed::HasKernel for Simulation {
    fn look<T>(&self, look: impl FnOnce(&Kernel) -> T) -> T {
        look(&self.engine.kernel.borrow())
    }

    fn touch<T>(&mut self, touch: impl FnOnce(&mut Kernel) -> T) -> T {
        self.done(touch)
    }
}
