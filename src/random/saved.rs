//! Streams in files: their key, number and position. Words computed ahead are computed
//! again. The origin of recorded draws is not saved.

use super::{Ledger, Stream};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// No run draws this number of words, and positions cannot overflow from there.
const POSITION_MAX: u64 = 1 << 62;

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut now = self.clone();
        now.follow();
        (now.key, now.number, now.position).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (key, number, position) = Deserialize::deserialize(deserializer)?;
        let mut stream = Self::of(key, number, Ledger::here());
        let moved = stream.move_to(position);
        moved.ok_or_else(|| serde::de::Error::custom("no stream is that far"))?;
        Ok(stream)
    }
}

impl Stream {
    /// How many words have been drawn.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Moves to the position after that many words; `None` above the largest position.
    pub(crate) fn move_to(&mut self, position: u64) -> Option<()> {
        if position > POSITION_MAX {
            return None;
        }
        self.position = position;
        self.compute();
        Some(())
    }
}
