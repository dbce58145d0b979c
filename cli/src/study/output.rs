//! The files of a finished study, written while its rows come: memory does not grow with their
//! number.

use super::error::StudyError;
use super::files::{New, Out, json};
use super::names::{CSV, MARKDOWN, SUMMARY, VALUES};
use super::ranked::Pieces;
use super::rows::{CsvWriter, Replay};
use super::summary::Summing;
use super::{Manifest, Summary, markdown};
use crate::disk::{NewFile, partial};
use flagfall::experiment::{Column, Row};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};

/// This number of rows is handed on at once. The bytes of `rows.parquet` depend on it.
pub(super) const BATCH: usize = 1 << 16;

/// What the files are of.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) columns: &'a [Column],
    pub(super) replay: Replay<'a>,
}

/// Takes the rows of a study, in order.
pub(super) struct Output<'scope, 'a> {
    tables: Vec<Beside<'scope, 'a>>,
    summing: Summing,
    batch: Vec<Row>,
}

/// The new files of a study, of which none is in its place yet, and the summary in them.
pub(super) struct Written {
    pub(super) files: Vec<New>,
    pub(super) summary: Summary,
}

/// Writes the files of the study in a folder, beside their places. `fill` gives the rows, point by
/// point and replication by replication. If it fails, nothing is left of the files.
pub(super) fn write<T, E: From<StudyError>>(
    folder: &Path,
    of: Of<'_>,
    fill: impl FnOnce(&mut Output<'_, '_>) -> Result<T, E>,
) -> Result<(T, Written), E> {
    thread::scope(|scope| {
        let mut output = Output {
            tables: vec![Beside::start(scope, of, &folder.join(CSV), csv)],
            summing: Summing::new(
                (of.columns, of.manifest.antithetic),
                Some(Pieces::new(&partial(&folder.join(VALUES)))),
            ),
            batch: Vec::new(),
        };
        #[cfg(feature = "parquet")]
        output.tables.push(Beside::start(scope, of, &folder.join(super::names::PARQUET), parquet));
        let filled = fill(&mut output)?;
        Ok((filled, output.end(folder, of)?))
    })
}

impl Output<'_, '_> {
    /// Takes the next row.
    pub(super) fn row(&mut self, folder: &Path, row: Row) -> Result<(), StudyError> {
        self.summing.row(&row).map_err(StudyError::io(&folder.join(SUMMARY), "write"))?;
        self.batch.push(row);
        if self.batch.len() == BATCH { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), StudyError> {
        let batch = Arc::new(std::mem::take(&mut self.batch));
        self.tables.iter_mut().try_for_each(|table| table.rows(&batch))
    }

    fn end(mut self, folder: &Path, of: Of<'_>) -> Result<Written, StudyError> {
        if !self.batch.is_empty() {
            self.hand_over()?;
        }
        let file = |name| folder.join(name);
        let summary = self.summing.end(of.manifest);
        let summary = summary.map_err(StudyError::io(&file(SUMMARY), "write"))?;
        let table =
            New::write(&file(MARKDOWN), |out| out.write_all(markdown(&summary).as_bytes()))?;
        let numbers = New::write(&file(SUMMARY), |out| json(out, &summary))?;
        let files: Result<Vec<New>, _> = self.tables.into_iter().map(Beside::end).collect();
        let mut files = files?;
        files.extend([table, numbers]);
        Ok(Written { files, summary })
    }
}

/// Rows in a format.
pub(super) trait Table {
    fn write(&mut self, of: Of<'_>, rows: &[Row]) -> io::Result<()>;

    fn end(self: Box<Self>) -> io::Result<Out>;
}

type Open = fn(Out, Of<'_>) -> io::Result<Box<dyn Table>>;

fn csv(out: Out, of: Of<'_>) -> io::Result<Box<dyn Table>> {
    Ok(Box::new(CsvWriter::new(out, of.manifest, of.columns)))
}

impl Table for CsvWriter<Out> {
    fn write(&mut self, of: Of<'_>, rows: &[Row]) -> io::Result<()> {
        self.write(of.manifest, rows, of.replay)
    }

    fn end(self: Box<Self>) -> io::Result<Out> {
        (*self).end()
    }
}

#[cfg(feature = "parquet")]
fn parquet(out: Out, of: Of<'_>) -> io::Result<Box<dyn Table>> {
    Ok(Box::new(super::parquet::ParquetWriter::new(out, of.manifest, of.columns)?))
}

#[cfg(feature = "parquet")]
impl Table for super::parquet::ParquetWriter<Out> {
    fn write(&mut self, of: Of<'_>, rows: &[Row]) -> io::Result<()> {
        self.write(of.manifest, rows, of.replay)
    }

    fn end(self: Box<Self>) -> io::Result<Out> {
        (*self).end()
    }
}

/// A file that takes rows.
struct Writing<'a> {
    of: Of<'a>,
    file: NewFile,
    table: Box<dyn Table>,
}

impl<'a> Writing<'a> {
    fn open(of: Of<'a>, path: &Path, open: Open) -> Result<Self, StudyError> {
        let opened = New::begin(path).and_then(|(file, out)| Ok((file, open(out, of)?)));
        let (file, table) = opened.map_err(StudyError::io(path, "write"))?;
        Ok(Self { of, file, table })
    }

    fn rows(&mut self, rows: &[Row]) -> Result<(), StudyError> {
        self.table.write(self.of, rows).map_err(StudyError::io(&self.file.path, "write"))
    }

    fn end(self) -> Result<New, StudyError> {
        let path = self.file.path.clone();
        let ended = self.table.end().and_then(|out| New::end(self.file, out));
        ended.map_err(StudyError::io(&path, "write"))
    }
}

/// A file that is written in a thread of its own, if one can be started.
enum Beside<'scope, 'a> {
    Thread(SyncSender<Arc<Vec<Row>>>, ScopedJoinHandle<'scope, Result<New, StudyError>>),
    Here(Result<Writing<'a>, StudyError>),
    Failed,
}

impl<'scope, 'a: 'scope> Beside<'scope, 'a> {
    fn start(scope: &'scope Scope<'scope, '_>, of: Of<'a>, path: &Path, open: Open) -> Self {
        let (sender, receiver) = sync_channel::<Arc<Vec<Row>>>(1);
        let of_thread = path.to_owned();
        let work = move || {
            let mut writing = Writing::open(of, &of_thread, open)?;
            receiver.into_iter().try_for_each(|rows| writing.rows(&rows))?;
            writing.end()
        };
        match thread::Builder::new().spawn_scoped(scope, work) {
            Ok(thread) => Self::Thread(sender, thread),
            Err(_) => Self::Here(Writing::open(of, path, open)),
        }
    }
}

impl Beside<'_, '_> {
    fn rows(&mut self, rows: &Arc<Vec<Row>>) -> Result<(), StudyError> {
        match self {
            Self::Thread(sender, _) if sender.send(Arc::clone(rows)).is_ok() => Ok(()),
            Self::Here(Ok(writing)) => writing.rows(rows),
            // It ended early, with an error.
            _ => std::mem::replace(self, Self::Failed).end().map(drop),
        }
    }

    fn end(self) -> Result<New, StudyError> {
        match self {
            Self::Thread(sender, thread) => {
                drop(sender);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
            Self::Here(writing) => writing?.end(),
            Self::Failed => unreachable!("its error was returned"),
        }
    }
}
