//! One block of ChaCha8, by the vector instructions that every processor of a platform has.

use wide::u32x4;

/// Words in a block.
pub(super) const WORDS: usize = 16;

/// "expand 32-byte k".
const CONSTANT: u32x4 = u32x4::new([0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);

/// The block with that number of the stream `stream` under a key: D. J. Bernstein, "ChaCha, a variant
/// of Salsa20" (2008), with eight rounds, a 64-bit counter and a 64-bit nonce. `ChaCha8Rng` makes the
/// same words, four blocks at a time.
///
/// Cost: 240 instructions with SSE2. They depend on each other, so that they overlap with what
/// follows.
#[inline]
pub(super) fn block(key: &[u64; 4], stream: u64, counter: u64) -> [u32; WORDS] {
    let row = |low: u64, high: u64| {
        u32x4::new([low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32])
    };
    let first = [CONSTANT, row(key[0], key[1]), row(key[2], key[3]), row(counter, stream)];
    let mut rows = first;
    for _ in 0..4 {
        columns(&mut rows);
        // The diagonals become columns, and columns again.
        rows = [rows[0], turned::<1>(rows[1]), turned::<2>(rows[2]), turned::<3>(rows[3])];
        columns(&mut rows);
        rows = [rows[0], turned::<3>(rows[1]), turned::<2>(rows[2]), turned::<1>(rows[3])];
    }
    let mut words = [0; WORDS];
    for (words, (row, first)) in words.chunks_exact_mut(4).zip(rows.into_iter().zip(first)) {
        words.copy_from_slice(&(row + first).to_array());
    }
    words
}

/// A quarter round of each column.
#[inline(always)]
fn columns(rows: &mut [u32x4; 4]) {
    let [a, b, c, d] = rows;
    *a += *b;
    *d = rotated::<16>(*d ^ *a);
    *c += *d;
    *b = rotated::<12>(*b ^ *c);
    *a += *b;
    *d = rotated::<8>(*d ^ *a);
    *c += *d;
    *b = rotated::<7>(*b ^ *c);
}

/// Each word with its bits rotated to the left.
#[inline(always)]
fn rotated<const BITS: u32>(row: u32x4) -> u32x4 {
    row << BITS | row >> (32 - BITS)
}

/// The words of a row, from that one on.
#[inline(always)]
fn turned<const FROM: usize>(row: u32x4) -> u32x4 {
    let words = row.to_array();
    u32x4::new(std::array::from_fn(|place| words[(place + FROM) % 4]))
}
