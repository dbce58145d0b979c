//! Takes up rows in order, and decides whether a point has enough of them.

use super::counted::Counted;
use super::{Column, ExperimentError, Replications, Results, Row, Stored, UntilPrecise};
use crate::measure::MeasureKind;
use crate::statistics::{Estimate, StatisticsError, Tally};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The share by which the replications grow between two estimates of the number wanted. An
/// estimate costs as much as some hundred verdicts.
const ESTIMATE_AGAIN: u64 = 8;

/// What a point needs after a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// The same as before.
    AsBefore,
    /// About this number of replications in all.
    About(u64),
    /// No more.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Fold {
    pub(super) results: Results,
    replications: Replications,
    points: usize,
    stored: BTreeMap<(usize, u64), Row>,
    /// Whether the columns are known from a run.
    known: bool,
    /// Columns of runs that are equal to those of the results.
    same: Vec<Arc<[Column]>>,
    /// The point of the row that is taken up next.
    point: usize,
    replication: u64,
    /// One per column with a wanted precision, over the rows of the current point.
    tallies: Vec<Asked>,
    /// How many rows of the current point have failed.
    failed: u64,
    /// The number of replications at which to estimate again.
    estimate_at: u64,
}

impl Fold {
    pub(super) fn new(points: usize, replications: &Replications, stored: Stored) -> Self {
        // A study may have no measures at all.
        let known = stored.rows.iter().any(|row| row.outcome.is_ok());
        let rows = stored.rows.into_iter().map(|row| ((row.point, row.replication), row));
        let columns = stored.columns;
        Self {
            results: Results { columns, rows: Vec::new(), starts: vec![0] },
            replications: replications.clone(),
            points,
            stored: rows.collect(),
            known,
            same: Vec::new(),
            point: 0,
            replication: 0,
            tallies: Vec::new(),
            failed: 0,
            estimate_at: 0,
        }
    }

    /// The point and replication that is taken up next; `None` if all points have enough.
    pub(super) fn wanted(&self) -> Option<(usize, u64)> {
        (self.point < self.points).then_some((self.point, self.replication))
    }

    /// The most replications of a point.
    pub(super) const fn most(&self) -> u64 {
        match &self.replications {
            Replications::Fixed(count) => *count,
            Replications::UntilPrecise(until) => until.most,
        }
    }

    /// Takes up the next row if it was stored.
    pub(super) fn take_stored(&mut self) -> bool {
        let row = self.stored.remove(&(self.point, self.replication));
        row.map(|row| self.push(row)).is_some()
    }

    /// Takes up the next row.
    pub(super) fn take<E>(
        &mut self,
        outcome: Result<Counted, String>,
    ) -> Result<(), ExperimentError<E>> {
        let (point, replication) = (self.point, self.replication);
        let outcome = match outcome {
            Err(error) => Err(error),
            Ok(Counted { columns, .. }) if !self.are_columns(&columns) => {
                let (got, wanted) = (columns.to_vec(), self.results.columns.clone());
                return Err(ExperimentError::Columns { point, replication, got, wanted });
            }
            Ok(Counted { numbers, .. }) => Ok(numbers),
        };
        self.push(Row { point, replication, outcome });
        Ok(())
    }

    /// Whether those are the columns of the results. The first run sets them.
    fn are_columns(&mut self, columns: &Arc<[Column]>) -> bool {
        if self.same.iter().any(|same| Arc::ptr_eq(same, columns)) {
            return true;
        }
        if !self.known {
            self.known = true;
            self.results.columns = columns.to_vec();
        }
        let same = *self.results.columns == **columns;
        if same {
            self.same.push(Arc::clone(columns));
        }
        same
    }

    fn push(&mut self, row: Row) {
        self.replication += 1;
        self.results.rows.push(row);
    }

    /// What the point needs after the last row. If it needs no more, goes to the next point.
    pub(super) fn judge<E>(&mut self) -> Result<Want, ExperimentError<E>> {
        let want = match &self.replications {
            Replications::Fixed(count) if self.replication < *count => Want::AsBefore,
            Replications::Fixed(_) => Want::Nothing,
            Replications::UntilPrecise(until) => {
                let until = until.clone();
                self.judge_precision(&until)?
            }
        };
        if want == Want::Nothing {
            self.point += 1;
            (self.replication, self.failed, self.estimate_at) = (0, 0, 0);
            self.tallies.clear();
            self.results.starts.push(self.results.rows.len());
        }
        Ok(want)
    }

    fn judge_precision<E>(&mut self, until: &UntilPrecise) -> Result<Want, ExperimentError<E>> {
        if self.replication >= until.most {
            return Ok(Want::Nothing);
        }
        let row = self.results.rows.last().expect("a row was just taken up");
        match &row.outcome {
            Err(_) => self.failed += 1,
            Ok(numbers) => {
                if self.tallies.is_empty() {
                    self.tallies = asked(&self.results.columns, &until.of)?;
                }
                for asked in &mut self.tallies {
                    if let Some(value) = numbers.values[asked.column] {
                        asked.add(value);
                    }
                }
            }
        }
        let finished = self.replication - self.failed;
        if finished == 0 && self.failed >= UntilPrecise::FAILURES {
            return Ok(Want::Nothing);
        }
        if finished < until.rule.least() {
            return Ok(Want::About(self.replication + until.rule.least() - finished));
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
        if self.replication < self.estimate_at {
            return Ok(Want::About(wanted));
        }
        self.estimate_at = self.replication + self.replication / ESTIMATE_AGAIN + 1;
        let estimate = |asked: &Asked| match asked
            .estimate(level)
            .and_then(|estimate| until.rule.expected(&asked.tally, &estimate))
        {
            // Not all replications have a value, so the count is scaled up.
            Ok(count) => count.saturating_mul(self.replication) / asked.tally.count().max(1),
            Err(StatisticsError::OutOfReach) => until.most,
            Err(_) => wanted,
        };
        Ok(Want::About(self.tallies.iter().map(estimate).max().unwrap_or(wanted)))
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
