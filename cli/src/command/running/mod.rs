//! One run, from its start or a snapshot to its end.

mod ending;
mod lines;
mod pace;
mod saving;
mod snapshot_file;
mod steps;

pub(super) use ending::{Ending, summarize};
pub(super) use saving::{Saving, check_missed, run_on};
pub(super) use snapshot_file::{Opened, open};
pub(super) use steps::{check_stuck, observed, run_model, watched};
