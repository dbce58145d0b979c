//! `rows.parquet`: the same rows, for pandas, polars, DuckDB and whatever reads Parquet or Arrow.

use super::Manifest;
use super::rows::{DIGEST, ERROR, EVENTS, Layout, POINT, REPLAY, REPLICATION, Replay, hexadecimal};
use crate::words::whole;
use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, DurationNanosecondArray, Float64Array, Int64Array, RecordBatch, StringArray,
    UInt32Array, UInt64Array,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use flagfall::experiment::{Column, Row};
use flagfall::time::Span;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

/// Writes the rows of a study as Parquet, not compressed. Each measure's field has its
/// unit in its metadata (`unit`), and so has a factor of spans, which are seconds; the file
/// has `model`, `study` and `seed` in its own.
pub(super) struct ParquetWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    kinds: Vec<Kind>,
    schema: Arc<Schema>,
    measures: usize,
}

impl<W: Write + Send> ParquetWriter<W> {
    pub(super) fn new(out: W, manifest: &Manifest, columns: &[Column]) -> io::Result<Self> {
        let layout = Layout::new(&manifest.factors, columns);
        let kinds: Vec<Kind> =
            manifest.factors.iter().map(|factor| Kind::of(&factor.levels)).collect();
        let schema = Arc::new(schema(&layout, &kinds, columns));
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
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties));
        Ok(Self { writer: writer.map_err(io_error)?, kinds, schema, measures: columns.len() })
    }

    /// Writes some rows: as many as `BATCH` in `output.rs`, unless they are the last. The bytes
    /// depend on that.
    pub(super) fn write(
        &mut self,
        manifest: &Manifest,
        rows: &[Row],
        replay: Replay<'_>,
    ) -> io::Result<()> {
        let columns = columns(manifest, &self.kinds, rows, self.measures, replay);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns);
        self.writer.write(&batch.map_err(io::Error::other)?).map_err(io_error)
    }

    pub(super) fn end(self) -> io::Result<W> {
        self.writer.into_inner().map_err(io_error)
    }
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
pub(super) enum Kind {
    Whole,
    Number,
    /// Seconds, as the measures have them.
    Span,
    /// A span as one: only for those who have such a type.
    Duration,
    Text,
}

/// The numbers that the levels of a factor are, spans in seconds, where the rows have them as
/// numbers: all are, and no two are equal.
///
/// # Examples
/// ```
/// use flagfall_cli::study::level_numbers;
///
/// let levels = |texts: [&str; 2]| level_numbers(&texts.map(str::to_owned));
/// assert_eq!(levels(["1s", "2500ms"]), Some(vec![1.0, 2.5]));
/// assert_eq!(levels(["2", "many"]), None);
/// ```
#[must_use]
pub fn level_numbers(levels: &[String]) -> Option<Vec<f64>> {
    let kind = Kind::of(levels);
    levels.iter().map(|level| kind.number(level)).collect()
}

impl Kind {
    /// Levels are numbers or spans only if all of them parse and give different values: `01`
    /// and 1 are two levels, and so are `1s` and `1000ms`.
    pub(super) fn of(levels: &[String]) -> Self {
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

pub(super) fn schema(layout: &Layout, kinds: &[Kind], columns: &[Column]) -> Schema {
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

pub(super) fn columns(
    manifest: &Manifest,
    kinds: &[Kind],
    rows: &[Row],
    measures: usize,
    replay: &dyn Fn(&Row) -> String,
) -> Vec<ArrayRef> {
    let mut columns: Vec<ArrayRef> = Vec::new();
    let points = rows.iter().map(|row| u32::try_from(row.point).unwrap_or(u32::MAX));
    columns.push(Arc::new(UInt32Array::from_iter_values(points)));
    for (factor, kind) in kinds.iter().enumerate() {
        columns.push(levels(manifest, factor, *kind, rows));
    }
    columns.push(Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.replication))));
    for measure in 0..measures {
        let value = |row: &Row| row.outcome.as_ref().ok()?.values[measure];
        columns.push(Arc::new(rows.iter().map(value).collect::<Float64Array>()));
    }
    let events = rows.iter().map(|row| Some(row.outcome.as_ref().ok()?.events));
    columns.push(Arc::new(events.collect::<UInt64Array>()));
    let mut digests = StringBuilder::with_capacity(rows.len(), 32 * rows.len());
    for row in rows {
        let digits = row.outcome.as_ref().ok().and_then(|numbers| numbers.digest);
        let digits = digits.map(hexadecimal::<32>);
        digests.append_option(digits.as_ref().and_then(|digits| std::str::from_utf8(digits).ok()));
    }
    columns.push(Arc::new(digests.finish()));
    let error = |row: &Row| row.outcome.as_ref().err().cloned();
    columns.push(Arc::new(rows.iter().map(error).collect::<StringArray>()));
    let replay = |row: &Row| row.outcome.as_ref().err().map(|_| replay(row));
    columns.push(Arc::new(rows.iter().map(replay).collect::<StringArray>()));
    columns
}

/// The levels of a factor, row by row. Rows of one point come one after another, and the level of
/// a point is read once for all of them.
fn levels(manifest: &Manifest, factor: usize, kind: Kind, rows: &[Row]) -> ArrayRef {
    let level = |point: usize| &manifest.points[point].levels[factor];
    match kind {
        Kind::Whole => Arc::new(Int64Array::from_iter_values(once_a_point(rows, |point| {
            level(point).parse().unwrap_or_default()
        }))),
        Kind::Number | Kind::Span => {
            Arc::new(Float64Array::from_iter_values(once_a_point(rows, |point| {
                kind.number(level(point)).unwrap_or_default()
            })))
        }
        Kind::Duration => {
            Arc::new(DurationNanosecondArray::from_iter_values(once_a_point(rows, |point| {
                let nanos = level(point).parse::<Span>().map_or(0, Span::as_nanos);
                i64::try_from(nanos).unwrap_or(i64::MAX)
            })))
        }
        Kind::Text => Arc::new(StringArray::from_iter_values(once_a_point(rows, level))),
    }
}

fn once_a_point<T: Copy>(rows: &[Row], of: impl Fn(usize) -> T) -> impl Iterator<Item = T> {
    let mut known = None;
    rows.iter().map(move |row| match known {
        Some((point, value)) if point == row.point => value,
        _ => known.insert((row.point, of(row.point))).1,
    })
}
