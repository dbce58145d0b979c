//! Forks of a running simulation by copying.

use crate::actor::Copying;
use crate::features::{Features, Kernel};
use crate::kernel::{Class, Engine};
use crate::parts::Part;
use crate::simulation::Simulation;
use crate::types::{SnapshotError, TypeRegistry};
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::rc::Rc;

impl Simulation {
    /// Registers types, so that the simulation can copy and save actors of them. May be
    /// called again, for more types.
    ///
    /// # Panics
    /// As [`TypeRegistry::and`] does.
    pub fn register(&mut self, types: &TypeRegistry) {
        self.types = Rc::new(self.types.as_ref().clone().and(types));
    }

    /// A copy that goes on independently: a branch of this run.
    ///
    /// Without changes, both have the same events and the same digests. A branch can change
    /// states ([`state_mut`](Self::state_mut)), messages ([`send`](Self::send)), the seed
    /// ([`reseed`](Self::reseed)), [latencies](Self::set_latency),
    /// [limits](Self::set_limits) and [ties](Self::set_ties). Parts that a change does not
    /// affect draw the same random numbers in all branches, so that they can be compared.
    ///
    /// Observers and pacers stay with the original. References, timers and
    /// watches name the same in both.
    ///
    /// Cost: a copy of all states, messages and tables of the engine,
    /// O(actors + messages); see `benches/forks.rs`.
    ///
    /// # Errors
    /// [`SnapshotError`] names the type that is not [registered](TypeRegistry), or the
    /// process or resource that cannot be copied, or says that the run has failed.
    /// [`branch`](Self::branch) runs again in such cases.
    pub fn fork(&self) -> Result<Self, SnapshotError> {
        let kernel = self.engine.kernel.borrow();
        if let Some(error) = self.engine.failed.as_ref().or(kernel.failure.as_ref()) {
            return Err(SnapshotError::Failed(Box::new(error.clone())));
        }
        let copy = |class: (u16, &dyn Class<Features>)| {
            let (typed, (id, type_name)) = states_of(&kernel, class)?;
            let copy = self.types.state(id).and_then(|state| state.copy.as_ref());
            let register = "TypeRegistry::forkable or forkable_by";
            let copy = copy.ok_or(SnapshotError::State { type_name, register })?;
            copy(typed, &Copying(())).map_err(|type_name| SnapshotError::Message { type_name })
        };
        let classes = (0..).zip(self.engine.classes.iter().map(|class| &**class));
        // Messages, factories and checkpoints may hold streams, as states may.
        let (kernel, classes) = kernel.journal.ledger().fork(|ledger| {
            let copied = classes.map(copy);
            let copied = copied.collect::<Result<Vec<_>, SnapshotError>>()?;
            let (classes, pools) = copied.into_iter().unzip();
            let features = kernel.features.fork(&self.types)?;
            Ok::<_, SnapshotError>((kernel.fork(pools, ledger, features), classes))
        })?;
        let (config, types) = (self.config.clone(), Rc::clone(&self.types));
        let engine = Engine::new(kernel, classes);
        Ok(Self { engine, config, pacer: None, types, told_stuck: RefCell::default() })
    }
}

/// The states of a class of plain actors.
pub(crate) fn states_of<'a>(
    kernel: &Kernel,
    (number, class): (u16, &'a dyn Class<Features>),
) -> Result<(&'a dyn Any, (TypeId, &'static str)), SnapshotError> {
    if let Some(states) = class.type_of_states() {
        return Ok((class.as_any(), states));
    }
    let first = kernel.entities.first_living(number);
    let path = first.map(|id| kernel.entities.path(id).to_string()).unwrap_or_default();
    match first {
        Some(id) if kernel.is_resource(id) => Err(SnapshotError::Resource { path }),
        _ => Err(SnapshotError::Process { path }),
    }
}
