//! Decides, row by row, whether a point has enough replications.

use super::{Column, ExperimentError, Replications, Row, UntilPrecise, UntilSelected};
use crate::measure::MeasureKind;
use crate::statistics::{Estimate, KimNelson, StatisticsError, Tally};

/// The share by which the replications grow between two estimates of the number wanted. An
/// estimate costs as much as some hundred verdicts.
const ESTIMATE_AGAIN: u64 = 8;

/// What a point needs after a row.
///
/// # Examples
/// Rows that are made ahead are worth it as long as more are wanted:
/// ```
/// use flagfall::experiment::Want;
///
/// let ahead = |taken: u64, want: Want| match want {
///     Want::AsBefore => None,
///     Want::About(count) => Some(count - taken),
///     Want::Nothing => Some(0),
/// };
/// assert_eq!(ahead(10, Want::About(25)), Some(15));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// More, as many as was said before.
    AsBefore,
    /// More: about this number of replications in all.
    About(u64),
    /// No more.
    Nothing,
}

/// Judges the rows of one point, in the order of the replications, whoever made them. The verdict
/// after a row depends on it and on those before, and on nothing else.
///
/// # Examples
/// ```
/// use flagfall::experiment::{ExperimentError, Replications, Row, Stopping, Want};
///
/// let mut stopping = Stopping::new(Replications::Fixed(2));
/// let row = |replication| Row { point: 0, replication, outcome: Err("it failed".to_owned()) };
/// assert_eq!(stopping.judge(&[], &row(0))?, Want::AsBefore);
/// assert_eq!(stopping.judge(&[], &row(1))?, Want::Nothing);
/// # Ok::<(), ExperimentError>(())
/// ```
#[derive(Debug)]
pub struct Stopping {
    replications: Replications,
    /// How many rows were judged.
    taken: u64,
    /// One per column with a wanted precision.
    tallies: Vec<Asked>,
    /// How many rows have failed.
    failed: u64,
    /// The number of replications at which to estimate again.
    estimate_at: u64,
    /// The columns and the rule of a selection.
    selecting: Option<(Vec<usize>, KimNelson)>,
}

impl Stopping {
    /// Of a point without rows.
    #[must_use]
    pub fn new(replications: Replications) -> Self {
        Self {
            replications,
            taken: 0,
            tallies: Vec::new(),
            failed: 0,
            estimate_at: 0,
            selecting: None,
        }
    }

    /// Begins again, for the next point.
    pub fn clear(&mut self) {
        (self.taken, self.failed, self.estimate_at) = (0, 0, 0);
        self.tallies.clear();
        self.selecting = None;
    }

    /// How many replications a point gets at least, before any of its rows is known.
    ///
    /// # Examples
    /// ```
    /// use flagfall::experiment::{Replications, Stopping, UntilPrecise};
    /// use flagfall::statistics::Precision;
    ///
    /// assert_eq!(Stopping::first(&Replications::Fixed(400)), 400);
    /// let mut until = UntilPrecise::new(Precision::Relative(0.01), 0.95)?;
    /// until.rule = until.rule.fewest(20);
    /// assert_eq!(Stopping::first(&Replications::UntilPrecise(until)), 20);
    /// # Ok::<(), flagfall::statistics::StatisticsError>(())
    /// ```
    #[must_use]
    pub fn first(replications: &Replications) -> u64 {
        match replications {
            Replications::Fixed(count) => *count,
            Replications::UntilPrecise(until) => until.rule.least().min(until.most),
            Replications::UntilSelected(until) => until.first.min(until.most),
            Replications::Each(counts) => counts.iter().copied().min().unwrap_or(1),
        }
    }

    /// The most replications of a point.
    #[must_use]
    pub fn most(&self) -> u64 {
        match &self.replications {
            Replications::Fixed(count) => *count,
            Replications::UntilPrecise(until) => until.most,
            Replications::UntilSelected(until) => until.most,
            Replications::Each(counts) => counts.iter().copied().max().unwrap_or(1),
        }
    }

