//! Snapshots: `run --snapshot`, `resume` and `fork`.

mod args;
mod ends;
mod file;
mod fork;
mod resume;
mod saving;

pub(super) use args::{FORK_HELP, ForkArgs, RESUME_HELP, ResumeArgs, SnapshotArgs};
pub(super) use fork::fork;
pub(super) use resume::resume;
pub(super) use saving::{Saving, check_missed, run_on};
