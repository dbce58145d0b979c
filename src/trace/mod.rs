//! Traces: the records of a run in a file that can be searched.
//!
//! A trace file is a [header](Header) (what was run), blocks of [`BLOCK`] entries, and an
//! index at the end. Block n covers the same entry numbers in every trace. Each block has a
//! [chain](Chain): a hash of its contents and the chain before it. So two traces are equal up
//! to a block if and only if their chains are equal there. [`first_difference`] uses
//! bisection: it reads a few rows of the index and one block of each trace, for any length.
//!
//! # The file
//!
//! All numbers are little-endian. A "number" is LEB128 of at most 64 bits. A "text" is a
//! number of bytes and UTF-8. A "difference" is that to the entry before, as a zigzag
//! number.
//!
//! | part | contents |
//! |---|---|
//! | header | magic `89 46 46 54 52 43 0D 0A`, format u32, length u32, XXH3-64 of these and the texts u64; the mark; then the texts: version, command, ingredients (name and value) and whether draws were kept, as texts and numbers |
//! | mark | length of the whole file u64, checksum in the end u64, XXH3-64 of `finished`, the checksum of the header and these u64. Until the end is written: 0, 0, and XXH3-64 of `unfinished`, the checksum of the header and these |
//! | block | magic `BLK\n`, compressed length u32, length u32, length of the first part u32, entries u32, number u64, first event u64, first time u64, last event u64, last time u64, chain u128 and u64, XXH3-64 of the head so far u64, XXH3-64 of head and compressed contents u64; then the contents, compressed with LZ4 |
//! | contents, first part | actors (u64 and text), messages (hash of the contents u64 and text); by column: kinds (bytes), events (differences), times (differences), causes (differences to the event), receivers, senders (places among the actors), messages (1 + place, 0 for none) |
//! | contents, second part | streams (texts); by entry: how many draws; unless 0, how many are kept, each with its stream's place and u64, and a hash of the others u64 if there are any |
//! | index | one row per block: place in the file u64, first event u64, first time u64, chain u128 and u64, XXH3-64 of the block's number and all this u64 |
//! | end | magic, checksum of the header u64, place of the index u64, blocks, entries, last event, last time u64 each, whether the digest is known u8, digest u128, `end of the trace`, XXH3-64 of all this u64 |
//!
//! The mark is overwritten last of all. If a file is *finished*, every missing, changed or
//! added byte is damage. A file is *unfinished* if its writer was killed or its run failed;
//! then it may end in the middle of a block. See [`TraceState`]. Files of format 1, which had
//! no mark, are refused.
//!
//! Every length is compared with its limit and with the rest of the file before memory is
//! allocated for it. Nothing in a file is recursive. Checksums find damage, but do not protect
//! against forgery. A forged file may change what is read, but it neither crashes the reader
//! nor fills the memory; a block takes some MB at most.

mod builder;
mod bytes;
mod causes;
mod check;
mod contents;
mod diff;
mod entry;
mod error;
mod file;
mod frame;
mod header;
mod index;
mod kind;
mod mark;
mod state;
mod writer;

pub use builder::short;
pub use causes::causes;
pub use check::{Checked, TraceChecker};
pub use diff::{Difference, first_difference};
pub use entry::{Drawn, Draws, Entry, Field, Party, Said};
pub use error::TraceError;
pub use file::TraceFile;
pub use frame::Chain;
pub use header::Header;
pub use index::Totals;
pub use kind::KINDS;
pub use state::TraceState;
pub use writer::TraceWriter;

use twox_hash::XxHash3_64;

/// Entries of a block. The number is fixed, so that block n covers the same entry numbers in
/// every trace.
pub const BLOCK: usize = 1_024;

/// The longest text of a message, path or stream, in bytes. Longer ones are cut and end
/// with `…`.
pub const LONGEST_TEXT: usize = 1_024;

/// The most draws kept one by one: of an entry, and of a block.
const MOST_DRAWS_OF_ENTRY: usize = 64;
const MOST_DRAWS: usize = 4 * BLOCK;

/// The longest body of a header, in bytes.
const MOST_OF_HEADER: usize = 1 << 20;

/// The version of the format.
const FORMAT: u32 = 2;

/// A 64-bit hash of concatenated pieces.
fn checksum(pieces: &[&[u8]]) -> u64 {
    let mut hasher = XxHash3_64::new();
    pieces.iter().for_each(|piece| std::hash::Hasher::write(&mut hasher, piece));
    std::hash::Hasher::finish(&hasher)
}
