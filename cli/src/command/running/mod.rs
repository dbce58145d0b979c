//! One run, from its start or a snapshot to its end.

mod ending;
mod lines;
mod observed;
mod pace;
mod page;
mod saving;
mod snapshot_file;
mod steps;

pub(super) use ending::{report, summarize, unanswered, unknown_paths};
pub(super) use observed::{first_records, observed, resources_of};
pub(super) use page::Seen;
pub(super) use saving::{Saving, check_missed, run_on};
pub(super) use snapshot_file::{Opened, open};
pub(super) use steps::{
    PORTION, check_stuck, run_model, run_started, run_while, until_host_ends, watched,
};
