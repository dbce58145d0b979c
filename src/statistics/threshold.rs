//! Whether a mean lies on the wanted side of a limit, by its interval.

use super::replications::{MOST, UNVARIED, fewest};
use super::{Bounds, Estimate, StatisticsError, normal, student};
use std::fmt;
use std::str::FromStr;

/// Beyond this number, the interval of a share is computed by the normal distribution, as the other
/// takes too long. It is only to say how many replications it takes.
const MANY: u64 = 100_000;

/// The side of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Relation {
    /// All, those of two characters before those of one.
    pub const ALL: [Self; 4] = [Self::AtMost, Self::AtLeast, Self::Below, Self::Above];

    /// How it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

impl FromStr for Relation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "<" => Ok(Self::Below),
            "<=" => Ok(Self::AtMost),
            ">" => Ok(Self::Above),
            ">=" => Ok(Self::AtLeast),
            _ => Err(format!("`{text}` is none of <, <=, > and >=")),
        }
    }
}

/// A limit of a mean, and on which side of it the mean is wanted.
///
/// # Examples
/// ```
/// use flagfall::statistics::{Answer, Estimate, Relation, Tally, Threshold};
///
/// // Ten days of a bank (Law and Kelton, section 9.4.1): minutes of delay.
/// let days = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60];
/// let estimate = Estimate::of(&Tally::of(&days)?, 0.90)?;
/// assert_eq!(estimate.to_string(), "2.03 ± 0.32");
/// let below = |limit| Threshold { relation: Relation::Below, limit };
/// assert_eq!(below(2.5).answer(&estimate), Answer::Yes);
/// assert_eq!(below(1.5).answer(&estimate), Answer::No);
/// assert_eq!(below(2.25).answer(&estimate), Answer::Undecided);
/// // The mean is 0.22 below the limit.
/// assert_eq!(below(2.25).replications_needed(&estimate), Ok(20));
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The wanted side.
    pub relation: Relation,
    /// The limit.
    pub limit: f64,
}

/// Whether a mean is on the wanted side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All of its interval is.
    Yes,
    /// Nothing of its interval is.
    No,
    /// The limit lies in the interval, or there is none.
    Undecided,
}

impl Threshold {
    /// Whether a number is on the wanted side.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match self.relation {
            Relation::Below => value < self.limit,
            Relation::AtMost => value <= self.limit,
            Relation::Above => value > self.limit,
            Relation::AtLeast => value >= self.limit,
        }
    }

    /// Whether the mean is on the wanted side, by its interval. It is wrong in at most 1 - level of
    /// all cases. 300 equal numbers are taken to be the mean, as by a
    /// [`StoppingRule`](super::StoppingRule); fewer have no interval, and decide nothing.
    #[must_use]
    pub fn answer(&self, estimate: &Estimate) -> Answer {
        let ends = match estimate.low().zip(estimate.high()) {
            Some(ends) => ends,
            None if estimate.count >= UNVARIED => (estimate.mean, estimate.mean),
            None => return Answer::Undecided,
        };
        match (self.holds(ends.0), self.holds(ends.1)) {
            (true, true) => Answer::Yes,
            (false, false) => Answer::No,
            _ => Answer::Undecided,
        }
    }

    /// About how many observations in all would decide it, if mean and scatter stay as they are.
    ///
    /// # Cost
    /// A few steps of bisection; of shares, each has the cost of an interval.
    ///
    /// # Errors
    /// [`StatisticsError::TooFew`] for a single number, [`StatisticsError::OutOfReach`] if no number
    /// is enough, as for a mean that is the limit.
    pub fn replications_needed(&self, estimate: &Estimate) -> Result<u64, StatisticsError> {
        let Estimate { mean, level, count, .. } = *estimate;
        if self.answer(estimate) != Answer::Undecided {
            return Ok(count);
        }
        let with = |count, bounds| Estimate { bounds, count, ..*estimate };
        let decides = |estimate: &Estimate| self.answer(estimate) != Answer::Undecided;
        match estimate.bounds {
            Bounds::Undefined if count < 2 => {
                Err(StatisticsError::TooFew { needed: 2, got: count })
            }
            Bounds::Undefined => Ok(UNVARIED),
            _ if mean == self.limit => Err(StatisticsError::OutOfReach),
            Bounds::Student { half_width } => {
                let scale = half_width * libm::sqrt(count as f64);
                let scale = scale / student::two_sided(count - 1, level)?;
                fewest(count, |count| {
                    let reach = student::two_sided(count - 1, level)?;
                    let half_width = reach * scale / libm::sqrt(count as f64);
                    Ok(decides(&with(count, Bounds::Student { half_width })))
                })
            }
            Bounds::ClopperPearson { .. } => {
                let z = normal::upper((1.0 - level) / 2.0);
                let far = libm::sqrt(mean * (1.0 - mean));
                fewest(count, |count| {
                    let half_width = z * far / libm::sqrt(count as f64);
                    if count > MANY && far > 0.0 {
                        return Ok(decides(&with(count, Bounds::Student { half_width })));
                    }
                    let yes = libm::rint(mean * count as f64) as u64;
                    Estimate::of_yes_no(yes, count.min(MOST), level).map(|of| decides(&of))
                })
            }
        }
    }
}
