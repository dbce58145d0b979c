//! Blocks in a file: compressed, framed, checked, chained.

use super::builder::{Contents, Reach};
use super::bytes::Bytes;
use super::{BLOCK, checksum};
use twox_hash::XxHash3_128;

const MAGIC: [u8; 4] = *b"BLK\n";

/// The longest contents of a block, in bytes: more than the tables and columns of a full
/// block can take.
pub(super) const MOST_CONTENTS: usize = 8 << 20;

/// The longest compressed contents, if compression did not shorten them.
const MOST_PACKED: usize = MOST_CONTENTS + MOST_CONTENTS / 255 + 64;

/// Bytes before the compressed contents.
pub(super) const HEAD: usize = 4 + 4 * 4 + 5 * 8 + 16 + 8 + 2 * 8;

/// Hashes of a trace up to some block. They are equal if and only if the traces are equal up
/// to there, except for hash collisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chain {
    /// The hash of the events.
    pub happened: u128,
    /// The hash of the draws.
    pub drawn: u64,
}

impl Chain {
    /// The chain of an empty trace.
    pub const EMPTY: Self = Self { happened: 0, drawn: 0 };

    /// The chain after one more block. It also covers the number of the block.
    pub(super) fn after(self, number: u64, contents: &[u8], happened: usize) -> Self {
        let (first, second) = contents.split_at(happened);
        let mut hasher = XxHash3_128::new();
        hasher.write(&self.happened.to_le_bytes());
        hasher.write(&number.to_le_bytes());
        hasher.write(first);
        let drawn = checksum(&[&self.drawn.to_le_bytes(), &number.to_le_bytes(), second]);
        Self { happened: hasher.finish_128(), drawn }
    }
}

/// The head of a block, before the compressed contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) reach: Reach,
    pub(super) chain: Chain,
    pub(super) packed: usize,
    pub(super) length: usize,
    pub(super) happened: usize,
    sum: u64,
}

impl Head {
    /// All bytes except the checksum of head and contents.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for length in [self.packed, self.length, self.happened] {
            bytes.extend((length as u32).to_le_bytes());
        }
        let Reach { entries, first_event, first_time, last_event, last_time } = self.reach;
        bytes.extend(entries.to_le_bytes());
        for word in [self.number, first_event, first_time, last_event, last_time] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(self.chain.happened.to_le_bytes());
        bytes.extend(self.chain.drawn.to_le_bytes());
        let sum = checksum(&[&bytes]);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// Whether a head may begin with these bytes, which are shorter than a head.
    pub(super) fn begins_so(bytes: &[u8]) -> bool {
        bytes.iter().zip(&MAGIC).all(|(found, wanted)| found == wanted)
    }

    /// Reads a head. `None` if it is damaged or a length in it is above its limit.
    pub(super) fn decode(head: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(head);
        if bytes.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let [packed, length, happened] =
            [bytes.u32()? as usize, bytes.u32()? as usize, bytes.u32()? as usize];
        let entries = bytes.u32()?;
        let number = bytes.u64()?;
        let [first_event, first_time] = [bytes.u64()?, bytes.u64()?];
        let [last_event, last_time] = [bytes.u64()?, bytes.u64()?];
        let chain = Chain { happened: bytes.u128()?, drawn: bytes.u64()? };
        let (facts, _) = head.split_at_checked(HEAD - 16)?;
        let intact = bytes.u64()? == checksum(&[facts]);
        let sum = bytes.u64()?;
        bytes.end()?;
        let fits = intact
            && packed <= MOST_PACKED
            && length <= MOST_CONTENTS
            && happened <= length
            && (1..=BLOCK).contains(&(entries as usize));
        let reach = Reach { entries, first_event, first_time, last_event, last_time };
        fits.then_some(Self { number, reach, chain, packed, length, happened, sum })
    }

    /// Whether the checksum fits this head and these compressed contents.
    pub(super) fn fits(&self, packed: &[u8]) -> bool {
        checksum(&[&self.bytes(), packed]) == self.sum
    }
}

/// A block as it is written, with its head.
pub(super) fn pack(contents: &Contents, number: u64, before: Chain) -> (Vec<u8>, Head) {
    let bytes = &contents.bytes;
    let packed = lz4_flex::block::compress(bytes);
    let mut head = Head {
        number,
        reach: contents.reach,
        chain: before.after(number, bytes, contents.happened),
        packed: packed.len(),
        length: bytes.len(),
        happened: contents.happened,
        sum: 0,
    };
    let mut frame = head.bytes();
    head.sum = checksum(&[&frame, &packed]);
    frame.extend(head.sum.to_le_bytes());
    frame.extend(packed);
    (frame, head)
}

/// The contents of a block; `None` if they do not have the length in the head.
pub(super) fn unpack(head: &Head, packed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; head.length];
    let length = lz4_flex::block::decompress_into(packed, &mut bytes).ok()?;
    (length == head.length).then_some(bytes)
}
