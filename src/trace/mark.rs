//! The mark in the header that says whether the writer came to the end.
//!
//! It is written twice: with the header, and over that as the very last thing. So a
//! file that was cut at the end of a block is told from one whose writer was killed
//! there, though both have the same blocks.

use super::bytes::Bytes;
use super::checksum;

/// Where it is, from the beginning of the file.
pub(super) const AT: usize = 24;

/// Bytes of it.
pub(super) const MARK: usize = 3 * 8;

/// Whether the writer came to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Not yet, or it never will.
    Unfinished,
    /// It did.
    Finished {
        /// Of the whole file, in bytes.
        length: u64,
        /// The checksum in the end of the file.
        footer: u64,
    },
}

impl Mark {
    /// As it is written, in a file whose header has that checksum.
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
