//! Streams in files: their key, number and position. What they have computed
//! ahead is computed again. Whom their draws are told is not saved.

use super::{Stream, WORDS};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Further than any run draws, and far enough from the end of the numbers.
const POSITION_MAX: u64 = 1 << 62;

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.key, self.number, self.position).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (key, number, position) = Deserialize::deserialize(deserializer)?;
        if position > POSITION_MAX {
            return Err(serde::de::Error::custom("no stream is that far"));
        }
        let begun = position % WORDS as u64;
        let mut stream =
            Self { words: [0; WORDS], position: position - begun, key, number, tap: None };
        if begun > 0 {
            stream.refill();
        }
        stream.position = position;
        Ok(stream)
    }
}
