//! Errors of traces.

use std::{fmt, io};

/// Why a trace cannot be read or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum TraceError {
    /// Reading or writing failed.
    Io(io::Error),
    /// The file does not begin as trace files do.
    NotATrace,
    /// The file has an unknown version of the format.
    Version(u32),
    /// A checksum is wrong, or the data that it covers is invalid.
    Damaged {
        /// The place in the file, in bytes.
        at: u64,
        /// The part of the file there.
        what: &'static str,
    },
    /// The file was finished, and its length was changed after that.
    Length {
        /// How many bytes were written.
        written: u64,
        /// How many there are.
        found: u64,
    },
    /// The header is too long.
    LongHeader {
        /// How many bytes the header would take.
        bytes: usize,
    },
}

impl TraceError {
    pub(super) fn damaged(at: u64, what: &'static str) -> Self {
        Self::Damaged { at, what }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotATrace => {
                f.write_str("this is not a trace file: `flagfall run ... --record FILE` writes one")
            }
            Self::Version(version) => write!(
                f,
                "this trace file has format {version}, and this flagfall reads format {}: read it \
                 with the flagfall that wrote it",
                super::FORMAT
            ),
            Self::Damaged { at, what } => {
                write!(f, "the file is damaged at byte {at}, in {what}: record the run again")
            }
            Self::Length { written, found } => write!(
                f,
                "the file is damaged: it was finished with {written} bytes and has {found}, so it \
                 was {} since: record the run again",
                if found < written { "cut" } else { "added to" }
            ),
            Self::LongHeader { bytes } => write!(
                f,
                "what was run takes {bytes} bytes, and a trace has room for {}: put long lists \
                 into files",
                super::MOST_OF_HEADER
            ),
        }
    }
}

impl std::error::Error for TraceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for TraceError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
