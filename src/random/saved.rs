//! Streams in files: their key, number, position and whether they are mirrored. Words computed ahead are computed
//! again. The origin of recorded draws is not saved.

use super::{FLAGS, Ledger, MIRRORED, OF_ENGINE, Stream};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// No run draws this number of words, and positions cannot overflow from there.
const POSITION_MAX: u64 = 1 << 61;

/// In the number of a stream in a file: the stream is mirrored. Numbers have 33 bits.
const MIRRORED_NUMBER: u64 = 1 << 33;

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut now = self.clone();
        now.follow();
        let mirrored = if now.is_mirrored() { MIRRORED_NUMBER } else { 0 };
        (now.key_bytes(), now.number() | mirrored, now.position()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (bytes, number, position): ([u8; 32], u64, _) = Deserialize::deserialize(deserializer)?;
        let key = std::array::from_fn(|word| {
            let bytes = bytes[8 * word..][..8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        });
        if number >= 2 * MIRRORED_NUMBER {
            return Err(serde::de::Error::custom("no stream has that number"));
        }
        let flag = |bit: u64, flag| if number & bit == 0 { 0 } else { flag };
        let place = flag(1 << 32, OF_ENGINE) | flag(MIRRORED_NUMBER, MIRRORED);
        let mut stream = Self::of(key, place, number as u32, Ledger::here());
        let moved = stream.move_to(position);
        moved.ok_or_else(|| serde::de::Error::custom("no stream is that far"))?;
        Ok(stream)
    }
}

impl Stream {
    /// Moves to the position after that many words; `None` above the largest position.
    pub(crate) fn move_to(&mut self, position: u64) -> Option<()> {
        if position > POSITION_MAX {
            return None;
        }
        self.place = self.place & FLAGS | position;
        self.compute();
        Some(())
    }
}
