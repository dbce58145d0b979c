//! What the collectors of a run have collected.

use crate::error::{ErrorKind, SimulationError};
use crate::measure::{Measures, Series};
use crate::simulation::handle::Simulation;

impl Simulation {
    /// The results of all [collectors](crate::collect), in the order in which they were made. They
    /// are undefined during the [warm-up](crate::Config::warm_up).
    #[must_use]
    pub fn collected(&self) -> Measures {
        let kernel = self.engine.kernel.borrow();
        let mut measures = kernel.features.collectors.gauges.borrow().measures(kernel.now);
        if kernel.warm_up.is_some() {
            measures.undefine();
        }
        measures
    }

    /// What the [series](crate::collect::Series) have collected, in the order in which they were
    /// made.
    #[must_use]
    pub fn collected_series(&self) -> Vec<Series> {
        self.engine.kernel.borrow().features.collectors.gauges.borrow().series()
    }

    /// The error of a run that is over and whose statistics never began, or have no time.
    pub(crate) fn warm_up_error(&self) -> Option<SimulationError> {
        let kernel = self.engine.kernel.borrow();
        let warm_up = kernel.config.warm_up;
        let is_over = warm_up.as_nanos() == 0 || kernel.now > warm_up;
        (!is_over).then(|| kernel.error(ErrorKind::WarmUpNotOver { warm_up }))
    }
}
