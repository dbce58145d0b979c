//! A running 128-bit hash of everything that happened.
//!
//! Two runs that differ in one word differ in both lanes for ever after, as
//! long as the words that follow are equal: each step is a bijection of the
//! lane (for a given word) and of the word (for a given lane). It is a
//! checksum for finding differences, not a defence against forgery.
//!
//! The step is the accumulator round of xxHash64 (Yann Collet,
//! <https://github.com/Cyan4973/xxHash>), run in two lanes with different
//! constants; the finish is the 64-bit finaliser of MurmurHash3 (Austin
//! Appleby). Words are little-endian by definition, so every machine agrees.

use std::fmt;

/// A chained hash of the events of a run; also what a message feeds its
/// contents to (see [`Message`](crate::Message)).
///
/// Cost: two multiplications and a rotation per lane and word.
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
    lanes: [u64; 2],
}

const WORD: [u64; 2] = [0xC2B2_AE3D_27D4_EB4F, 0x9FB2_1C65_1E98_DF25];
const LANE: [u64; 2] = [0x9E37_79B1_85EB_CA87, 0xD6E8_FEB8_6659_FD93];

impl Digest {
    /// The digest of an empty trace.
    #[must_use]
    pub const fn new() -> Self {
        Self { lanes: [0x6c61_675f_6661_6c6c, 0x2f64_6967_6573_742f] }
    }

    /// Adds one word.
    #[inline]
    pub fn write_u64(&mut self, word: u64) {
        self.lanes[0] = self.lanes[0]
            .wrapping_add(word.wrapping_mul(WORD[0]))
            .rotate_left(31)
            .wrapping_mul(LANE[0]);
        self.lanes[1] =
            (self.lanes[1] ^ word.wrapping_mul(WORD[1])).rotate_left(29).wrapping_mul(LANE[1]);
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
        let high = finish(self.lanes[0] ^ self.lanes[1].rotate_left(32));
        let low = finish(self.lanes[1].wrapping_add(high));
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
