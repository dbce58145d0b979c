//! The measures of runs as numbers in columns.

use super::{Column, Finished, Numbers};
use std::sync::Arc;

/// The numbers of a run, and the columns that they are in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Counted {
    /// All runs of a thread with the same columns share one allocation.
    pub(super) columns: Arc<[Column]>,
    pub(super) numbers: Numbers,
}

/// Separates the numbers from names and units at the end of a run. So the thread that keeps
/// the rows need not compare and free names and units of each run.
#[derive(Debug, Default)]
pub(super) struct Counter {
    columns: Option<Arc<[Column]>>,
}

impl Counter {
    pub(super) fn count(&mut self, finished: &Finished) -> Counted {
        let measures = finished.measures.as_slice();
        let same = |columns: &Arc<[Column]>| {
            columns.len() == measures.len()
                && columns.iter().zip(measures).all(|(column, measure)| column.is(measure))
        };
        let columns = match self.columns.take().filter(same) {
            Some(columns) => columns,
            None => measures.iter().map(Column::of).collect(),
        };
        self.columns = Some(Arc::clone(&columns));
        let numbers = Numbers {
            values: measures.iter().map(|measure| measure.value).collect(),
            events: finished.events,
            digest: finished.digest.map(|digest| digest.value()),
        };
        Counted { columns, numbers }
    }
}
