//! A running 128-bit hash of everything that happened.
//!
//! Words are gathered into records, and records are chained. Within a record
//! the words are taken in pairs: to each of the two a number of its own is
//! added, the two are multiplied, and the 128-bit products are summed (NH of
//! UMAC: Black, Halevi, Krawczyk, Krovetz and Rogaway, "UMAC: Fast and Secure
//! Message Authentication", CRYPTO 1999). So words do not wait for each other,
//! two of them cost one multiplication, and a record costs one step of the
//! chain. The step is the accumulator round of xxHash64 (Yann Collet,
//! <https://github.com/Cyan4973/xxHash>) in each of two lanes, a bijection of
//! the lane for a given record and of the record for a given lane: two runs
//! that differ in one word differ for ever after, as long as the rest is equal.
//! It is a checksum for finding differences, not a defence against forgery.
//!
//! The finish is the 64-bit finaliser of MurmurHash3 (Austin Appleby). Words are
//! little-endian by definition, so every machine agrees.

mod ingredients;

pub use ingredients::{Ingredients, ParseIngredientsError};

use std::fmt;

/// A chained hash of the events of a run; also what a message feeds its
/// contents to (see [`Message`](crate::Message)).
///
/// Cost: half a multiplication and two additions a word, and a step of the
/// chain a record.
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
    /// The chain.
    lanes: [u64; 2],
    /// The record that is being gathered: the sum of its pairs, the word that
    /// waits for its second, and how many words there were.
    sum: u128,
    first: u64,
    words: usize,
}

/// A longer record is chained in parts.
const RECORD: usize = 16;

/// What is added to the words of a record.
const WORD: [u64; RECORD] = {
    let mut numbers = [0; RECORD];
    let mut place = 0;
    while place < RECORD {
        numbers[place] = finish(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(place as u64 + 1));
        place += 1;
    }
    numbers
};

const LANE: [u64; 2] = [0x9E37_79B1_85EB_CA87, 0xD6E8_FEB8_6659_FD93];
const LENGTH: u64 = 0xC2B2_AE3D_27D4_EB4F;

impl Digest {
    /// The digest of an empty trace.
    #[must_use]
    pub const fn new() -> Self {
        Self { lanes: [0x6c61_675f_6661_6c6c, 0x2f64_6967_6573_742f], sum: 0, first: 0, words: 0 }
    }

    /// Adds one word.
    #[inline(always)]
    pub fn write_u64(&mut self, word: u64) {
        if self.words == RECORD {
            self.end_part();
        }
        if self.words % 2 == 0 {
            self.first = word;
        } else {
            self.add_pair(word);
        }
        self.words += 1;
    }

    /// Chains a part of a record that has more words.
    #[cold]
    fn end_part(&mut self) {
        self.end_record();
    }

    /// Adds the word that waits, and its second.
    #[inline(always)]
    fn add_pair(&mut self, second: u64) {
        let place = self.words / 2 * 2 % RECORD;
        let first = self.first.wrapping_add(WORD[place]);
        let second = second.wrapping_add(WORD[place + 1]);
        self.sum = self.sum.wrapping_add(u128::from(first) * u128::from(second));
    }

    /// The same chain with nothing gathered, to gather a record in.
    #[inline(always)]
    pub(crate) fn begin_record(&self) -> Self {
        debug_assert_eq!(self.words, 0, "the last record was ended");
        Self { lanes: self.lanes, sum: 0, first: 0, words: 0 }
    }

    /// Chains what was gathered since the last record.
    #[inline(always)]
    pub(crate) fn end_record(&mut self) {
        let record = self.gathered();
        for ((lane, record), number) in self.lanes.iter_mut().zip(record).zip(LANE) {
            *lane = lane.wrapping_add(record).rotate_left(31).wrapping_mul(number);
        }
        (self.sum, self.first, self.words) = (0, 0, 0);
    }

    /// Goes on where a record has ended.
    #[inline(always)]
    pub(crate) fn go_on(&mut self, record: &Self) {
        debug_assert_eq!(record.words, 0, "the record was ended");
        self.lanes = record.lanes;
    }

    /// Adds the value of another digest in such a way that the order of such
    /// additions makes no difference.
    pub(crate) fn add_unordered(&mut self, record: &Self) {
        let value = record.value();
        for (lane, word) in self.lanes.iter_mut().zip([value as u64, (value >> 64) as u64]) {
            *lane = lane.wrapping_add(word);
        }
    }

    /// The record as one word for each lane.
    #[inline(always)]
    fn gathered(&mut self) -> [u64; 2] {
        if self.words % 2 == 1 {
            self.add_pair(0);
        }
        let length = (self.words as u64).wrapping_mul(LENGTH);
        [self.sum as u64 ^ length, (self.sum >> 64) as u64 ^ length]
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

    /// The 128 bits for what was added so far.
    #[must_use]
    pub fn value(&self) -> u128 {
        let mut ended = *self;
        if ended.words > 0 {
            ended.end_record();
        }
        let [first, second] = ended.lanes;
        let high = finish(first ^ second.rotate_left(32));
        let low = finish(second.wrapping_add(high));
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
