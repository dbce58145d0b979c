//! How a folder can be refused.

use super::names::MANIFEST;
use crate::words::{one_line, shown};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a study's folder cannot be used. Its text says what to do.
#[derive(Debug)]
pub struct StudyError {
    /// The folder, or the file in it.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: StudyProblem,
}

/// What is wrong with a study's folder, or with a file in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum StudyProblem {
    /// A file could not be read or written: what was tried (`read`, `write`, ...), and why it
    /// failed.
    Io(&'static str, io::Error),
    /// Another process is writing into the folder.
    Locked,
    /// The folder is to get a study, and has files of something else.
    NotAStudy,
    /// The folder is to have a study, and has no manifest.
    NoManifest,
    /// The folder has another study: the differences.
    Other(Vec<String>),
    /// The folder has a study of another kind: of a function, of a model, or a comparison.
    Maker {
        /// The name of its model.
        model: String,
        /// What it is of.
        what: &'static str,
        /// What makes such studies.
        by: &'static str,
    },
    /// The folder has the same study, run under other limits: the differences.
    Limits(Vec<String>),
    /// The folder was made by another version, whose runs may be different ones.
    Version(String),
    /// The study is not complete.
    Incomplete,
    /// Files of a finished study were changed or removed: their names.
    Changed(Vec<String>),
    /// A file comes from another study than the manifest beside it: what it comes from.
    Foreign(String),
    /// Shards that do not belong to the study, or not together: which, and why.
    Shards(Vec<String>),
    /// The folder has rows in Parquet, which this build cannot write again.
    Parquet,
    /// The contents of a file make no sense: where and what.
    Damaged(String),
    /// A file of a shard, or the plan of a round, is damaged: how, and what to do.
    ShardDamage(String),
}

use StudyProblem::{
    Changed, Damaged, Foreign, Incomplete, Io, Limits, Locked, Maker, NoManifest, NotAStudy, Other,
    Parquet, ShardDamage, Shards, Version,
};

impl StudyProblem {
    /// The error with this path.
    pub(super) fn at(self, path: &Path) -> StudyError {
        StudyError { path: path.to_owned(), problem: self }
    }
}

impl StudyError {
    /// Whether the folder, or a file in it, is of another study, of the same one under other
    /// limits, or of another version.
    #[must_use]
    pub const fn is_foreign(&self) -> bool {
        matches!(
            self.problem,
            Other(_) | Maker { .. } | Limits(_) | Version(_) | Foreign(_) | Shards(_)
        )
    }

    /// That rows are not kept, because the study was to end.
    pub(crate) fn interrupted(path: &Path) -> Self {
        Io("keep more rows in", io::ErrorKind::Interrupted.into()).at(path)
    }

    pub(super) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Io(doing, error).at(path)
    }
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path);
        match &self.problem {
            Io(doing, error) => {
                write!(f, "cannot {doing} {path}: {error}{}", remedy(error.kind()))
            }
            Locked => write!(
                f,
                "another flagfall is writing into {path}: wait for it, or choose another folder"
            ),
            NotAStudy => {
                write!(f, "{path} is not empty and is not a study: choose an empty or new folder")
            }
            NoManifest => write!(f, "{path} is not a study: it has no {MANIFEST}"),
            Other(differences) => {
                let colon = if differences.is_empty() { "" } else { ": " };
                let differences = differences.join("; ");
                write!(
                    f,
                    "{path} holds another study{colon}{differences}; choose another folder with --out"
                )
            }
            Maker { model, what, by } => write!(
                f,
                "{path} holds {what} {}: only {by} can go on with it; choose another folder with \
                 --out",
                one_line(model)
            ),
            Limits(differences) => write!(
                f,
                "{path} has rows under other limits: {}; give the same ones, or --retry-failed to run \
                 those again that failed",
                differences.join("; ")
            ),
            Version(made_by) => write!(
                f,
                "{path} was begun by {made_by}, this is flagfall {}: go on with that one, or choose \
                 another folder",
                env!("CARGO_PKG_VERSION")
            ),
            Incomplete => write!(
                f,
                "the study in {path} is not complete: make it again as it was begun, and it goes on"
            ),
            Changed(names) => write!(
                f,
                "files of the study in {path} were changed or removed after it was finished: {}; put \
                 them back, or make the study again with --repair, which writes them again",
                names.join(", ")
            ),
            Foreign(what) => write!(
                f,
                "{path} does not belong to the manifest.json beside it: it comes from {what}; put the \
                 right files together again, or sweep into another folder"
            ),
            Shards(told) => write!(
                f,
                "{path} has files that do not belong together: {}; move the wrong ones to another \
                 folder, and give the same command again",
                told.join("; ")
            ),
            Parquet => write!(
                f,
                "{path} has rows in Parquet, which this flagfall is built without: go on with one built \
                 with the feature `parquet`, or remove rows.parquet and its line in checksums.txt"
            ),
            ShardDamage(what) => write!(f, "{path} is damaged: {what}"),
            Damaged(problem) => write!(
                f,
                "{path} is damaged: {problem}; restore it, or remove its folder and sweep again"
            ),
        }
    }
}

/// What can be done where a file cannot be written.
fn remedy(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::StorageFull
        | io::ErrorKind::FileTooLarge
        | io::ErrorKind::QuotaExceeded
        | io::ErrorKind::WriteZero => {
            "; the rows before are kept: make room and give the same command again"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a folder that can be written to"
        }
        _ => "",
    }
}

impl std::error::Error for StudyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Io(_, error) => Some(error),
            _ => None,
        }
    }
}
