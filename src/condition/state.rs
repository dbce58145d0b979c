//! What a condition can read.

#![allow(private_interfaces, private_bounds)] // As the trait.

use crate::actor::ActorId;
use crate::features::Kernel;
use crate::resource::sealed;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

/// The state of a run, as a condition reads it: an [`Environment`](crate::Environment) for
/// everything that reads variables, resources, containers and stores. It notes what is read. See
/// [`Process::until`](crate::Process::until).
pub struct State<'a> {
    kernel: &'a Kernel,
    reads: RefCell<BTreeSet<ActorId>>,
}

impl<'a> State<'a> {
    pub(super) fn new(kernel: &'a Kernel) -> Self {
        Self { kernel, reads: RefCell::default() }
    }

    pub(super) fn into_reads(self) -> BTreeSet<ActorId> {
        self.reads.into_inner()
    }
}

impl sealed::HasKernel for State<'_> {
    fn look<T>(&self, look: impl FnOnce(&Kernel) -> T) -> T {
        look(self.kernel)
    }

    fn touch<T>(&mut self, _: impl FnOnce(&mut Kernel) -> T) -> T {
        unreachable!("conditions get shared references, and nobody else makes a state")
    }

    fn reads(&self, what: ActorId) {
        self.reads.borrow_mut().insert(what);
    }
}

impl fmt::Debug for State<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}
