//! Runs that go on from a snapshot or a copy: `resume` and `fork`.

mod ends;
mod fork;
mod load;
mod resume;

pub(super) use fork::fork;
pub(super) use resume::resume;
