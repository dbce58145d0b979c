//! The collectors of a run.

use crate::gauge::Gauges;
use std::cell::RefCell;

/// What collectors have recorded. A record is no event and changes nothing that the kernel knows,
/// so it needs only a look at the kernel.
#[derive(Debug, Default)]
pub(crate) struct Collectors {
    pub(crate) gauges: RefCell<Gauges>,
}
