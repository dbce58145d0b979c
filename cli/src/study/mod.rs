//! Studies in folders: what was asked, one row per replication, and the summary.
//!
//! ```text
//! manifest.json   what was asked
//! rows.log        rows so far, in order; gone when all are there
//! rows.csv        all rows
//! rows.parquet    the same, with units in the metadata of the columns (feature `parquet`)
//! summary.json    means with intervals, point by point
//! summary.md      the same as a table
//! checksums.txt   whose files they are, and their checksums as `xxhsum -H2` writes them
//! shards/         parts that were run apart, if there are any
//! ```
//!
//! A study that was interrupted goes on where it was: rows are appended to `rows.log` in
//! their order, each line with its checksum, and what is missing or torn is run again. So
//! the files are the same to the last byte, on any number of threads and after any number
//! of interruptions. They contain no time, no machine and no path.
//!
//! Each line of `rows.log`, and the list in `checksums.txt`, is bound to what decides the
//! rows (study, version, limits). Files of another study, and files that were changed after
//! the study was finished, are refused.

mod appended;
#[cfg(feature = "parquet")]
mod batches;
mod comparison;
mod error;
mod files;
mod folder;
mod locked;
pub(crate) mod log;
mod manifest;
mod markdown;
mod origin;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod ranked;
mod rows;
mod selection;
mod shards;
mod summary;

#[cfg(feature = "parquet")]
pub(crate) use batches::batches;
pub use comparison::{ComparisonEntry, ScenarioEntry};
pub use error::{StudyError, StudyProblem};
pub use files::vouch;
pub use folder::{Folder, Opened, Reopen};
pub use manifest::{Manifest, PointEntry, PrecisionEntry};
pub use markdown::markdown;
#[cfg(feature = "parquet")]
pub use parquet::level_numbers;
pub(crate) use rows::{Fields, optional_of};
pub use rows::{Layout, Replay, read_csv, write_csv};
pub use selection::SelectionEntry;
pub use shards::{
    Beats, Doubtful, Merged, OpenShard, ParsePartError, Part, Running, Shard, ShardFile, Shards,
    Short, Tasks,
};
pub use summary::{
    IntervalKind, MeasureSummary, PairsSummary, PointSummary, QuantileEntry, Summary,
};

/// The files of a folder.
pub(crate) mod names {
    pub(crate) const MANIFEST: &str = "manifest.json";
    pub(crate) const LOG: &str = "rows.log";
    pub(crate) const CSV: &str = "rows.csv";
    pub(crate) const PARQUET: &str = "rows.parquet";
    pub(crate) const SUMMARY: &str = "summary.json";
    pub(crate) const MARKDOWN: &str = "summary.md";
    pub(crate) const CHECKSUMS: &str = "checksums.txt";
    pub(crate) const LOCK: &str = ".lock";
    /// Values that are being sorted: it is there only while files are written.
    pub(crate) const VALUES: &str = "values";

    /// All but the lock.
    pub(crate) const ALL: [&str; 8] =
        [MANIFEST, LOG, CSV, PARQUET, SUMMARY, MARKDOWN, CHECKSUMS, VALUES];
}

/// The format of the files; another one is refused.
pub const FORMAT: u32 = 3;

/// A file of a study that is read as one piece is no longer than this, in bytes.
pub(crate) const MOST_JSON: u64 = 1 << 30;