    /// What the point needs after its next row, whose numbers are in those columns.
    ///
    /// # Errors
    /// [`ExperimentError::NoMeasure`] if a measure with a wanted precision is not among them.
    pub fn judge<E>(&mut self, columns: &[Column], row: &Row) -> Result<Want, ExperimentError<E>> {
        self.taken += 1;
        // It is put back; the rule is not copied for each row.
        let replications = std::mem::replace(&mut self.replications, Replications::Fixed(0));
        let want = match &replications {
            Replications::Fixed(count) if self.taken < *count => Ok(Want::AsBefore),
            Replications::Fixed(_) => Ok(Want::Nothing),
            Replications::UntilPrecise(until) => self.judge_precision(until, columns, row),
            Replications::UntilSelected(until) => self.judge_selection(until, columns, row),
            Replications::Each(counts) => match counts.get(row.point) {
                Some(count) if self.taken < *count => Ok(Want::AsBefore),
                _ => Ok(Want::Nothing),
            },
        };
        self.replications = replications;
        want
    }

    fn judge_precision<E>(
        &mut self,
        until: &UntilPrecise,
        columns: &[Column],
        row: &Row,
    ) -> Result<Want, ExperimentError<E>> {
        if self.taken >= until.most {
            return Ok(Want::Nothing);
        }
        match &row.outcome {
            Err(_) => self.failed += 1,
            Ok(numbers) => {
                if self.tallies.is_empty() {
                    self.tallies = asked(columns, &until.of)?;
                }
                for asked in &mut self.tallies {
                    if let Some(value) = numbers.values[asked.column] {
                        asked.add(value);
                    }
                }
            }
        }
        let finished = self.taken - self.failed;
        if finished == 0 && self.failed >= UntilPrecise::FAILURES {
            return Ok(Want::Nothing);
        }
        if finished < until.rule.least() {
            return Ok(Want::About(self.taken + until.rule.least() - finished));
        }
        let level = until.rule.level();
        let waiting = self.tallies.iter().filter(|asked| {
            let estimate = asked.estimate(level);
            asked.tally.count() > 0 && !estimate.is_ok_and(|of| until.rule.is_reached(&of))
        });
        let Some(wanted) =
            waiting.map(|asked| until.rule.least().max(asked.tally.count() + 1)).max()
        else {
            return Ok(Want::Nothing);
        };
        if self.taken < self.estimate_at {
            return Ok(Want::About(wanted));
        }
        self.estimate_at = self.taken + self.taken / ESTIMATE_AGAIN + 1;
        Ok(Want::About(self.estimated(until, wanted)))
    }

    fn judge_selection<E>(
        &mut self,
        until: &UntilSelected,
        columns: &[Column],
        row: &Row,
    ) -> Result<Want, ExperimentError<E>> {
        if let Ok(numbers) = &row.outcome {
            if self.selecting.is_none() {
                let columns = asked(columns, &until.of)?.iter().map(|asked| asked.column).collect();
                self.selecting = Some((columns, until.rule.clone()));
            }
            if let Some((columns, rule)) = &mut self.selecting {
                rule.add_if_known(|system| numbers.values[columns[system]]);
            }
        } else {
            self.failed += 1;
        }
        let rule = self.selecting.as_ref().map(|(_, rule)| rule);
        let is_done = rule.is_some_and(|rule| rule.selected().is_some());
        // In no replication have all of them a value: nothing will be chosen.
        let is_hopeless = rule.is_none_or(|rule| rule.count() == 0) && self.taken >= until.first;
        if is_done || is_hopeless || self.taken >= until.most {
            return Ok(Want::Nothing);
        }
        Ok(Want::About(self.expected_until(until)))
    }

