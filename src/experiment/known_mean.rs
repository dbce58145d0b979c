//! A measure whose true mean is known.

use super::amount::{begins_with_number, in_unit};
use std::fmt;
use std::str::FromStr;

/// A measure, and its true mean, which follows from the settings: a control variate
/// ([`Controlled`](crate::statistics::Controlled)).
///
/// The mean is a number in the unit of the measure, or with a unit, as the limit of a
/// [`Goal`](super::Goal).
///
/// # Examples
/// ```
/// use flagfall::experiment::KnownMean;
///
/// let known: KnownMean = "mean_service=3min".parse()?;
/// assert_eq!((known.measure.as_str(), known.mean_in("s")?), ("mean_service", 180.0));
/// assert!("mean_service".parse::<KnownMean>().is_err());
/// # Ok::<(), flagfall::experiment::ParseKnownMeanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMean {
    /// The name of the measure.
    pub measure: String,
    /// Its true mean, as it is written.
    pub mean: String,
}

/// Why a text is not a known mean, or not of such a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseKnownMeanError(String);

impl fmt::Display for ParseKnownMeanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseKnownMeanError {}

impl FromStr for KnownMean {
    type Err = ParseKnownMeanError;

    fn from_str(text: &str) -> Result<Self, ParseKnownMeanError> {
        let parts = text.split_once('=').map(|(measure, mean)| (measure.trim(), mean.trim()));
        let parts = parts.filter(|(measure, mean)| !measure.is_empty() && begins_with_number(mean));
        let Some((measure, mean)) = parts else {
            return Err(ParseKnownMeanError(format!(
                "`{text}` is not a known mean: write MEASURE=MEAN, like mean_service=3min"
            )));
        };
        Ok(Self { measure: measure.to_owned(), mean: mean.to_owned() })
    }
}

impl fmt::Display for KnownMean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.measure, self.mean)
    }
}

impl KnownMean {
    /// The mean in the unit of the measure.
    ///
    /// # Errors
    /// If the mean has another unit.
    pub fn mean_in(&self, unit: &str) -> Result<f64, ParseKnownMeanError> {
        in_unit(&self.mean, unit).map_err(|remedy| {
            let measure = &self.measure;
            ParseKnownMeanError(format!(
                "the mean of `{self}` is not in the unit of {measure}: {remedy}"
            ))
        })
    }
}
