//! Files whose checksums and chains are right and whose contents are not: what
//! only somebody makes who wants to.

use super::entries::{any_entry, killed, write};
use flagfall::trace::{TraceFile, causes};
use proptest::prelude::*;
use std::io::Cursor;
use twox_hash::{XxHash3_64, XxHash3_128};

/// Bytes of a header before its body, and of a block before its contents.
const HEADER: usize = 48;
const BLOCK: usize = 100;

fn u32_at(bytes: &[u8], place: usize) -> usize {
    u32::from_le_bytes(bytes[place..place + 4].try_into().expect("four bytes")) as usize
}

fn put(bytes: &mut [u8], place: usize, value: &[u8]) {
    bytes[place..place + value.len()].copy_from_slice(value);
}

/// Where the first block begins.
fn first_block(file: &[u8]) -> usize {
    HEADER + u32_at(file, 12)
}

/// The contents of the first block, and how many of them are about what
/// happened.
pub(crate) fn contents(file: &[u8]) -> (Vec<u8>, usize) {
    let block = first_block(file);
    let (packed, length) = (u32_at(file, block + 4), u32_at(file, block + 8));
    let packed = &file[block + BLOCK..block + BLOCK + packed];
    let contents = lz4_flex::block::decompress(packed, length).expect("intact");
    (contents, u32_at(file, block + 12))
}

/// The file with other contents in its only block, and right checksums; without
/// an end.
pub(crate) fn forge(file: &[u8], contents: &[u8], happened: usize) -> Vec<u8> {
    let happened = happened.min(contents.len());
    let block = first_block(file);
    let mut forged = file[..block + BLOCK].to_vec();
    let packed = lz4_flex::block::compress(contents);
    for (place, length) in [(4, packed.len()), (8, contents.len()), (12, happened)] {
        put(&mut forged, block + place, &(length as u32).to_le_bytes());
    }
    let (first, second) = contents.split_at(happened);
    let start = [&[0; 24], first].concat();
    put(&mut forged, block + 60, &XxHash3_128::oneshot(&start).to_le_bytes());
    let start = [&[0; 16], second].concat();
    put(&mut forged, block + 76, &XxHash3_64::oneshot(&start).to_le_bytes());
    seal(&mut forged, block, &packed);
    forged.extend(packed);
    killed(&forged, forged.len())
}

/// Writes the checksums of the head of a block with those compressed contents.
fn seal(file: &mut [u8], block: usize, packed: &[u8]) {
    let sum = XxHash3_64::oneshot(&file[block..block + BLOCK - 16]);
    put(file, block + BLOCK - 16, &sum.to_le_bytes());
    let covered = [&file[block..block + BLOCK - 8], packed].concat();
    put(file, block + BLOCK - 8, &XxHash3_64::oneshot(&covered).to_le_bytes());
}

/// Reads all of a file; whether that went well.
pub(crate) fn reads(file: &[u8]) -> bool {
    let Ok(mut trace) = TraceFile::open(Cursor::new(file)) else { return false };
    assert!(!trace.is_complete());
    let Ok(Some(entry)) = trace.entry(0) else { return false };
    let _ = trace.find_event(entry.cause);
    let _ = trace.first_at(entry.time.as_nanos());
    causes(&mut trace, &entry, 10).is_ok() && trace.check().is_ok()
}

#[test]
fn a_faithful_forgery_is_read() {
    // Without this, the others would only find that checksums are wrong.
    let file = write(&[super::entries::entry(1), super::entries::entry(2)]);
    let (bytes, happened) = contents(&file);
    assert!(reads(&forge(&file, &bytes, happened)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn forged_contents_harm_nobody(
        entries in prop::collection::vec(any_entry(), 1..30),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        part in prop::option::of(0..2_000_usize),
    ) {
        let file = write(&entries);
        let (mut bytes, happened) = contents(&file);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        reads(&forge(&file, &bytes, part.unwrap_or(happened)));
    }

    #[test]
    fn forged_headers_of_blocks_harm_nobody(
        places in prop::collection::vec((0..BLOCK - 16, any::<u8>()), 1..6),
    ) {
        let file = write(&[super::entries::entry(1), super::entries::entry(2)]);
        let (bytes, happened) = contents(&file);
        let mut forged = forge(&file, &bytes, happened);
        let block = first_block(&forged);
        for (place, byte) in places {
            forged[block + place] = byte;
        }
        let packed = forged[block + BLOCK..].to_vec();
        seal(&mut forged, block, &packed);
        reads(&forged);
    }
}

#[test]
fn what_claims_to_be_long_takes_no_memory() {
    let file = write(&[super::entries::entry(1)]);
    // Eight million bytes in thirty thousand: a table of empty texts.
    let bomb = vec![0; 8 << 20];
    assert!(!reads(&forge(&file, &bomb, bomb.len())));
    // A table that claims more rows than there can be.
    let (bytes, happened) = contents(&file);
    let claims = [&[0xff, 0xff, 0xff, 0xff, 0x0f], &bytes[1..]].concat();
    assert!(!reads(&forge(&file, &claims, happened + 4)));
    // Longer than blocks may be.
    let long = vec![0; (8 << 20) + 1];
    let forged = forge(&file, &long, 0);
    let trace = TraceFile::open(Cursor::new(forged)).expect("the header is right");
    assert_eq!(trace.totals().blocks, 0);
}