    /// The system that was chosen, if one was to be.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        self.selecting.as_ref()?.1.selected()
    }

    /// About how many replications a choice takes in all.
    fn expected_until(&self, until: &UntilSelected) -> u64 {
        let first = until.first.max(self.taken + 1);
        let Some((_, rule)) = &self.selecting else { return first };
        // Not all replications have all values, so the count is scaled up.
        let scaled = rule.expected().saturating_mul(self.taken) / rule.count().max(1);
        scaled.max(self.taken + 1)
    }

    /// About how many replications the point gets in all, by the rows so far: for those who run
    /// some ahead.
    ///
    /// # Examples
    /// ```
    /// use flagfall::experiment::{ExperimentError, Replications, Row, Stopping, UntilPrecise};
    /// use flagfall::statistics::Precision;
    ///
    /// let until = UntilPrecise::new(Precision::Relative(0.01), 0.95).expect("a precision");
    /// let mut stopping = Stopping::new(Replications::UntilPrecise(until));
    /// assert_eq!(stopping.expected(), 10);
    /// // One that fails has no numbers, and another takes its place.
    /// stopping.judge(&[], &Row { point: 0, replication: 0, outcome: Err("no luck".to_owned()) })?;
    /// assert_eq!(stopping.expected(), 11);
    /// # Ok::<(), ExperimentError>(())
    /// ```
    #[must_use]
    pub fn expected(&self) -> u64 {
        let until = match &self.replications {
            Replications::UntilPrecise(until) => until,
            Replications::UntilSelected(until) => {
                return self.expected_until(until).min(until.most);
            }
            Replications::Fixed(_) | Replications::Each(_) => return self.most(),
        };
        let (finished, least) = (self.taken - self.failed, until.rule.least());
        let wanted = match finished < least {
            true => self.taken + least - finished,
            false => self.estimated(until, self.taken + 1),
        };
        wanted.min(until.most)
    }

    /// How many replications in all the precision takes; `wanted` where that cannot be known.
    fn estimated(&self, until: &UntilPrecise, wanted: u64) -> u64 {
        let level = until.rule.level();
        let estimate = |asked: &Asked| match asked
            .estimate(level)
            .and_then(|estimate| until.rule.expected(&asked.tally, &estimate))
        {
            // Not all replications have a value, so the count is scaled up.
            Ok(count) => count.saturating_mul(self.taken) / asked.tally.count().max(1),
            Err(StatisticsError::OutOfReach) => until.most,
            Err(_) => wanted,
        };
        self.tallies.iter().map(estimate).max().unwrap_or(wanted)
    }
}

/// A column with a wanted precision.
#[derive(Debug)]
struct Asked {
    column: usize,
    kind: MeasureKind,
    /// The kind, by the values so far.
    seen: MeasureKind,
    tally: Tally,
}

impl Asked {
    fn of(columns: &[Column], column: usize) -> Self {
        let kind = columns[column].kind;
        Self { column, kind, seen: kind.seen_in([]), tally: Tally::new() }
    }

    fn add(&mut self, value: f64) {
        // A measure is finite. One that is too large for a tally has no interval, and the
        // point does not wait for it.
        let _ = self.tally.add(value);
        if self.kind.seen_in([value]) != self.seen {
            self.seen = self.kind;
        }
    }

    fn estimate(&self, level: f64) -> Result<Estimate, StatisticsError> {
        self.seen.estimate(&self.tally, level)
    }
}

/// The columns with a wanted precision.
fn asked<E>(columns: &[Column], of: &[String]) -> Result<Vec<Asked>, ExperimentError<E>> {
    let all = || columns.iter().map(|column| column.name.to_string()).collect();
    let find = |name: &String| match columns.iter().position(|column| column.name == *name) {
        Some(column) => Ok(Asked::of(columns, column)),
        None => Err(ExperimentError::NoMeasure { name: name.clone(), known: all() }),
    };
    if of.is_empty() {
        return Ok((0..columns.len()).map(|column| Asked::of(columns, column)).collect());
    }
    of.iter().map(find).collect()
}
