//! The options of the commands, with their help: plain data.

// Help is for a terminal: brackets in it are not links, and addresses stay as they are.
#![allow(rustdoc::broken_intra_doc_links, rustdoc::bare_urls)]

mod best;
mod compare;
mod config;
mod fork;
mod kind;
mod report;
mod resume;
mod run;
mod schema;
mod shards;
mod snapshot;
mod sweep;
mod ties;
mod trace;
mod values;

pub(super) use best::check_selection;
pub(super) use compare::{COMPARE_HELP, CompareArgs, CompareOptions};
pub(super) use config::for_one_run;
pub(super) use fork::{FORK_HELP, ForkArgs};
pub(super) use kind::{ValueKind, choices, is_repeatable, refusal};
pub(super) use report::{REPORT_HELP, ReportArgs, Which};
pub(super) use resume::{RESUME_HELP, ResumeArgs};
pub(super) use run::RunOptions;
pub(super) use schema::{SCHEMA_HELP, SchemaArgs};
pub(super) use shards::{MERGE_HELP, MergeArgs, SHARDS_HELP, ShardsArgs};
pub(super) use snapshot::SnapshotArgs;
pub(super) use sweep::{How, Plan, ProcedureOf, SWEEP_HELP, SweepArgs, percent, threads_or_cores};
pub(super) use ties::{SearchArgs, TIES_HELP};
pub(super) use trace::{
    DIFF_HELP, DiffArgs, REPLAY_HELP, ReplayArgs, States, TRACE_HELP, TraceArgs, VERIFY_HELP,
    VerifyArgs,
};
