//! The rows of a finished study as batches of Arrow, read from the disk as they are asked for.

use super::folder::FileRows;
use super::output::BATCH;
use super::parquet::{Kind, columns, schema};
use super::rows::Layout;
use super::{Folder, Manifest, StudyError};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use flagfall::experiment::Row;
use flagfall::panics::caught;
use flagfall::time::Span;
use std::path::Path;
use std::sync::Arc;

/// Gives the command that runs a replication again, from the words of its point.
type Shell = Box<dyn Fn(Vec<String>) -> String + Send>;

/// Batches of rows: one is in memory at a time, unless whoever takes them keeps them.
struct Batches {
    manifest: Manifest,
    measures: usize,
    kinds: Vec<Kind>,
    schema: SchemaRef,
    rows: FileRows,
    shell: Shell,
    is_over: bool,
}

/// The rows of the finished study in a folder, in portions, as in its Parquet file. Levels that
/// are spans are durations here. Nothing of the rows is read before the first portion is asked
/// for; the last is an error if the file was changed meanwhile.
///
/// # Errors
/// [`StudyError`]: there is no study, it is not finished, or files were changed.
pub(crate) fn batches(
    folder: &Path,
    shell: Shell,
) -> Result<Box<dyn RecordBatchReader + Send>, StudyError> {
    let (manifest, measures, rows) = Folder::rows(folder)?;
    let layout = Layout::new(&manifest.factors, &measures);
    // Longer ones than 292 years are no durations of Arrow.
    let fits = |level: &String| {
        level.parse::<Span>().is_ok_and(|span| i64::try_from(span.as_nanos()).is_ok())
    };
    let kinds = manifest.factors.iter().map(|factor| match Kind::of(&factor.levels) {
        Kind::Span if factor.levels.iter().all(fits) => Kind::Duration,
        kind => kind,
    });
    let kinds: Vec<Kind> = kinds.collect();
    let schema = Arc::new(schema(&layout, &kinds, &measures));
    let measures = measures.len();
    Ok(Box::new(Batches { manifest, measures, kinds, schema, rows, shell, is_over: false }))
}

impl Batches {
    fn batch(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        let rows = self.rows.by_ref().take(BATCH).collect::<Result<Vec<Row>, _>>();
        let rows = rows.map_err(|error| ArrowError::ExternalError(Box::new(error)))?;
        if rows.is_empty() {
            return Ok(None);
        }
        let again = |row: &Row| self.manifest.again(row, &self.shell);
        let columns = columns(&self.manifest, &self.kinds, &rows, self.measures, &again);
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map(Some)
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        // A caller in another language would be aborted by a panic.
        let made = caught(|| self.batch()).unwrap_or_else(|panic| {
            let text = format!("a bug in flagfall: {}", panic.message());
            Err(ArrowError::ComputeError(text))
        });
        self.is_over = !matches!(made, Ok(Some(_)));
        made.transpose()
    }
}

impl RecordBatchReader for Batches {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}
