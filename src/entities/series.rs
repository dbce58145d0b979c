//! Names as numbers, and blocks of neighbours whose deaths are counted together.

use crate::random::{hash_child, hash_text};

/// A name, split into its number and the part that it shares with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Series {
    /// The hash of the text around the number.
    pub(super) text: u64,
    pub(super) number: Option<u32>,
}

impl Series {
    /// For a text and the number given beside it: `("taxi", 7)`.
    pub(crate) fn numbered(hash: u64, ordinal: u32) -> Self {
        Self { text: hash_child(1, hash, None), number: Some(ordinal) }
    }

    /// For a text alone. Its number is the last one that is written in it: `taxi-7`, `taxi-007 of
    /// Bern`.
    pub(crate) fn of(text: &str) -> Self {
        /// A number of that many digits is below 2^60.
        const DIGITS: usize = 18;
        let Some(last) = text.rfind(|c: char| c.is_ascii_digit()) else {
            return Self { text: hash_child(2, hash_text(text), None), number: None };
        };
        let end = last + 1;
        let digits = text[..end].bytes().rev().take_while(u8::is_ascii_digit).count().min(DIGITS);
        let (before, after) = (&text[..end - digits], &text[end..]);
        let number = text[end - digits..end].bytes().fold(0, |n, b| 10 * n + u64::from(b - b'0'));
        // With the count of leading zeros, different texts have different parts.
        let zeros = digits as u32 - number.checked_ilog10().unwrap_or(0) - 1;
        let before = hash_child(3, hash_text(before), Some(zeros));
        let high = (number >> 32) as u32;
        Self { text: hash_child(before, hash_text(after), Some(high)), number: Some(number as u32) }
    }
}

/// The key of a run: owner, text, number / 60 of its first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct First {
    pub(super) owner: u64,
    pub(super) text: u64,
    pub(super) block: u32,
}

/// Consecutive blocks of 60 numbers with the same deaths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Run {
    /// The last block of the run.
    pub(super) last: u32,
    /// How often each of the numbers has died at least.
    pub(super) all: u32,
    /// Which of each 60 numbers have died once more.
    pub(super) once_more: u64,
}

/// How many numbers a block has. 60 is divisible by most step sizes in which numbers are used.
pub(super) const BLOCK: u32 = 60;

/// The bits of all numbers of a block.
pub(super) const ALL: u64 = (1 << BLOCK) - 1;
