//! What the mean of a measure is wanted to be.

use super::amount::{begins_with_number, in_unit};
use crate::statistics::{Relation, Threshold};
use std::fmt;
use std::str::FromStr;

/// A measure, and the side of a limit on which its mean is wanted.
///
/// The limit is a number in the unit of the measure, or with a unit: a span for measures of time
/// (`3min`), a percentage for shares and counts (`2%`), or the unit of the measure itself (`7.5 $`).
///
/// # Examples
/// ```
/// use flagfall::experiment::Goal;
///
/// let goal: Goal = "wait<3min".parse()?;
/// assert_eq!(goal.to_string(), "wait < 3min");
/// assert_eq!(goal.threshold("s")?.limit, 180.0);
/// let refused = "the limit of `wait < 3min` is not in the unit of wait: write a number, or a percentage like 2%";
/// assert_eq!(goal.threshold("1").unwrap_err().to_string(), refused);
/// let goal: Goal = "refused_share <= 2%".parse()?;
/// assert_eq!(goal.threshold("1")?.limit, 0.02);
/// # Ok::<(), flagfall::experiment::ParseGoalError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The name of the measure.
    pub measure: String,
    /// The wanted side.
    pub relation: Relation,
    /// The limit, as it is written.
    pub limit: String,
}

/// Why a text is not a goal, or not of such a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseGoalError(String);

impl fmt::Display for ParseGoalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseGoalError {}

impl FromStr for Goal {
    type Err = ParseGoalError;

    fn from_str(text: &str) -> Result<Self, ParseGoalError> {
        let error = |what: &str| {
            ParseGoalError(format!(
                "`{text}` is not a goal{what}: write MEASURE, one of < <= > >=, and a limit, like \
                 'refused_share < 0.02'"
            ))
        };
        let at = text.find(['<', '>', '=']).ok_or_else(|| error(""))?;
        let (measure, rest) = text.split_at(at);
        let mut signs = Relation::ALL.into_iter();
        let found = signs.find_map(|sign| Some((sign, rest.strip_prefix(sign.sign())?.trim())));
        let (relation, limit) = found.ok_or_else(|| {
            error(", because = is not allowed: a mean is practically never equal to a limit")
        })?;
        let measure = measure.trim();
        if measure.is_empty() || limit.is_empty() || limit.contains(['<', '>', '=']) {
            return Err(error(""));
        }
        if !begins_with_number(limit) {
            return Err(error(", for its limit is not a number"));
        }
        Ok(Self { measure: measure.to_owned(), relation, limit: limit.to_owned() })
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.measure, self.relation, self.limit)
    }
}

impl Goal {
    /// The limit in the unit of the measure.
    ///
    /// # Errors
    /// If the limit has another unit.
    pub fn threshold(&self, unit: &str) -> Result<Threshold, ParseGoalError> {
        let limit = in_unit(&self.limit, unit).map_err(|remedy| {
            let measure = &self.measure;
            ParseGoalError(format!(
                "the limit of `{self}` is not in the unit of {measure}: {remedy}"
            ))
        })?;
        Ok(Threshold { relation: self.relation, limit })
    }
}
