//! How long a service takes, given its mean.

use flagfall::Span;
use flagfall::random::Stream;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The most phases of an Erlang law: each costs a draw.
const MOST_PHASES: u32 = 1_000;

/// The distribution of the length of a service around its mean.
///
/// # Examples
/// ```
/// use flagfall_cli::models::queue::ServiceLaw;
///
/// let law: ServiceLaw = "erlang:4".parse()?;
/// assert_eq!(law, ServiceLaw::Erlang(4));
/// assert_eq!(law.to_string(), "erlang:4");
/// assert_eq!(law.squared_variation(), 0.25);
/// # Ok::<(), flagfall_cli::models::queue::ParseLawError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceLaw {
    /// Exponential: M/M/c.
    Exponential,
    /// All alike: M/D/c.
    Fixed,
    /// The sum of k exponential spans with the same mean: M/E_k/c. `Erlang(0)` is `Erlang(1)`.
    Erlang(u32),
    /// Uniform from nothing to twice the mean.
    Uniform,
}

impl ServiceLaw {
    /// The variance over the square of the mean.
    #[must_use]
    pub fn squared_variation(self) -> f64 {
        match self {
            Self::Exponential => 1.0,
            Self::Fixed => 0.0,
            Self::Erlang(phases) => 1.0 / f64::from(phases.max(1)),
            Self::Uniform => 1.0 / 3.0,
        }
    }

    /// A length of that mean, in whole nanoseconds; above [`Span::MAX`] it is `Span::MAX`.
    /// Words of the stream that it takes: exponential 1, Erlang one per phase, fixed 0,
    /// uniform 1 or more.
    pub fn draw(self, mean: Span, stream: &mut Stream) -> Span {
        match self {
            Self::Exponential => stream.exponential(mean),
            Self::Fixed => mean,
            Self::Erlang(phases) => {
                // Phases of the whole mean, divided at the end: a mean that is not a multiple of
                // the phases loses nothing.
                let phases = phases.max(1);
                let draw = |_| u128::from(stream.exponential(mean).as_nanos());
                let sum: u128 = (0..phases).map(draw).sum();
                let mean = sum / u128::from(phases);
                Span::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX))
            }
            Self::Uniform => {
                let longest = mean.checked_mul(2).unwrap_or(Span::MAX);
                stream.span(Span::ZERO..=longest)
            }
        }
    }
}

impl fmt::Display for ServiceLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exponential => f.write_str("exponential"),
            Self::Fixed => f.write_str("fixed"),
            Self::Erlang(phases) => write!(f, "erlang:{phases}"),
            Self::Uniform => f.write_str("uniform"),
        }
    }
}

/// A text that is not a law of services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseLawError {
    text: String,
}

impl fmt::Display for ParseLawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a law of services: write exponential, fixed, uniform, or erlang:K with 1 \
             to {MOST_PHASES} phases",
            self.text
        )
    }
}

impl std::error::Error for ParseLawError {}

impl FromStr for ServiceLaw {
    type Err = ParseLawError;

    fn from_str(text: &str) -> Result<Self, ParseLawError> {
        let unknown = || ParseLawError { text: text.to_owned() };
        match text.trim() {
            "exponential" => Ok(Self::Exponential),
            "fixed" => Ok(Self::Fixed),
            "uniform" => Ok(Self::Uniform),
            other => {
                let phases = other.strip_prefix("erlang:").ok_or_else(unknown)?.trim().parse();
                let known = phases.ok().filter(|phases| (1..=MOST_PHASES).contains(phases));
                known.map(Self::Erlang).ok_or_else(unknown)
            }
        }
    }
}
