//! `resume` and `fork`: runs that continue from a snapshot or a copy.

mod ends;
mod fork;
mod load;
mod resume;

pub(super) use fork::fork;
pub(super) use resume::resume;
