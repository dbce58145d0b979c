//! Trace files that were cut, changed or added to after they were finished.

use super::{folder, shown, within};
use crate::command::run;
use std::path::Path;

/// What the commands say of a file that is not what `day` is; none may call it whole,
/// or equal.
fn told(folder: &Path, bytes: &[u8], what: &str) {
    std::fs::write(folder.join("b"), bytes).expect("a file");
    let (code, out, talk) = within(folder, "trace b --check");
    assert_eq!((code, out.as_str()), (3, ""), "{what}: {talk}");
    assert!(!talk.contains("did not finish"), "{what}: {talk}");
    for command in ["diff day b", "diff b day", "replay b"] {
        let (code, out, talk) = within(folder, command);
        assert_eq!((code, out.as_str()), (3, ""), "{what}: {command}: {talk}");
    }
}

#[test]
fn damage_at_the_end_of_a_finished_file_is_told() {
    let folder = folder("trace-end");
    shown(&folder, "run taxi --record day -q");
    let whole = std::fs::read(folder.join("day")).expect("a file");
    assert_eq!(
        shown(&folder, "trace day --check"),
        "day is complete: 122 records; every byte of them is as it was written\n"
    );
    assert_eq!(shown(&folder, "diff day day"), "equal: 122 records\n");
    let length = whole.len();
    told(&folder, &[&whole[..], b"x"].concat(), "a byte more");
    // The last byte, all of the end, half of the index, all behind the blocks, a block.
    for cut in [1, 8, 145, 145 + 32, 145 + 64, 145 + 100, length / 2] {
        told(&folder, &whole[..length - cut], &format!("{cut} bytes less"));
    }
    // In the end, in the index, in the block, in the mark, in the header.
    for place in [length - 1, length - 140, length - 150, length / 2, 30, 60] {
        let mut changed = whole.clone();
        changed[place] ^= 4;
        told(&folder, &changed, &format!("byte {place} changed"));
    }
    // What is whole can still be looked at, and the exit code tells.
    std::fs::write(folder.join("b"), &whole[..length - 1]).expect("a file");
    let (code, out, talk) = within(&folder, "trace b");
    assert_eq!((code, out.lines().count()), (3, 122), "{talk}");
    assert!(
        talk.contains(&format!("finished with {length} bytes and has {}", length - 1)),
        "{talk}"
    );
    let (code, out, _) = within(&folder, "trace b --summary");
    assert!(
        code == 3 && out.contains("file        damaged: what is whole are 122 records"),
        "{out}"
    );
}

#[test]
fn traces_that_are_not_known_to_be_equal_are_not_called_so() {
    let folder = folder("trace-unknown");
    // Two runs that failed alike, and what came then is not known.
    for name in ["a", "b"] {
        within(&folder, &format!("run taxi --max-events 50 --record {name} -q"));
    }
    let (code, out, talk) = within(&folder, "diff a b");
    assert_eq!(code, 1, "{talk}");
    assert_eq!(out, "no difference in 50 records, but the comparison is incomplete\n");
    let (code, out, _) = within(&folder, "diff a b --json");
    assert!(code == 1 && out.contains("\"equal\":false"), "{out}");
    // No record differs, and what was drawn does.
    for (name, digest) in [("c", "standard"), ("d", "standard,draws")] {
        shown(&folder, &format!("run taxi --digest {digest} --record {name} -q"));
    }
    let (code, out, talk) = within(&folder, "diff c d");
    assert_eq!(code, 1, "{out}");
    assert!(talk.contains("no record differs, but the digests do"), "{talk}");
}

#[test]
fn an_older_format_is_told() {
    let folder = folder("trace-format");
    let mut old = b"\x89FFTRC\r\n\x01\0\0\0".to_vec();
    old.resize(200, 0);
    std::fs::write(folder.join("old"), old).expect("a file");
    let (code, _, talk) = within(&folder, "trace old --check");
    assert_eq!(code, 3);
    assert!(talk.contains("has format 1, and this flagfall reads format 2"), "{talk}");
    assert_eq!(run("trace --help").status.code(), Some(0));
}
