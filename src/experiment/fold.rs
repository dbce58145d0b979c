//! Takes up rows in order, and decides whether a point has enough of them.

use super::counted::Counted;
use super::{Column, ExperimentError, Replications, Results, Row, Stopping, Stored, Want};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct Fold {
    pub(super) results: Results,
    stopping: Stopping,
    points: usize,
    stored: BTreeMap<(usize, u64), Row>,
    /// Whether the columns are known from a run.
    known: bool,
    /// Columns of runs that are equal to those of the results.
    same: Vec<Arc<[Column]>>,
    /// The point of the row that is taken up next.
    point: usize,
    replication: u64,
}

impl Fold {
    pub(super) fn new(points: usize, replications: &Replications, stored: Stored) -> Self {
        // A study may have no measures at all.
        let known = stored.rows.iter().any(|row| row.outcome.is_ok());
        let rows = stored.rows.into_iter().map(|row| ((row.point, row.replication), row));
        let columns = stored.columns;
        Self {
            results: Results { columns, rows: Vec::new(), starts: vec![0] },
            stopping: Stopping::new(replications.clone()),
            points,
            stored: rows.collect(),
            known,
            same: Vec::new(),
            point: 0,
            replication: 0,
        }
    }

    /// The point and replication that is taken up next; `None` if all points have enough.
    pub(super) fn wanted(&self) -> Option<(usize, u64)> {
        (self.point < self.points).then_some((self.point, self.replication))
    }

    /// The most replications of a point.
    pub(super) fn most(&self) -> u64 {
        self.stopping.most()
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
        let row = self.results.rows.last().expect("a row was just taken up");
        let want = self.stopping.judge(&self.results.columns, row)?;
        if want == Want::Nothing {
            self.point += 1;
            self.replication = 0;
            self.stopping.clear();
            self.results.starts.push(self.results.rows.len());
        }
        Ok(want)
    }
}
