//! A running 128-bit hash of all records of a run.
//!
//! The state has two lanes of 64 bits. A word is combined with the first lane by XOR, and
//! multiplied by an odd constant to 128 bits. The lower half plus the second lane is the new
//! first lane. The upper half, combined with the rotated second lane, is the new second lane.
//! The full-width multiplication is the mixing step of wyhash (Wang Yi,
//! <https://github.com/wangyi-fudan/wyhash>). Here one factor is constant, so that no word
//! can cancel the others. Two words at once take one step: the second is multiplied by
//! another constant, and the products are added.
//!
//! For a given state, another word gives another state. If both of two words differ, the
//! state is the same for a few of the 2^128 pairs of differences. Different states become
//! equal with a probability of 2^-128. The digest is a checksum to find differences, not a
//! protection against forgery.
//!
//! The last step is the 64-bit finaliser of MurmurHash3 (Austin Appleby). Words are
//! little-endian on every machine.

mod ingredients;

pub use ingredients::{Ingredients, ParseIngredientsError};

use std::fmt;

/// A chained hash of the events of a run. Messages feed their contents to it, too (see
/// [`Message`](crate::Message)).
///
/// Cost: a multiplication and three to five simple operations per word.
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

/// The factor of words.
const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

/// The factor of the second of two words.
const SECOND: u64 = 0xA076_1D64_78BD_642F;

/// The factor of the number of a variant.
const VARIANT: u64 = 0xE703_7ED1_A0B4_28DB;

impl Digest {
    /// The digest of an empty trace.
    #[must_use]
    pub const fn new() -> Self {
        Self { low: 0x6c61_675f_6661_6c6c, high: 0x2f64_6967_6573_742f }
    }

    /// Adds one word.
    #[inline(always)]
    pub fn write_u64(&mut self, word: u64) {
        self.mix(u128::from(self.low ^ word) * u128::from(FACTOR));
    }

    /// Adds two words in one step. The result differs from that of two single words.
    #[inline(always)]
    pub(crate) fn write_pair(&mut self, first: u64, second: u64) {
        let product = u128::from(self.low ^ first) * u128::from(FACTOR);
        self.mix(product.wrapping_add(u128::from(second) * u128::from(SECOND)));
    }

    #[inline(always)]
    fn mix(&mut self, product: u128) {
        self.low = (product as u64).wrapping_add(self.high);
        self.high = (product >> 64) as u64 ^ self.high.rotate_left(23);
    }

    /// Adds the number of an enum's variant, from 0. The words of its fields follow.
    ///
    /// Cost: three simple operations.
    #[inline(always)]
    pub fn write_variant(&mut self, ordinal: u64) {
        let variant = ordinal.wrapping_add(1).wrapping_mul(VARIANT);
        self.high = self.high.wrapping_add(variant).rotate_left(29);
    }

    /// Begins a record of that kind, for less than the cost of a word. At least one word must
    /// follow.
    #[inline(always)]
    pub(crate) fn begin_record(&mut self, kind: u64) {
        self.high = self.high.wrapping_add(kind);
    }

    /// Adds the value of another digest. The order of such additions makes no difference.
    pub(crate) fn add_unordered(&mut self, record: &Self) {
        let value = record.value();
        self.low = self.low.wrapping_add(value as u64);
        self.high = self.high.wrapping_add((value >> 64) as u64);
    }

    /// Adds the length, then the words, two at a time.
    #[inline]
    pub(crate) fn write_words<T: Copy>(&mut self, words: &[T], word: impl Fn(T) -> u64) {
        self.write_u64(words.len() as u64);
        let mut pairs = words.chunks_exact(2);
        for pair in &mut pairs {
            self.write_pair(word(pair[0]), word(pair[1]));
        }
        if let [last] = pairs.remainder() {
            self.write_u64(word(*last));
        }
    }

    /// Adds the length, then the bytes, sixteen at a time. The last words may overlap, because
    /// the length says how many bytes there are.
    pub fn write_bytes(&mut self, bytes: &[u8]) {
        let word = |from: usize| {
            u64::from_le_bytes(bytes[from..from + 8].try_into().expect("eight bytes"))
        };
        let half = |from: usize| {
            u64::from(u32::from_le_bytes(bytes[from..from + 4].try_into().expect("four bytes")))
        };
        let length = bytes.len() as u64;
        match bytes.len() {
            0 => self.write_u64(0),
            1..4 => {
                let middle = bytes[bytes.len() / 2];
                let last = bytes[bytes.len() - 1];
                let few = u64::from(bytes[0]) | u64::from(middle) << 8 | u64::from(last) << 16;
                self.write_pair(length, few);
            }
            4..8 => self.write_pair(length, half(0) | half(bytes.len() - 4) << 32),
            size => {
                self.write_pair(length, word(0));
                let mut from = 8;
                while from + 16 <= size {
                    self.write_pair(word(from), word(from + 8));
                    from += 16;
                }
                match size - from {
                    0 => {}
                    1..=8 => self.write_u64(word(size - 8)),
                    _ => self.write_pair(word(from), word(size - 8)),
                }
            }
        }
    }

    /// The two words of its state.
    #[cfg(feature = "snapshot")]
    pub(crate) fn words(&self) -> [u64; 2] {
        [self.low, self.high]
    }

    /// A digest with that state.
    #[cfg(feature = "snapshot")]
    pub(crate) fn of_words([low, high]: [u64; 2]) -> Self {
        Self { low, high }
    }

    /// The 128-bit digest of all words so far. Cost: a dozen operations.
    #[must_use]
    pub fn value(&self) -> u128 {
        let high = finish(self.low ^ self.high.rotate_left(32));
        let low = finish(self.high.wrapping_add(high));
        u128::from(high) << 64 | u128::from(low)
    }
}

/// The 64-bit finaliser of MurmurHash3: every input bit changes every output bit with a
/// probability near 1/2.
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
