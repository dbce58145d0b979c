//! Numbers and texts as bytes: little-endian words, and LEB128 for numbers that
//! are mostly small. Reading checks every length before it uses it.

/// Appends a number in groups of seven bits, the lowest first: 1 to 10 bytes.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends the difference from `from` to `to` in zigzag encoding: a small difference with
/// either sign takes few bytes.
pub(super) fn put_difference(out: &mut Vec<u8>, from: u64, to: u64) {
    let way = to.wrapping_sub(from) as i64;
    put_number(out, (way << 1 ^ way >> 63) as u64);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Bytes that are read from the front. Any method returns `None` for invalid bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> Option<u128> {
        self.array().map(u128::from_le_bytes)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for group in 0..10 {
            let byte = *self.take(1)?.first()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth group has room for one bit.
            if group == 9 && bits > 1 {
                return None;
            }
            number |= bits << (7 * group);
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A count, at most `most`.
    pub(super) fn count(&mut self, most: usize) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= most)
    }

    /// `from` plus a difference.
    pub(super) fn difference(&mut self, from: u64) -> Option<u64> {
        let way = self.number()?;
        Some(from.wrapping_add(way >> 1 ^ (way & 1).wrapping_neg()))
    }

    /// A text of at most `most` bytes.
    pub(super) fn text(&mut self, most: usize) -> Option<&'a str> {
        let length = self.count(most)?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// `None` if bytes are left.
    pub(super) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
