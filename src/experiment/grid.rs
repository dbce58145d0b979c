//! The points of a study: every combination of the levels of its factors.

use std::collections::BTreeSet;
use std::fmt;

/// A parameter of a study and its levels.
///
/// # Examples
/// ```
/// use flagfall::experiment::Factor;
///
/// let fleet: Factor = "fleet=2,4,8".parse()?;
/// assert_eq!(fleet.levels, ["2", "4", "8"]);
/// // Commas in brackets separate nothing; otherwise, levels that contain commas are separated by
/// // semicolons.
/// let service: Factor = "service=gamma(2, 30),normal(60, 5)".parse()?;
/// assert_eq!(service.levels, ["gamma(2, 30)", "normal(60, 5)"]);
/// let days: Factor = "durations=1,2,3;5,5".parse()?;
/// assert_eq!(days.levels, ["1,2,3", "5,5"]);
/// assert_eq!(days.to_string(), "durations=1,2,3;5,5");
/// # Ok::<(), flagfall::experiment::ParseFactorError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Factor {
    /// The name of the parameter.
    pub name: String,
    /// Its levels, as they are written; at least one, no two equal.
    pub levels: Vec<String>,
}

/// Why a text is not a factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFactorError(String);

impl fmt::Display for ParseFactorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ParseFactorError {}

impl std::str::FromStr for Factor {
    type Err = ParseFactorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |message: String| Err(ParseFactorError(message));
        let Some((name, levels)) = text.split_once('=') else {
            return error(format!(
                "`{text}` is not a factor: write NAME=LEVEL,LEVEL, like fleet=2,4,8"
            ));
        };
        let name = name.trim().trim_start_matches("--");
        if name.is_empty() {
            return error(format!("`{text}` names no parameter: write NAME=LEVEL,LEVEL"));
        }
        let separator = if parts(levels, ';').len() > 1 { ';' } else { ',' };
        let levels = levels.strip_suffix(';').unwrap_or(levels);
        let levels: Vec<String> =
            parts(levels, separator).iter().map(|level| level.trim().to_owned()).collect();
        if levels.iter().any(String::is_empty) {
            return error(format!("`{text}` has an empty level: write {name}=LEVEL,LEVEL"));
        }
        let mut seen = BTreeSet::new();
        if let Some(level) = levels.iter().find(|level| !seen.insert(level.as_str())) {
            return error(format!("`{text}` has the level {level} twice"));
        }
        Ok(Self { name: name.to_owned(), levels })
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commas = self.levels.iter().any(|level| parts(level, ',').len() > 1);
        write!(f, "{}={}", self.name, self.levels.join(if commas { ";" } else { "," }))?;
        // One level with commas needs a semicolon, to differ from several levels.
        if commas && self.levels.len() == 1 { f.write_str(";") } else { Ok(()) }
    }
}

/// The parts of a text between separators that are in no brackets.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_u32;
    let is_end = |letter: char| {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == separator && depth == 0
    };
    text.split(is_end).collect()
}

/// A full factorial design: all combinations of the levels of some factors. Without a factor
/// there is one point.
///
/// # Examples
/// ```
/// use flagfall::experiment::Grid;
///
/// let grid = Grid::new(vec!["fleet=2,4".parse()?, "every=0.5s,1s,2s".parse()?])?;
/// assert_eq!(grid.points(), 6);
/// // The last factor varies fastest.
/// assert_eq!(grid.levels(4), ["4", "1s"]);
/// # Ok::<(), flagfall::experiment::ParseFactorError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    factors: Vec<Factor>,
    points: usize,
}

impl Grid {
    /// The largest number of points. Each has a model, a line in the manifest and a line in
    /// the summary, so that a folder with more would take gigabytes.
    pub const MOST_POINTS: usize = 100_000;

    /// The grid of those factors.
    ///
    /// # Errors
    /// If two factors have the same name, one has no level, or there are more than
    /// [`MOST_POINTS`](Self::MOST_POINTS).
    pub fn new(factors: Vec<Factor>) -> Result<Self, ParseFactorError> {
        let mut points = 1_usize;
        for (at, Factor { name, levels }) in factors.iter().enumerate() {
            if factors[..at].iter().any(|other| other.name == *name) {
                return Err(ParseFactorError(format!(
                    "{name} varies twice: give all its levels at once"
                )));
            }
            if levels.is_empty() {
                return Err(ParseFactorError(format!("{name} has no level")));
            }
            points = points.saturating_mul(levels.len());
        }
        if points > Self::MOST_POINTS {
            let most = Self::MOST_POINTS;
            return Err(ParseFactorError(format!(
                "the grid has {points} points, and {most} are the most: give fewer levels, or make \
                 several studies, each with a part of them"
            )));
        }
        Ok(Self { factors, points })
    }

    /// The factors, in order.
    #[must_use]
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// How many points there are.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points.max(1)
    }

    /// The levels of a point, one of each factor.
    ///
    /// # Panics
    /// If there is no such point.
    #[must_use]
    pub fn levels(&self, point: usize) -> Vec<&str> {
        assert!(point < self.points(), "point {point} of {}", self.points());
        let mut rest = point;
        let mut levels: Vec<&str> = Vec::with_capacity(self.factors.len());
        for Factor { levels: all, .. } in self.factors.iter().rev() {
            levels.push(&all[rest % all.len()]);
            rest /= all.len();
        }
        levels.reverse();
        levels
    }
}
