//! A running 128-bit hash of everything that happened.
//!
//! Words are gathered into records, and records are chained. Within a record
//! each word is multiplied by an odd number of its own and added (a multilinear
//! hash: Carter and Wegman, "Universal classes of hash functions", 1979), so
//! words do not wait for each other and a record costs one step of the chain.
//! The step is the accumulator round of xxHash64 (Yann Collet,
//! <https://github.com/Cyan4973/xxHash>), a bijection of the lane for a given
//! record and of the record for a given lane: two runs that differ in one word
//! differ in both lanes for ever after, as long as the rest is equal. It is a
//! checksum for finding differences, not a defence against forgery.
//!
//! Both are done in two lanes with different constants; the finish is the
//! 64-bit finaliser of MurmurHash3 (Austin Appleby). Words are little-endian by
//! definition, so every machine agrees.

use std::fmt;

/// A chained hash of the events of a run; also what a message feeds its
/// contents to (see [`Message`](crate::Message)).
///
/// Cost: a multiplication and an addition per lane and word, and a step of the
/// chain per record.
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
    /// The record that is being gathered, and how many words it has.
    record: [u64; 2],
    words: usize,
}

/// A longer record is chained in parts.
const RECORD: usize = 16;

/// What the words of a record are multiplied by.
const WORD: [[u64; RECORD]; 2] = {
    let mut numbers = [[0; RECORD]; 2];
    let mut place = 0;
    while place < 2 * RECORD {
        let number = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(place as u64 + 1);
        numbers[place % 2][place / 2] = finish(number) | 1;
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
        let lanes = [0x6c61_675f_6661_6c6c, 0x2f64_6967_6573_742f];
        Self { lanes, record: [0; 2], words: 0 }
    }

    /// Adds one word.
    #[inline]
    pub fn write_u64(&mut self, word: u64) {
        if self.words == RECORD {
            self.end_record();
        }
        for (sum, numbers) in self.record.iter_mut().zip(&WORD) {
            *sum = sum.wrapping_add(word.wrapping_mul(numbers[self.words % RECORD]));
        }
        self.words += 1;
    }

    /// The same chain with nothing gathered, to gather a record in.
    #[inline(always)]
    pub(crate) fn begin_record(&self) -> Self {
        debug_assert_eq!(self.words, 0, "the last record was ended");
        Self { lanes: self.lanes, record: [0; 2], words: 0 }
    }

    /// Chains what was gathered since the last record.
    #[inline]
    pub(crate) fn end_record(&mut self) {
        let length = (self.words as u64).wrapping_mul(LENGTH);
        for ((lane, record), number) in self.lanes.iter_mut().zip(self.record).zip(LANE) {
            *lane = lane.wrapping_add(record ^ length).rotate_left(31).wrapping_mul(number);
        }
        (self.record, self.words) = ([0; 2], 0);
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
