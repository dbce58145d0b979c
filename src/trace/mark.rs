//! The mark in the header that says whether the writer finished the file.
//!
//! It is written with the header, and overwritten last of all. A file that was cut at the end
//! of a block has the same blocks as one whose writer was killed there. The mark differs.

use super::bytes::Bytes;
use super::checksum;

/// The place of the mark, from the beginning of the file.
pub(super) const AT: usize = 24;

/// The length of the mark, in bytes.
pub(super) const MARK: usize = 3 * 8;

/// Whether the writer finished the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Not yet, or never.
    Unfinished,
    /// The file is finished.
    Finished {
        /// The length of the whole file, in bytes.
        length: u64,
        /// The checksum at the end of the file.
        footer: u64,
    },
}

impl Mark {
    /// The bytes of the mark in a file whose header has that checksum.
    pub(super) fn encode(self, header: u64) -> [u8; MARK] {
        let (word, [length, footer]): (&[u8], _) = match self {
            Self::Unfinished => (b"unfinished", [0, 0]),
            Self::Finished { length, footer } => (b"finished", [length, footer]),
        };
        let words = [length.to_le_bytes(), footer.to_le_bytes()];
        let sum = checksum(&[word, &header.to_le_bytes(), words.as_flattened()]);
        let mut mark = [0; MARK];
        mark[..16].copy_from_slice(words.as_flattened());
        mark[16..].copy_from_slice(&sum.to_le_bytes());
        mark
    }

    /// Reads a mark; `None` if it is damaged.
    pub(super) fn decode(mark: &[u8], header: u64) -> Option<Self> {
        let mut bytes = Bytes(mark);
        let finished = Self::Finished { length: bytes.u64()?, footer: bytes.u64()? };
        [Self::Unfinished, finished].into_iter().find(|known| known.encode(header) == mark)
    }
}
