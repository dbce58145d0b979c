//! How a folder can be refused.

use crate::words::shown;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a study's folder cannot be used. Each says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum StudyError {
    /// A file could not be read or written.
    Io {
        /// Which.
        path: PathBuf,
        /// `read`, `write`, ...
        doing: &'static str,
        /// Why.
        error: io::Error,
    },
    /// Another process is writing into it.
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// It has files, and none of them is a manifest.
    NotAStudy {
        /// The folder.
        path: PathBuf,
    },
    /// It holds another study.
    Other {
        /// The folder.
        path: PathBuf,
        /// In what they differ.
        differences: Vec<String>,
    },
    /// It holds the same study, run under other limits.
    Limits {
        /// The folder.
        path: PathBuf,
        /// In which they differ.
        differences: Vec<String>,
    },
    /// It was made by another version, whose runs may be different ones.
    Version {
        /// The folder.
        path: PathBuf,
        /// What made it.
        made_by: String,
    },
    /// The study is not complete.
    Incomplete {
        /// The folder.
        path: PathBuf,
    },
    /// Files of a finished study were changed or removed.
    Changed {
        /// The folder.
        path: PathBuf,
        /// The files.
        names: Vec<String>,
    },
    /// A file comes from another study than the manifest beside it.
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it comes from.
        what: String,
    },
    /// It has rows in Parquet, which this build cannot write again.
    Parquet {
        /// The folder.
        path: PathBuf,
    },
    /// What a file says makes no sense.
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and what.
        problem: String,
    },
}

impl StudyError {
    /// Whether the folder, or a file in it, is of another study, of the same one under other
    /// limits, or of another version.
    #[must_use]
    pub const fn is_foreign(&self) -> bool {
        matches!(
            self,
            Self::Other { .. } | Self::Limits { .. } | Self::Version { .. } | Self::Foreign { .. }
        )
    }

    pub(super) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, doing, error }
    }

    pub(super) fn damaged(path: &Path, problem: impl fmt::Display) -> Self {
        Self::Damaged { path: path.to_owned(), problem: problem.to_string() }
    }
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, doing, error } => {
                write!(f, "cannot {doing} {}: {error}", shown(path))?;
                match error.kind() {
                    io::ErrorKind::StorageFull
                    | io::ErrorKind::FileTooLarge
                    | io::ErrorKind::QuotaExceeded
                    | io::ErrorKind::WriteZero => write!(
                        f,
                        "; the rows before are kept: make room and give the same command again"
                    ),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                        write!(f, "; choose a folder that can be written to with --out")
                    }
                    _ => Ok(()),
                }
            }
            Self::Locked { path } => write!(
                f,
                "another flagfall is writing into {}: wait for it, or choose another folder with \
                 --out",
                shown(path)
            ),
            Self::NotAStudy { path } => write!(
                f,
                "{} has files and is no study: choose an empty or new folder",
                shown(path)
            ),
            Self::Other { path, differences } => {
                write!(f, "{} holds another study", shown(path))?;
                let mut colon = ": ";
                for difference in differences {
                    write!(f, "{colon}{difference}")?;
                    colon = "; ";
                }
                write!(f, "; choose another folder with --out")
            }
            Self::Limits { path, differences } => write!(
                f,
                "{} has rows under other limits: {}; give the same ones, or --retry-failed to run \
                 those again that failed",
                shown(path),
                differences.join("; ")
            ),
            Self::Version { path, made_by } => write!(
                f,
                "{} was begun by {made_by}, this is flagfall {}: go on with that one, or choose \
                 another folder with --out",
                shown(path),
                env!("CARGO_PKG_VERSION")
            ),
            Self::Incomplete { path } => write!(
                f,
                "the study in {} is not complete: give its `flagfall sweep` again, and it goes on",
                shown(path)
            ),
            Self::Changed { path, names } => write!(
                f,
                "files of the study in {} were changed or removed after it was finished: {}; put \
                 them back, or give its `flagfall sweep` again with --repair, which writes them \
                 again",
                shown(path),
                names.join(", ")
            ),
            Self::Foreign { path, what } => write!(
                f,
                "{} does not belong to the manifest.json beside it: it comes from {what}; put the \
                 right files together again, or sweep into another folder",
                shown(path)
            ),
            Self::Parquet { path } => write!(
                f,
                "{} has rows in Parquet, which this flagfall is built without: go on with one built \
                 with the feature `parquet`, or remove rows.parquet and its line in checksums.txt",
                shown(path)
            ),
            Self::Damaged { path, problem } => {
                write!(
                    f,
                    "{} is damaged: {problem}; restore it, or remove its folder and sweep again",
                    shown(path)
                )
            }
        }
    }
}

impl std::error::Error for StudyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
