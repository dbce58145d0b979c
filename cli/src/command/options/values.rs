//! Parsers of values. Each error says what to write instead.

use flagfall::network::Latency;
use flagfall::pacing::RealTime;
use flagfall::tie::TiePolicy;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The most replications of a point: at the end, all rows are in memory.
pub(crate) const MOST_REPLICATIONS: u64 = 100_000_000;

/// The levels that are allowed: they can be printed as percent, and their intervals can be
/// computed, even if many differences share one.
const LEVELS: RangeInclusive<f64> = 0.01..=0.999_999;

/// Reads a confidence level.
pub(crate) fn level(text: &str) -> Result<f64, String> {
    let level = text.parse().ok().filter(|level| LEVELS.contains(level));
    level.ok_or_else(|| {
        let (least, most) = (LEVELS.start(), LEVELS.end());
        format!(
            "`{text}` is not a confidence level: write a number from {least} to {most}, like 0.95"
        )
    })
}

/// Reads how fast virtual time passes, compared with real time.
pub(crate) fn pace(text: &str) -> Result<RealTime, String> {
    let factor: f64 = text.parse().map_err(|_| {
        format!("`{text}` is not a number: write 1 for real time, 10 for ten times as fast")
    })?;
    RealTime::new(factor).map_err(|error| error.to_string())
}

/// A tie policy; that of the word `shuffle` needs the seed of the run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ties {
    Policy(TiePolicy),
    Shuffle,
}

impl Ties {
    pub(crate) fn policy(&self, seed: u64) -> TiePolicy {
        match self {
            Self::Policy(policy) => policy.clone(),
            Self::Shuffle => TiePolicy::Shuffled(seed),
        }
    }
}

impl FromStr for Ties {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "shuffle" {
            return Ok(Self::Shuffle);
        }
        text.parse().map(Self::Policy).map_err(|error: flagfall::tie::ParseTiesError| {
            format!("{error}; or write fifo, shuffle, shuffle:SEED")
        })
    }
}

/// The latency of one link: `driver->driver/dispatcher=5ms`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) latency: Latency,
}

impl FromStr for Link {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || format!("`{text}` is not a link: write FROM->TO=LATENCY with actor paths");
        let (ends, latency) = text.rsplit_once('=').ok_or_else(wanted)?;
        let (from, to) = ends.split_once("->").ok_or_else(wanted)?;
        if from.is_empty() || to.is_empty() {
            return Err(wanted());
        }
        let latency = latency.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { from: from.to_owned(), to: to.to_owned(), latency })
    }
}
