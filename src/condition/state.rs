//! What a condition can read.

#![allow(private_interfaces, private_bounds)] // As the trait.

use crate::actor::ActorId;
use crate::features::{Evaluated, Kernel};
use crate::resource::sealed;
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;

/// The state of a run, as a condition reads it: an [`Environment`](crate::Environment) for
/// everything that reads variables, resources, containers and stores. It notes what is read. See
/// [`Process::until`](crate::Process::until).
pub struct State<'a> {
    kernel: &'a Kernel,
    reads: RefCell<BTreeSet<ActorId>>,
    changes_at: Cell<Option<VirtualTime>>,
}

impl<'a> State<'a> {
    pub(super) fn new(kernel: &'a Kernel) -> Self {
        Self { kernel, reads: RefCell::default(), changes_at: Cell::default() }
    }

    pub(super) fn evaluated(self, holds: bool) -> Evaluated {
        Evaluated { holds, reads: self.reads.into_inner(), changes_at: self.changes_at.get() }
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

    fn changes_at(&self, time: VirtualTime) {
        let known = self.changes_at.get();
        self.changes_at.set(Some(known.map_or(time, |known| known.min(time))));
    }
}

impl fmt::Debug for State<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}
