//! Models of latency, and how they are written.

use super::Empirical;
use crate::random::Stream;
use crate::time::{ParseTimeError, Span};
use std::fmt;
use std::str::FromStr;

/// How long a message travels from its sender to its receiver.
///
/// Latencies are drawn from a stream of the sender, which no model can open. Messages of
/// other senders never change them.
///
/// # Examples
/// ```
/// use flagfall::{Latency, Span};
///
/// let latency: Latency = "uniform:1ms..3ms".parse()?;
/// assert_eq!(latency, Latency::Uniform { low: Span::from_millis(1), high: Span::from_millis(3) });
/// assert_eq!(latency.to_string(), "uniform:1ms..3ms");
/// # Ok::<(), flagfall::network::ParseLatencyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Fixed(Span),
    /// Uniformly distributed over the nanoseconds from `low` to `high`, both included. If
    /// `low` is above `high`, the first message of the run ends it with an error.
    Uniform {
        /// The shortest latency.
        low: Span,
        /// The longest latency.
        high: Span,
    },
    /// Exponentially distributed.
    Exponential {
        /// The mean latency.
        mean: Span,
    },
    /// Drawn from recorded latencies.
    Empirical(Empirical),
}

impl Latency {
    /// Messages arrive at the instant they are sent.
    pub const ZERO: Self = Self::Fixed(Span::ZERO);

    /// A span that a latency seldom exceeds: the longest latency, or ten times the mean
    /// of an exponential one.
    #[must_use]
    pub fn allowance(&self) -> Span {
        match *self {
            Self::Fixed(span) | Self::Uniform { high: span, .. } => span,
            Self::Empirical(ref recorded) => recorded.longest(),
            Self::Exponential { mean } => mean.checked_mul(10).unwrap_or(Span::MAX),
        }
    }

    /// Draws one word of the stream, seldom more, and none for a fixed latency.
    pub(crate) fn draw(&self, stream: &mut Stream) -> Span {
        match *self {
            Self::Empirical(ref recorded) => recorded.draw(stream),
            Self::Fixed(span) => span,
            Self::Uniform { low, high } => stream.span(low..=high),
            Self::Exponential { mean } => stream.exponential(mean),
        }
    }
}

/// Why a text is not a latency; prints the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseLatencyError {
    /// A span in it cannot be read.
    Time(ParseTimeError),
    /// The model's name or shape is unknown.
    Unknown(String),
    /// The shortest latency is longer than the longest.
    Empty(String),
    /// The weight of a recorded latency is not a number from 1, or the sum of the
    /// weights is 2^64 or more.
    Weight(String),
}

impl fmt::Display for ParseLatencyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(error) => error.fmt(f),
            Self::Unknown(text) => write!(
                f,
                "`{text}` is not a latency: write 1ms, uniform:1ms..3ms, exponential:2ms \
                 or empirical:1ms,2ms*3"
            ),
            Self::Empty(text) => write!(f, "`{text}` is empty: write the shorter latency first"),
            Self::Weight(text) => write!(
                f,
                "`{text}` is not a weight: write how often that latency was recorded, like 2ms*3"
            ),
        }
    }
}

impl std::error::Error for ParseLatencyError {}

impl From<ParseTimeError> for ParseLatencyError {
    fn from(error: ParseTimeError) -> Self {
        Self::Time(error)
    }
}

impl FromStr for Latency {
    type Err = ParseLatencyError;

    /// Reads `1ms`, `uniform:1ms..3ms`, `exponential:2ms` or
    /// `empirical:1ms,2ms*3,5ms`. The number after a star is the weight of a recorded
    /// latency.
    fn from_str(text: &str) -> Result<Self, ParseLatencyError> {
        let Some((model, parameters)) = text.split_once(':') else {
            if !text.contains(|c: char| c.is_ascii_digit()) && !text.trim().is_empty() {
                return Err(ParseLatencyError::Unknown(text.to_owned()));
            }
            return Ok(Self::Fixed(text.parse()?));
        };
        match model.trim() {
            "uniform" => {
                let (low, high) = parameters
                    .split_once("..")
                    .ok_or_else(|| ParseLatencyError::Unknown(text.to_owned()))?;
                let (low, high) = (low.parse()?, high.trim_start_matches('=').parse()?);
                if low > high {
                    return Err(ParseLatencyError::Empty(text.to_owned()));
                }
                Ok(Self::Uniform { low, high })
            }
            "exponential" => Ok(Self::Exponential { mean: parameters.parse()? }),
            "empirical" => Ok(Self::Empirical(parameters.parse()?)),
            _ => Err(ParseLatencyError::Unknown(text.to_owned())),
        }
    }
}

impl FromStr for Empirical {
    type Err = ParseLatencyError;

    /// Reads `1ms,2ms*3,5ms`.
    fn from_str(text: &str) -> Result<Self, ParseLatencyError> {
        let spans = text.split(',').map(|part| {
            let (span, weight) = part.split_once('*').unwrap_or((part, "1"));
            let weight = weight.trim().parse().ok().filter(|weight| *weight > 0);
            let weight = weight.ok_or_else(|| ParseLatencyError::Weight(part.to_owned()))?;
            Ok((span.parse()?, weight))
        });
        let spans = spans.collect::<Result<Vec<_>, ParseLatencyError>>()?;
        // Now only the sum of the weights can be wrong.
        Self::weighted(spans).ok_or_else(|| ParseLatencyError::Weight(text.to_owned()))
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(span) => span.fmt(f),
            Self::Uniform { low, high } => write!(f, "uniform:{low}..{high}"),
            Self::Exponential { mean } => write!(f, "exponential:{mean}"),
            Self::Empirical(recorded) => write!(f, "empirical:{recorded}"),
        }
    }
}
