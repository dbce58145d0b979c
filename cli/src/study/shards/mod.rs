//! Shards: parts of a study that are run apart, in files of their own, and put together.
//!
//! ```text
//! shards/<hash>.3-of-16.shard     the rows of a part, all of them
//! shards/<hash>.3-of-16.log       the rows so far, in order; gone when all are there
//! shards/<hash>.3-of-16.running   the lock of whoever runs it, and how far it is
//! shards/<hash>.3-of-16.failed    why it ended early, the last time
//! shards/<hash>.round-2.plan      which replications the second round runs
//! ```
//!
//! The hash is of all that decides the rows: study (scenarios, grid, seed), version, format and
//! limits. The columns come from the runs, and so they stand in the last line of a file. A file has
//! the lines of `rows.log`, each with its checksum, and a last line with a checksum of all. What a
//! file is, is read from its lines, and never from its name.

mod file;
mod merge;
mod part;
mod plan;
mod reader;
mod scan;
mod tasks;

pub use file::{Beats, OpenShard, Shard};
pub use merge::{Merged, Short};
pub use part::{ParsePartError, Part};
pub use scan::{Doubtful, Running, ShardFile, Shards};
pub use tasks::Tasks;

/// The folder in that of the study.
pub(crate) const FOLDER: &str = "shards";

/// How the names of the files end.
mod ends {
    pub(super) const SHARD: &str = "shard";
    pub(super) const LOG: &str = "log";
    pub(super) const RUNNING: &str = "running";
    pub(super) const FAILED: &str = "failed";
    pub(super) const PLAN: &str = "plan";
}
