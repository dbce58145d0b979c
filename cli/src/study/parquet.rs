//! `rows.parquet`: the same rows, for pandas, polars, DuckDB and whatever reads Parquet or Arrow.

use super::Manifest;
use super::rows::{DIGEST, ERROR, EVENTS, Layout, POINT, REPLAY, REPLICATION};
use crate::words::whole;
use arrow_array::{
    ArrayRef, DurationNanosecondArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator,
    RecordBatchReader, StringArray, UInt32Array, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use flagfall::experiment::{Column, Results, Row, Stored};
use flagfall::time::Span;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows per batch.
const BATCH: usize = 1 << 16;

/// Writes the rows of a study as Parquet, not compressed. Each measure's field has its
/// unit in its metadata (`unit`), and so has a factor of spans, which are seconds; the file
/// has `model`, `study` and `seed` in its own.
pub(super) fn write(
    out: impl Write + Send,
    manifest: &Manifest,
    results: &Results,
    replay: &(dyn Fn(usize, u64) -> String + Sync),
) -> io::Result<()> {
    let layout = Layout::new(&manifest.factors, &results.columns);
    let kinds: Vec<Kind> = manifest.factors.iter().map(|factor| Kind::of(&factor.levels)).collect();
    let schema = Arc::new(schema(&layout, &kinds, &results.columns));
    let pair = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    // Columns with mostly unique values get no dictionary.
    let mut properties = WriterProperties::builder();
    for name in layout.measures.iter().map(String::as_str).chain([REPLICATION, DIGEST]) {
        let column = ColumnPath::from(name);
        properties = properties.set_column_dictionary_enabled(column, false);
    }
    let properties = properties
        .set_created_by(format!("flagfall {}", manifest.flagfall))
        .set_key_value_metadata(Some(vec![
            pair("model", &manifest.model),
            pair("study", &manifest.study),
            pair("seed", &manifest.seed.map_or("varied".to_owned(), |seed| seed.to_string())),
        ]))
        .build();
    let mut writer =
        ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(io_error)?;
    for rows in results.rows.chunks(BATCH) {
        let columns = columns(manifest, &kinds, rows, results.columns.len(), replay);
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(io::Error::other)?;
        writer.write(&batch).map_err(io_error)?;
    }
    writer.close().map(drop).map_err(io_error)
}

/// The rows of a study in portions, as in the file. Levels that are spans are durations here.
pub(crate) fn batches(
    manifest: &Manifest,
    stored: &Stored,
    replay: &dyn Fn(usize, u64) -> String,
) -> Result<Box<dyn RecordBatchReader + Send>, ArrowError> {
    let layout = Layout::new(&manifest.factors, &stored.columns);
    // Longer ones than 292 years are no durations of Arrow.
    let fits = |level: &String| {
        level.parse::<Span>().is_ok_and(|span| i64::try_from(span.as_nanos()).is_ok())
    };
    let kinds = manifest.factors.iter().map(|factor| match Kind::of(&factor.levels) {
        Kind::Span if factor.levels.iter().all(fits) => Kind::Duration,
        kind => kind,
    });
    let kinds: Vec<Kind> = kinds.collect();
    let schema = Arc::new(schema(&layout, &kinds, &stored.columns));
    let batch = |rows: &[Row]| {
        let columns = columns(manifest, &kinds, rows, stored.columns.len(), replay);
        RecordBatch::try_new(Arc::clone(&schema), columns)
    };
    let made: Vec<RecordBatch> =
        stored.rows.chunks(BATCH).map(batch).collect::<Result<_, ArrowError>>()?;
    Ok(Box::new(RecordBatchIterator::new(made.into_iter().map(Ok), schema)))
}

/// The original I/O error.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}

/// What the levels of a factor are.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Whole,
    Number,
    /// Seconds, as the measures have them.
    Span,
    /// A span as one: only for those who have such a type.
    Duration,
    Text,
}

impl Kind {
    /// Levels are numbers or spans only if all of them parse and give different values: `01`
    /// and 1 are two levels, and so are `1s` and `1000ms`.
    fn of(levels: &[String]) -> Self {
        let is = |kind: Self| {
            let mut values = BTreeSet::new();
            // Both zeros are one value.
            let bits = |value: f64| (value + 0.0).to_bits();
            levels
                .iter()
                .all(|level| kind.number(level).is_some_and(|value| values.insert(bits(value))))
        };
        let kinds = [Self::Whole, Self::Number, Self::Span];
        kinds.into_iter().find(|kind| is(*kind)).unwrap_or(Self::Text)
    }

