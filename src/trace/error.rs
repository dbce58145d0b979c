//! Why a trace cannot be read.

use std::{fmt, io};

/// Why a trace cannot be read, or not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum TraceError {
    /// Reading or writing failed.
    Io(io::Error),
    /// It does not begin as trace files do.
    NotATrace,
    /// It was written in a version of the format that is unknown here.
    Version(u32),
    /// A checksum is wrong, or what it covers makes no sense.
    Damaged {
        /// Where in the file, in bytes.
        at: u64,
        /// What stands there.
        what: &'static str,
    },
    /// It was finished, and was cut or added to since.
    Length {
        /// How many bytes were written.
        written: u64,
        /// How many there are.
        found: u64,
    },
    /// What was run takes too much room to be recorded.
    LongHeader {
        /// How many bytes it would take.
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
