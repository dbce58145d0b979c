//! Trace files with changed, missing and additional bytes: none is taken for a
//! whole one, and nothing is read of one that was not in it.
//!
//! The first byte of an input chooses the file, the next two where it is cut (no
//! cut if it is behind the end). Then come changes: two bytes place, one byte
//! that is xored there. An odd end of the input is appended to the file.

#![no_main]

use flagfall::trace::Entry;
use flagfall_fuzz::{BASES, bounded, read};
use std::sync::LazyLock;

static WHOLE: LazyLock<Vec<Vec<Entry>>> = LazyLock::new(|| {
    let entries = |base: &&[u8]| read(base).expect("the base is in order").entries;
    BASES.iter().map(entries).collect()
});

fn place(bytes: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([bytes[0], bytes[1]]))
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((head, changes)) = input.split_at_checked(3) else { return };
    let chosen = usize::from(head[0]) % BASES.len();
    let (base, whole) = (BASES[chosen], &WHOLE[chosen]);
    let mut file = base.to_vec();
    file.truncate(place(&head[1..]));
    let changes = changes.chunks_exact(3);
    let added = changes.remainder();
    for change in changes {
        if let Some(byte) = file.get_mut(place(change)) {
            *byte ^= change[2];
        }
    }
    file.extend(added);
    bounded(|| {
        let Ok(found) = read(&file) else { return };
        assert_eq!(found.whole, file == base, "a damaged file counts as whole, or a whole one not");
        assert!(whole.starts_with(&found.entries), "entries that were never written");
    });
});
