//! The end of a trace file: the index of blocks, and the totals.
//! All rows have the same length, so that one can be read without the others.

use super::bytes::Bytes;
use super::checksum;
use super::frame::{Chain, Head};
use super::header::MAGIC;
use crate::digest::Digest;

/// Bytes of a row.
pub(super) const ROW: usize = 3 * 8 + 16 + 8 + 8;

/// Bytes of the end.
pub(super) const FOOTER: usize = 7 * 8 + 1 + 16 + 16 + 8;

/// A block in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) offset: u64,
    pub(super) first_event: u64,
    pub(super) first_time: u64,
    /// After the block.
    pub(super) chain: Chain,
}

impl Row {
    pub(super) fn of(head: &Head, offset: u64) -> Self {
        let reach = head.reach;
        let (first_event, first_time) = (reach.first_event, reach.first_time);
        Self { offset, first_event, first_time, chain: head.chain }
    }

    /// The index of these blocks.
    pub(super) fn encode_all(rows: &[Self]) -> Vec<u8> {
        let mut index = Vec::with_capacity(rows.len() * ROW);
        (0..).zip(rows).for_each(|(number, row)| row.encode(number, &mut index));
        index
    }

    fn encode(&self, number: u64, out: &mut Vec<u8>) {
        let start = out.len();
        for word in [self.offset, self.first_event, self.first_time] {
            out.extend(word.to_le_bytes());
        }
        out.extend(self.chain.happened.to_le_bytes());
        out.extend(self.chain.drawn.to_le_bytes());
        let sum = checksum(&[&number.to_le_bytes(), &out[start..]]);
        out.extend(sum.to_le_bytes());
    }

    /// Reads the row of that number.
    pub(super) fn decode(row: &[u8], number: u64) -> Option<Self> {
        let (facts, _) = row.split_at_checked(ROW - 8)?;
        let mut bytes = Bytes(row);
        let [offset, first_event, first_time] = [bytes.u64()?, bytes.u64()?, bytes.u64()?];
        let chain = Chain { happened: bytes.u128()?, drawn: bytes.u64()? };
        let sum = bytes.u64()?;
        bytes.end()?;
        let intact = checksum(&[&number.to_le_bytes(), facts]) == sum;
        intact.then_some(Self { offset, first_event, first_time, chain })
    }
}

/// The totals of a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// How many blocks there are.
    pub blocks: u64,
    /// How many entries there are.
    pub entries: u64,
    /// The number of the event of the last entry; 0 if there is none.
    pub last_event: u64,
    /// The virtual time of that event, in nanoseconds.
    pub last_time: u64,
    /// The digest of the run as 128 bits, if it was computed and the trace is
    /// complete.
    pub digest: Option<u128>,
}

/// The end of a complete trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Footer {
    /// The checksum of the header of the same file.
    pub(super) header_sum: u64,
    /// Where the index begins.
    pub(super) index: u64,
    pub(super) totals: Totals,
}

impl Footer {
    pub(super) fn new(
        header_sum: u64,
        index: u64,
        last: Option<&Head>,
        digest: Option<Digest>,
    ) -> Self {
        let totals = last.map_or_else(Totals::default, Totals::up_to);
        let digest = digest.map(|digest| digest.value());
        Self { header_sum, index, totals: Totals { digest, ..totals } }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let Totals { blocks, entries, last_event, last_time, digest } = self.totals;
        let mut bytes = Vec::with_capacity(FOOTER);
        bytes.extend(MAGIC);
        for word in [self.header_sum, self.index, blocks, entries, last_event, last_time] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.push(u8::from(digest.is_some()));
        bytes.extend(digest.unwrap_or(0).to_le_bytes());
        bytes.extend(END);
        let sum = checksum(&[&bytes]);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// The checksum of a footer.
    pub(super) fn sum(footer: &[u8]) -> u64 {
        checksum(&[&footer[..FOOTER - 8]])
    }

    pub(super) fn decode(footer: &[u8]) -> Option<Self> {
        let (facts, _) = footer.split_at_checked(FOOTER - 8)?;
        let mut bytes = Bytes(footer);
        if bytes.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let [header_sum, index] = [bytes.u64()?, bytes.u64()?];
        let [blocks, entries] = [bytes.u64()?, bytes.u64()?];
        let [last_event, last_time] = [bytes.u64()?, bytes.u64()?];
        let known = bytes.take(1)? == [1];
        let value = bytes.u128()?;
        if bytes.take(END.len())? != END || bytes.u64()? != checksum(&[facts]) {
            return None;
        }
        bytes.end()?;
        let digest = known.then_some(value);
        let totals = Totals { blocks, entries, last_event, last_time, digest };
        Some(Self { header_sum, index, totals })
    }
}

const END: [u8; 16] = *b"end of the trace";

impl Totals {
    /// The totals of a trace with that last block.
    pub(super) fn up_to(last: &Head) -> Self {
        Self {
            blocks: last.number + 1,
            entries: last.number.saturating_mul(super::BLOCK as u64)
                + u64::from(last.reach.entries),
            last_event: last.reach.last_event,
            last_time: last.reach.last_time,
            digest: None,
        }
    }
}
