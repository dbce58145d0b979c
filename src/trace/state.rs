//! Whether a trace file is complete.

use super::bytes::Bytes;
use super::error::TraceError;
use super::frame::{self, Head};
use super::header::MAGIC;
use super::index::{FOOTER, Footer, Row};
use super::{BLOCK, mark::Mark};
use std::io::{Read, Seek, SeekFrom};

/// Whether a trace file is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TraceState {
    /// The run ended, and the file has all of it.
    Finished,
    /// The writer did not finish: the run goes on, was killed, or failed.
    Unfinished {
        /// Bytes after the last whole block: the beginning of the next part.
        left_over: u64,
    },
    /// The writer finished, and the length of the file was changed after that.
    Length {
        /// How many bytes were written.
        written: u64,
        /// How many there are.
        found: u64,
    },
    /// The file was changed.
    Damaged {
        /// The place in the file, in bytes.
        at: u64,
        /// The part of the file that should be there.
        what: &'static str,
    },
}

impl TraceState {
    /// The damage, if there is one.
    #[must_use]
    pub fn damage(self) -> Option<TraceError> {
        match self {
            Self::Finished | Self::Unfinished { .. } => None,
            Self::Length { written, found } => Some(TraceError::Length { written, found }),
            Self::Damaged { at, what } => Some(TraceError::damaged(at, what)),
        }
    }

    /// The state of a file without a valid end, with the whole blocks in `rows`.
    pub(super) fn of(
        input: &mut (impl Read + Seek),
        mark: Option<Mark>,
        (header, end, length): (u64, u64, u64),
        rows: &[Row],
        last_is_short: bool,
    ) -> Result<Self, TraceError> {
        let left_over = length - end;
        Ok(match mark {
            None => Self::Damaged { at: super::mark::AT as u64, what: "the mark of its end" },
            Some(Mark::Finished { length: written, .. }) if written != length => {
                Self::Length { written, found: length }
            }
            Some(Mark::Finished { .. }) => {
                Self::Damaged { at: end, what: "the bytes after the last complete block" }
            }
            Some(Mark::Unfinished) => {
                let begun = (!last_is_short && begins_a_block(input, end, length, rows)?)
                    || begins_the_end(input, (header, end, length), rows)?;
                match begun {
                    true => Self::Unfinished { left_over },
                    false => Self::Damaged { at: end, what: "a block" },
                }
            }
        })
    }
}

/// Whether the rest is the beginning of the next block, too short to be a whole one.
fn begins_a_block(
    input: &mut (impl Read + Seek),
    at: u64,
    length: u64,
    rows: &[Row],
) -> Result<bool, TraceError> {
    let mut head = Vec::new();
    input.seek(SeekFrom::Start(at))?;
    input.by_ref().take(frame::HEAD as u64).read_to_end(&mut head)?;
    if head.len() < frame::HEAD {
        return Ok(Head::begins_so(&head));
    }
    let fits = |head: Head| {
        head.number == rows.len() as u64
            && (frame::HEAD + head.packed) as u64 > length - at
            && head.reach.entries as usize <= BLOCK
    };
    Ok(Head::decode(&head).is_some_and(fits))
}

/// Whether the rest is the beginning of the index and the end, or all of both.
fn begins_the_end(
    input: &mut (impl Read + Seek),
    (header, at, length): (u64, u64, u64),
    rows: &[Row],
) -> Result<bool, TraceError> {
    let index = Row::encode_all(rows);
    if length - at > (index.len() + FOOTER) as u64 {
        return Ok(false);
    }
    let mut rest = Vec::new();
    input.seek(SeekFrom::Start(at))?;
    input.by_ref().take(length - at).read_to_end(&mut rest)?;
    let common = rest.len().min(index.len());
    let (found, footer) = rest.split_at(common);
    if found != &index[..common] {
        return Ok(false);
    }
    if footer.len() == FOOTER {
        let fits = |footer: Footer| footer.header_sum == header && footer.index == at;
        return Ok(Footer::decode(footer).is_some_and(fits));
    }
    let begun = footer.len().min(MAGIC.len());
    let mut facts = Bytes(footer);
    let fits = facts.take(MAGIC.len()).is_none()
        || (facts.u64().is_none_or(|found| found == header)
            && facts.u64().is_none_or(|found| found == at));
    Ok(footer[..begun] == MAGIC[..begun] && fits)
}
