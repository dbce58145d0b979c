//! The options that save a run.

use clap::Args;
use flagfall::time::Span;
use std::path::PathBuf;

// When a run is saved, and where; no doc comment, as in `RunOptions`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Snapshots")]
pub(crate) struct SnapshotArgs {
    /// Save the running simulation to this file, for `resume` and `fork`; {time} in the name
    /// becomes the virtual time, without it the newest snapshot replaces the last
    #[arg(long = "snapshot", value_name = "FILE", id = "snapshot")]
    pub(crate) file: Option<PathBuf>,
    /// Save at this virtual time, after all that happens then, like 5s; may be repeated
    #[arg(long = "snapshot-at", value_name = "TIME", id = "snapshot_at", requires = "snapshot")]
    pub(crate) at: Vec<Span>,
    /// Save each time that so much virtual time has passed, like 1h, if something happened in
    /// it; at most 10000 files
    #[arg(
        long = "snapshot-every",
        value_name = "SPAN",
        id = "snapshot_every",
        requires = "snapshot"
    )]
    pub(crate) every: Option<Span>,
}