    /// The number that a level is, if it is of this kind.
    fn number(self, level: &str) -> Option<f64> {
        match self {
            Self::Whole => whole(level).map(|whole| whole as f64),
            Self::Number => {
                let number: f64 = level.parse().ok()?;
                // Digits alone: `inf` and `nan` are names as well. `0.50` is a half.
                let digits = level.strip_prefix('-').unwrap_or(level);
                let begins = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
                let padded = digits.starts_with('0') && digits[1..].starts_with(|c: char| c != '.');
                // Not every larger whole number is a float.
                let exact = number.abs() < 9_007_199_254_740_992.0;
                (begins && !padded && exact).then_some(number)
            }
            Self::Span | Self::Duration => level.parse::<Span>().ok().map(Span::as_secs_f64),
            Self::Text => None,
        }
    }

    const fn data_type(self) -> DataType {
        match self {
            Self::Whole => DataType::Int64,
            Self::Number | Self::Span => DataType::Float64,
            Self::Duration => DataType::Duration(TimeUnit::Nanosecond),
            Self::Text => DataType::Utf8,
        }
    }
}

fn schema(layout: &Layout, kinds: &[Kind], columns: &[Column]) -> Schema {
    let unit = |unit: &str| std::iter::once(("unit".to_owned(), unit.to_owned())).collect();
    let mut fields = vec![Field::new(POINT, DataType::UInt32, false)];
    let factors = layout.factors.iter().zip(kinds);
    fields.extend(factors.map(|(name, kind)| {
        let field = Field::new(name, kind.data_type(), false);
        if matches!(kind, Kind::Span) { field.with_metadata(unit("s")) } else { field }
    }));
    fields.push(Field::new(REPLICATION, DataType::UInt64, false));
    let measures = layout.measures.iter().zip(columns);
    fields.extend(measures.map(|(name, column)| {
        Field::new(name, DataType::Float64, true).with_metadata(unit(&column.unit))
    }));
    fields.push(Field::new(EVENTS, DataType::UInt64, true).with_metadata(unit("1")));
    fields.extend([DIGEST, ERROR, REPLAY].map(|name| Field::new(name, DataType::Utf8, true)));
    Schema::new(fields)
}

fn columns(
    manifest: &Manifest,
    kinds: &[Kind],
    rows: &[Row],
    measures: usize,
    replay: &dyn Fn(usize, u64) -> String,
) -> Vec<ArrayRef> {
    let level = |row: &Row, factor: usize| &manifest.points[row.point].levels[factor];
    let mut columns: Vec<ArrayRef> = Vec::new();
    let points = rows.iter().map(|row| u32::try_from(row.point).unwrap_or(u32::MAX));
    columns.push(Arc::new(UInt32Array::from_iter_values(points)));
    for (factor, kind) in kinds.iter().enumerate() {
        let levels = rows.iter().map(|row| level(row, factor));
        columns.push(match kind {
            Kind::Whole => Arc::new(Int64Array::from_iter_values(
                levels.map(|level| level.parse().unwrap_or_default()),
            )),
            Kind::Number | Kind::Span => Arc::new(Float64Array::from_iter_values(
                levels.map(|level| kind.number(level).unwrap_or_default()),
            )),
            Kind::Duration => {
                Arc::new(DurationNanosecondArray::from_iter_values(levels.map(|level| {
                    let nanos = level.parse::<Span>().map_or(0, Span::as_nanos);
                    i64::try_from(nanos).unwrap_or(i64::MAX)
                })))
            }
            Kind::Text => Arc::new(StringArray::from_iter_values(levels)),
        });
    }
    columns.push(Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.replication))));
    for measure in 0..measures {
        let value = |row: &Row| row.outcome.as_ref().ok()?.values[measure];
        columns.push(Arc::new(rows.iter().map(value).collect::<Float64Array>()));
    }
    let events = rows.iter().map(|row| Some(row.outcome.as_ref().ok()?.events));
    columns.push(Arc::new(events.collect::<UInt64Array>()));
    let digest = |row: &Row| {
        let digest = row.outcome.as_ref().ok()?.digest?;
        Some(format!("{digest:032x}"))
    };
    columns.push(Arc::new(rows.iter().map(digest).collect::<StringArray>()));
    let error = |row: &Row| row.outcome.as_ref().err().cloned();
    columns.push(Arc::new(rows.iter().map(error).collect::<StringArray>()));
    let replay = |row: &Row| row.outcome.as_ref().err().map(|_| replay(row.point, row.replication));
    columns.push(Arc::new(rows.iter().map(replay).collect::<StringArray>()));
    columns
}
