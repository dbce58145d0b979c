//! A running 128-bit hash of everything that happened.
//!
//! Two lanes of 64 bits. A word is combined with the first lane and multiplied
//! to 128 bits by an odd number; the lower half, plus the second lane, is the
//! new first lane, and the upper half, combined with the second lane turned, the
//! new second one (the full-width multiplication is the mixing step of wyhash,
//! Wang Yi, <https://github.com/wangyi-fudan/wyhash>; here one factor is
//! constant, so no word can annul the others). For a given state, different
//! words give different states; different states meet again by a chance of
//! 2^-128. It is a checksum for finding differences, not a defence against
//! forgery.
//!
//! The finish is the 64-bit finaliser of MurmurHash3 (Austin Appleby). Words are
//! little-endian by definition, so every machine agrees.

mod ingredients;

pub use ingredients::{Ingredients, ParseIngredientsError};

use std::fmt;

/// A chained hash of the events of a run; also what a message feeds its
/// contents to (see [`Message`](crate::Message)).
///
/// Cost: a multiplication and four simple operations a word.
///
/// # Examples
/// ```
/// use flagfall::Digest;
///
/// let mut digest = Digest::new();
/// digest.write_u64(7);
/// digest.write_bytes("Course de 2 secondes".as_bytes());
/// assert_eq!(digest.to_string().len(), 32);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    // Two fields, not an array: the compiler keeps them in registers.
    low: u64,
    high: u64,
}

/// What the words are multiplied by.
const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

/// Where a record begins.
const RECORD: u64 = 0x9E37_79B1_85EB_CA87;

impl Digest {
    /// The digest of an empty trace.
    #[must_use]
    pub const fn new() -> Self {
        Self { low: 0x6c61_675f_6661_6c6c, high: 0x2f64_6967_6573_742f }
    }

    /// Adds one word.
    #[inline(always)]
    pub fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.low ^ word) * u128::from(FACTOR);
        self.low = (product as u64).wrapping_add(self.high);
        self.high = (product >> 64) as u64 ^ self.high.rotate_left(23);
    }

    /// Begins a record of a kind, one of few: for less than a word. At least
    /// one word must follow.
    #[inline(always)]
    pub(crate) fn begin_record(&mut self, kind: u64) {
        self.high = self.high.wrapping_add(RECORD.wrapping_add(kind));
    }

    /// Adds the value of another digest in such a way that the order of such
    /// additions makes no difference.
    pub(crate) fn add_unordered(&mut self, record: &Self) {
        let value = record.value();
        self.low = self.low.wrapping_add(value as u64);
        self.high = self.high.wrapping_add((value >> 64) as u64);
    }

    /// Adds the length, then the bytes in words of eight.
    pub fn write_bytes(&mut self, bytes: &[u8]) {
        self.write_u64(bytes.len() as u64);
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.write_u64(u64::from_le_bytes(word.try_into().expect("eight bytes")));
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    /// The two words that it is.
    #[cfg(feature = "snapshot")]
    pub(crate) fn words(&self) -> [u64; 2] {
        [self.low, self.high]
    }

    /// Goes on with these words.
    #[cfg(feature = "snapshot")]
    pub(crate) fn of_words([low, high]: [u64; 2]) -> Self {
        Self { low, high }
    }

    /// The 128 bits for what was added so far. Cost: a dozen operations.
    #[must_use]
    pub fn value(&self) -> u128 {
        let high = finish(self.low ^ self.high.rotate_left(32));
        let low = finish(self.high.wrapping_add(high));
        u128::from(high) << 64 | u128::from(low)
    }
}

/// The 64-bit finaliser of MurmurHash3: every input bit reaches every output
/// bit with probability near one half.
pub(crate) const fn finish(mut word: u64) -> u64 {
    word ^= word >> 33;
    word = word.wrapping_mul(0xff51_afd7_ed55_8ccd);
    word ^= word >> 33;
    word = word.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ (word >> 33)
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Digest {
    /// 32 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.value())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
