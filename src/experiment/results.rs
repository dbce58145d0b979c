//! The results of an experiment.

use super::Row;
use crate::measure::{Measure, MeasureKind};
use crate::statistics::{Estimate, Interval, StatisticsError, Tally};
use std::borrow::Cow;

/// A measure that all rows have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its unit.
    pub unit: Cow<'static, str>,
    /// The kind of its numbers.
    pub kind: MeasureKind,
}

impl Column {
    pub(super) fn of(measure: &Measure) -> Self {
        Self { name: measure.name.clone(), unit: measure.unit.clone(), kind: measure.kind }
    }

    pub(super) fn is(&self, measure: &Measure) -> bool {
        self.name == measure.name && self.unit == measure.unit && self.kind == measure.kind
    }
}

/// All rows of an experiment, point by point and replication by replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    /// The measures; none if no replication ran to its end.
    pub columns: Vec<Column>,
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Where the rows of each point begin, and the end of the last.
    pub(super) starts: Vec<usize>,
}

/// Rows of an earlier, interrupted experiment, and their columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// The measures; none if no row has numbers.
    pub columns: Vec<Column>,
    /// The rows, in any order, no two of one replication.
    pub rows: Vec<Row>,
}

impl Results {
    /// How many points there are.
    #[must_use]
    pub fn points(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The rows of a point, in order.
    ///
    /// # Panics
    /// If there is no such point.
    #[must_use]
    pub fn of_point(&self, point: usize) -> &[Row] {
        &self.rows[self.starts[point]..self.starts[point + 1]]
    }

    /// The number of the column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The defined values of a column at a point, in the order of the replications.
    ///
    /// # Panics
    /// If there is no such point.
    pub fn values(&self, point: usize, column: usize) -> impl Iterator<Item = f64> + '_ {
        let rows = self.of_point(point).iter();
        rows.filter_map(move |row| *row.outcome.as_ref().ok()?.values.get(column)?)
    }

    /// The kind of a column, by the values of all points.
    #[must_use]
    pub fn kind(&self, column: usize) -> MeasureKind {
        let rows = self.rows.iter();
        let values = rows.filter_map(|row| *row.outcome.as_ref().ok()?.values.get(column)?);
        self.columns[column].kind.seen_in(values)
    }

    /// The estimate of the mean of a measure at a point, as in all reports. `None` if there is
    /// no such measure, or no value of it.
    ///
    /// # Panics
    /// If there is no such point, or `level` is not a level ([`Interval::of`]).
    #[must_use]
    pub fn estimate(&self, point: usize, measure: &str, level: f64) -> Option<Estimate> {
        let column = self.column(measure)?;
        let mut tally = Tally::new();
        for value in self.values(point, column) {
            tally.add(value).ok()?;
        }
        match self.kind(column).estimate(&tally, level) {
            Err(error @ StatisticsError::Probability { .. }) => panic!("{error}"),
            estimate => estimate.ok(),
        }
    }

    /// Student's interval of the mean of a measure at a point. Its width is zero if all values
    /// are equal; then use [`estimate`](Self::estimate). `None` if there is no such measure,
    /// or it has fewer than two values.
    ///
    /// # Panics
    /// If there is no such point, or `level` is not a level ([`Interval::of`]).
    #[must_use]
    pub fn interval(&self, point: usize, measure: &str, level: f64) -> Option<Interval> {
        let mut tally = Tally::new();
        for value in self.values(point, self.column(measure)?) {
            tally.add(value).ok()?;
        }
        match Interval::of(&tally, level) {
            Err(error @ StatisticsError::Probability { .. }) => panic!("{error}"),
            interval => interval.ok(),
        }
    }
}
