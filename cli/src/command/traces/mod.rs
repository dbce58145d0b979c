//! Trace files: recorded, opened, compared with runs that are made again.

mod again;
mod difference;
mod header;
mod record;
mod which;

pub(super) use again::{Held, differences, hold, state};
pub(super) use difference::{against_run, chain, different, equal};
pub(super) use header::{header_of, scenario_in};
pub(super) use record::{Opened, Recording, damaged, incomplete, open, undamaged};
pub(super) use which::Which;
