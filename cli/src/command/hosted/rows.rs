//! Records as rows of a table of Arrow, in portions.

use arrow_array::builder::{ArrayBuilder, DurationNanosecondBuilder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use flagfall::record::RecordKind;
use std::sync::Arc;

/// Records per portion.
const ROWS: usize = 1 << 16;

/// A portion is full once its texts have so many bytes.
const TEXTS: usize = 1 << 24;

/// A record, as `flagfall trace --json` has it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) event: u64,
    /// In nanoseconds.
    pub(super) time: u64,
    pub(super) kind: RecordKind,
    pub(super) receiver: String,
    /// Empty from outside.
    pub(super) sender: String,
    pub(super) cause: u64,
    pub(super) message: Option<String>,
    pub(super) contents: u64,
    pub(super) draws: u64,
}

/// The columns. Numbers of events and draws are counts: their unit is 1.
pub(super) fn schema() -> SchemaRef {
    let count = |name: &str| {
        let unit = std::iter::once(("unit".to_owned(), "1".to_owned()));
        Field::new(name, DataType::UInt64, false).with_metadata(unit.collect())
    };
    let text = |name: &str, may_be_missing| Field::new(name, DataType::Utf8, may_be_missing);
    Arc::new(Schema::new(vec![
        count("event"),
        Field::new("time", DataType::Duration(TimeUnit::Nanosecond), false),
        text("kind", false),
        text("receiver", false),
        text("sender", false),
        count("cause"),
        text("message", true),
        text("contents", true),
        count("draws"),
    ]))
}

/// The rows of a portion that is not full yet.
#[derive(Debug, Default)]
pub(super) struct Rows {
    event: UInt64Builder,
    time: DurationNanosecondBuilder,
    kind: StringBuilder,
    receiver: StringBuilder,
    sender: StringBuilder,
    cause: UInt64Builder,
    message: StringBuilder,
    contents: StringBuilder,
    draws: UInt64Builder,
}

impl Rows {
    /// Adds a row. Returns the portion, if it is full.
    ///
    /// # Errors
    /// The time is longer than a duration of Arrow can be.
    pub(super) fn add(&mut self, record: Record) -> Result<Option<RecordBatch>, ArrowError> {
        let time = i64::try_from(record.time).map_err(|_| {
            let text = "a record is after 292 years, which no duration of Arrow can be: give an \
                        earlier end to the records, or to the run";
            ArrowError::ComputeError(text.to_owned())
        })?;
        self.event.append_value(record.event);
        self.time.append_value(time);
        self.kind.append_value(record.kind.to_string());
        self.receiver.append_value(record.receiver);
        self.sender.append_value(record.sender);
        self.cause.append_value(record.cause);
        let has_message = record.message.is_some();
        self.message.append_option(record.message);
        self.contents.append_option(has_message.then(|| format!("{:016x}", record.contents)));
        self.draws.append_value(record.draws);
        let texts =
            [&self.receiver, &self.sender, &self.message].map(|text| text.values_slice().len());
        let is_full = self.event.len() >= ROWS || texts.iter().sum::<usize>() >= TEXTS;
        if is_full { self.portion().map(Some) } else { Ok(None) }
    }

    /// What was added since the last portion.
    pub(super) fn portion(&mut self) -> Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.event.finish()),
            Arc::new(self.time.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(self.receiver.finish()),
            Arc::new(self.sender.finish()),
            Arc::new(self.cause.finish()),
            Arc::new(self.message.finish()),
            Arc::new(self.contents.finish()),
            Arc::new(self.draws.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
    }
}
