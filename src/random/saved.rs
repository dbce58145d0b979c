//! Streams in files: their key, number and position. Words computed ahead are computed
//! again. The origin of recorded draws is not saved.

use super::{Ledger, OF_ENGINE, Stream};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// No run draws this number of words, and positions cannot overflow from there.
const POSITION_MAX: u64 = 1 << 62;

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut now = self.clone();
        now.follow();
        (now.key_bytes(), now.number(), now.position()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (bytes, number, position): ([u8; 32], u64, _) = Deserialize::deserialize(deserializer)?;
        let key = std::array::from_fn(|word| {
            let bytes = bytes[8 * word..][..8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        });
        let place = if number >> 32 == 0 { 0 } else { OF_ENGINE };
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
        self.place = self.place & OF_ENGINE | position;
        self.compute();
        Some(())
    }
}
