//! Trace files whose checksums and chains are right and whose contents are
//! anything, so that what stands behind the checksums is reached. The format is
//! that of `flagfall::trace`'s documentation.

use twox_hash::{XxHash3_64, XxHash3_128};

/// Traces in order, as the command wrote them.
pub const BASES: [&[u8]; 3] = [
    include_bytes!("../corpus/trace/taxi"),
    include_bytes!("../corpus/trace/messages"),
    include_bytes!("../corpus/trace/actor-tree-faults"),
];

/// Bytes of a header before its body.
const HEADER: usize = 48;

/// Bytes of a block before its contents.
const BLOCK: usize = 100;

/// Bytes before the contents in an input: how many entries, how many bytes are
/// about what happened, first event and time, last event and time.
const FACTS: usize = 2 + 4 + 4 * 8;

/// The contents of a block and what its head says of them.
pub struct Forged {
    entries: u16,
    happened: u32,
    reach: [u8; 32],
    contents: Vec<u8>,
}

fn u32_at(bytes: &[u8], place: usize) -> usize {
    u32::from_le_bytes(bytes[place..place + 4].try_into().expect("four bytes")) as usize
}

fn end_of_header(file: &[u8]) -> usize {
    HEADER + u32_at(file, 12)
}

fn sum(bytes: &[u8]) -> [u8; 8] {
    XxHash3_64::oneshot(bytes).to_le_bytes()
}

impl Forged {
    /// What an input says; `None` if it is too short.
    pub fn from_input(input: &[u8]) -> Option<Self> {
        let (facts, contents) = input.split_at_checked(FACTS)?;
        Some(Self {
            entries: u16::from_le_bytes(facts[..2].try_into().ok()?),
            happened: u32::from_le_bytes(facts[2..6].try_into().ok()?),
            reach: facts[6..].try_into().ok()?,
            contents: contents.to_vec(),
        })
    }

    /// The input that says what stands in the first block of a file.
    ///
    /// # Panics
    /// If the file is not in order.
    pub fn input_of(file: &[u8]) -> Vec<u8> {
        let block = end_of_header(file);
        let (packed, length) = (u32_at(file, block + 4), u32_at(file, block + 8));
        let packed = &file[block + BLOCK..block + BLOCK + packed];
        let contents = lz4_flex::block::decompress(packed, length).expect("in order");
        let entries = &file[block + 16..block + 18];
        let happened = &file[block + 12..block + 16];
        [entries, happened, &file[block + 28..block + 60], &contents].concat()
    }

    /// A complete file with the header of a base and this as its only block.
    pub fn file(&self) -> Vec<u8> {
        let header = &BASES[0][..end_of_header(BASES[0])];
        let happened = (self.happened as usize).min(self.contents.len());
        let (first, second) = self.contents.split_at(happened);
        let packed = lz4_flex::block::compress(&self.contents);
        let mut block = b"BLK\n".to_vec();
        for length in [packed.len(), self.contents.len(), happened, usize::from(self.entries)] {
            block.extend((length as u32).to_le_bytes());
        }
        block.extend([0; 8]);
        block.extend(self.reach);
        let chain = [
            &XxHash3_128::oneshot(&[&[0; 24], first].concat()).to_le_bytes()[..],
            &sum(&[&[0; 16], second].concat()),
        ]
        .concat();
        block.extend(&chain);
        block.extend(sum(&block));
        block.extend(sum(&[&block[..], &packed].concat()));
        block.extend(&packed);
        let offset = (header.len() as u64).to_le_bytes();
        let mut row = [&offset[..], &self.reach[..16], &chain].concat();
        row.extend(sum(&[&[0; 8], &row[..]].concat()));
        let index = (header.len() + block.len()) as u64;
        let mut end = [&header[..8], &header[16..24], &index.to_le_bytes()].concat();
        end.extend(1_u64.to_le_bytes());
        end.extend(u64::from(self.entries).to_le_bytes());
        end.extend(&self.reach[16..]);
        end.extend([0; 17]);
        end.extend(b"end of the trace");
        end.extend(sum(&end));
        let mut file = [header, &block, &row, &end].concat();
        let mark = [&(file.len() as u64).to_le_bytes()[..], &end[end.len() - 8..]].concat();
        let vouched = sum(&[b"finished", &header[16..24], &mark].concat());
        file[24..HEADER].copy_from_slice(&[&mark[..], &vouched].concat());
        file
    }
}

#[cfg(test)]
mod tests {
    use super::{BASES, Forged};
    use crate::reading::read;

    // Without this, the fuzzer would only find that checksums are wrong.
    #[test]
    fn a_faithful_forgery_is_whole() {
        for base in BASES {
            let forged = Forged::from_input(&Forged::input_of(base)).expect("long enough");
            let (forged, base) = (read(&forged.file()), read(base));
            let (forged, base) = (forged.expect("a trace"), base.expect("a trace"));
            assert!(forged.whole && base.whole);
            assert!(!base.entries.is_empty());
            assert_eq!(forged.entries, base.entries);
        }
    }
}
