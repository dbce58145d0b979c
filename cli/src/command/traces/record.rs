//! `--record`: writes the trace file of a run; and opens trace files.

use crate::command::running::observed;
use crate::command::talk::{Failure, talk};
use crate::disk::{self, create, partial, target};
use crate::words::{counted, shown};
use flagfall::Simulation;
use flagfall::digest::Digest;
use flagfall::time::VirtualTime;
use flagfall::trace::{Header, TraceError, TraceFile, TraceState, TraceWriter};
use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What writes the file, or why that is not possible; nothing once the run is over.
type Writer = Option<Result<TraceWriter<File>, TraceError>>;

pub(crate) struct Recording {
    path: PathBuf,
    writer: Rc<RefCell<Writer>>,
}

fn cannot_write(path: &Path, error: &TraceError) -> Failure {
    Failure::Files(format!("cannot write {}: {error}", shown(partial(path))))
}

impl Recording {
    /// Begins the file, and records the run from now on.
    pub(crate) fn start(
        simulation: &mut Simulation,
        path: &Path,
        header: &Header,
    ) -> Result<Self, Failure> {
        let name = shown(path);
        if path.is_dir() {
            return Err(Failure::Files(format!("{name} is a folder: name a file in it")));
        }
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            return Err(Failure::Files(format!(
                "{name} is a device or a pipe; the writer must seek back at the end: name a file"
            )));
        }
        let path = &target(path)
            .map_err(|error| Failure::Files(format!("cannot write {name}: {error}")))?;
        let failed = |error| cannot_write(path, &error);
        let file = create(&partial(path)).map_err(|error| failed(error.into()))?;
        let writer = TraceWriter::new(file, header).map_err(failed)?;
        let writer = observed(simulation, Some(Ok(writer)), |kept, record| {
            let Some(Ok(writer)) = kept else { return true };
            let Err(error) = writer.record(record) else { return true };
            // The run is left: the trace would be incomplete.
            *kept = Some(Err(error));
            false
        });
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Writes the end. The file gets its name once it is on the disk.
    pub(crate) fn finish(self, digest: Option<Digest>) -> Result<(), Failure> {
        let failed = |error| cannot_write(&self.path, &error);
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let file = writer.and_then(|writer| writer.finish(digest)).map_err(failed)?;
        let partial = partial(&self.path);
        file.sync_all()
            .and_then(|()| std::fs::rename(&partial, &self.path))
            .map_err(|error| cannot_write(&self.path, &error.into()))?;
        // So that the name is on the disk, too, if the system can do that.
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Keeps the trace of a run that failed. If it was left because the file cannot be written,
    /// that is the error.
    pub(crate) fn abandon(self) -> Result<(), Failure> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let written = writer.and_then(TraceWriter::abandon);
        written.map_err(|error| cannot_write(&self.path, &error))?;
        let partial = partial(&self.path);
        talk(format_args!("note: the trace up to the error is in {}", shown(&partial)));
        Ok(())
    }
}

pub(crate) struct Opened {
    /// The path of the file, which may be the partial one.
    pub(crate) path: PathBuf,
    /// The path in messages.
    pub(crate) name: String,
    pub(crate) trace: TraceFile<File>,
}

/// Opens a trace file, or its partial file if there is none.
pub(crate) fn open(path: &Path) -> Result<Opened, Failure> {
    let mut found = path.to_owned();
    let partial = partial(&target(path).unwrap_or_else(|_| path.to_owned()));
    let file = match disk::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && partial.exists() => {
            found.clone_from(&partial);
            talk(format_args!("note: there is no {}; this is {}", shown(path), shown(&found)));
            disk::open(&found)
        }
        file => file,
    };
    if found == path && is_older(path, &partial) {
        talk(format_args!(
            "note: {} is newer: of a run that goes on, or that was killed",
            shown(&partial)
        ));
    }
    let name = shown(&found);
    let trace = file.map_err(TraceError::from).and_then(TraceFile::open);
    let trace = trace.map_err(|error| damaged(&name, &error))?;
    if let Some(note) = incomplete(&trace) {
        talk(format_args!("note: {name} is {note}"));
    }
    Ok(Opened { path: found, name, trace })
}

fn is_older(path: &Path, other: &Path) -> bool {
    let written = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    matches!((written(path), written(other)), (Some(this), Some(other)) if this < other)
}

/// What there is of an incomplete trace, for a message; `None` if it is complete.
pub(crate) fn incomplete<R: std::io::Read + std::io::Seek>(trace: &TraceFile<R>) -> Option<String> {
    let totals = trace.totals();
    let time = VirtualTime::from_nanos(totals.last_time);
    let records = counted(totals.entries, "record");
    let whole = format!("{records}, up to event {} at {time}", totals.last_event);
    match trace.state() {
        TraceState::Finished => None,
        TraceState::Unfinished { left_over: 0 } => {
            Some(format!("incomplete: {whole}; the run did not finish"))
        }
        TraceState::Unfinished { left_over } => Some(format!(
            "incomplete: {whole}; the run did not finish; {} after the last whole block cannot be read",
            counted(left_over, "byte")
        )),
        _ => Some(format!("damaged: what is whole are {whole}")),
    }
}

/// Checks that the end of a trace is not damaged, even if all before it could be read.
pub(crate) fn undamaged<R: std::io::Read + std::io::Seek>(
    name: &str,
    trace: &TraceFile<R>,
) -> Result<(), Failure> {
    trace.state().damage().map_or(Ok(()), |error| Err(damaged(name, &error)))
}

pub(crate) fn damaged(name: &str, error: &TraceError) -> Failure {
    match error {
        TraceError::Io(error) => Failure::Files(format!("cannot read {name}: {error}")),
        error => Failure::Files(format!("{name}: {error}")),
    }
}
