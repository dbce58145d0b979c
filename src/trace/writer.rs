//! Writing a trace, block by block during the run.

use super::builder::Builder;
use super::entry::Entry;
use super::error::TraceError;
use super::frame::{Chain, Head, pack};
use super::header::Header;
use super::index::{Footer, Row};
use super::mark::{self, Mark};
use crate::digest::Digest;
use crate::record::Record;
use std::fmt;
use std::io::{Seek, SeekFrom, Write};

/// Writes the records of a run as a trace.
///
/// Every full block is written at once, in one call. After a crash, only the entries after
/// the last block are lost, at most [`BLOCK`](super::BLOCK). [`finish`](Self::finish) writes
/// the index and the end, and marks the file as finished last of all. Without it the trace is
/// [unfinished](super::TraceState::Unfinished). The header is at place 0 of the output.
///
/// Cost: a record is printed and hashed, which takes some hundred nanoseconds for small
/// messages. Each block takes 64 bytes of memory.
///
/// # Examples
/// ```
/// use flagfall::trace::{Header, TraceFile, TraceWriter};
/// use flagfall::{Actor, Config, Context, Record, Simulation};
/// use std::{cell::RefCell, io::Cursor, rc::Rc};
///
/// struct Sink;
/// impl Actor for Sink {
///     type Message = u64;
///     fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
/// }
///
/// let out = Cursor::new(Vec::new());
/// let writer = TraceWriter::new(out, &Header::new(["an example"]))?;
/// let writer = Rc::new(RefCell::new(Some(writer)));
/// let mut simulation = Simulation::new(Config::new(42));
/// let observer = Rc::clone(&writer);
/// simulation.observe(move |record: &Record<'_>| {
///     let mut writer = observer.borrow_mut();
///     writer.as_mut().expect("the run goes on").record(record).expect("memory is endless");
/// });
/// let sink = simulation.spawn("sink", Sink);
/// simulation.send(&sink, 7);
/// simulation.run()?;
/// let writer = writer.take().expect("it is still there");
/// let written = writer.finish(simulation.digest())?;
///
/// let mut trace = TraceFile::open(written)?;
/// assert!(trace.is_complete());
/// assert_eq!(trace.totals().entries, 1);
/// assert_eq!(trace.entry(0)?.expect("the first").to_string(), "0.000000000 sink 7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TraceWriter<W> {
    out: W,
    /// How many bytes were written.
    length: u64,
    header_sum: u64,
    builder: Builder,
    chain: Chain,
    rows: Vec<Row>,
    last: Option<Head>,
}

impl<W: Write + Seek> TraceWriter<W> {
    /// Begins a trace by writing its header.
    ///
    /// # Errors
    /// [`TraceError::LongHeader`], or the error of writing.
    pub fn new(mut out: W, header: &Header) -> Result<Self, TraceError> {
        let (bytes, header_sum) = header.encode()?;
        out.write_all(&bytes)?;
        Ok(Self {
            out,
            length: bytes.len() as u64,
            header_sum,
            builder: Builder::new(header.draws),
            chain: Chain::EMPTY,
            rows: Vec::new(),
            last: None,
        })
    }

    /// Adds a record.
    ///
    /// # Errors
    /// The error of writing. Then the trace ends with the last whole block.
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), TraceError> {
        self.builder.add_record(record);
        self.write_full()
    }

    /// Adds an entry that was read from a trace or made by hand.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn entry(&mut self, entry: &Entry) -> Result<(), TraceError> {
        self.builder.add_entry(entry);
        self.write_full()
    }

    fn write_full(&mut self) -> Result<(), TraceError> {
        if self.builder.is_full() { self.write_block() } else { Ok(()) }
    }

    fn write_block(&mut self) -> Result<(), TraceError> {
        if self.builder.is_empty() {
            return Ok(());
        }
        let (frame, head) = pack(&self.builder.take(), self.rows.len() as u64, self.chain);
        self.out.write_all(&frame)?;
        self.rows.push(Row::of(&head, self.length));
        self.length += frame.len() as u64;
        self.chain = head.chain;
        self.last = Some(head);
        Ok(())
    }

    /// Writes the last block, without an index and an end: the trace of a run that failed.
    ///
    /// # Errors
    /// The error of writing.
    pub fn abandon(mut self) -> Result<W, TraceError> {
        self.write_block()?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Writes the last block, the index and the end, and marks the file as finished.
    ///
    /// # Errors
    /// The error of writing.
    pub fn finish(mut self, digest: Option<Digest>) -> Result<W, TraceError> {
        self.write_block()?;
        let mut bytes = Row::encode_all(&self.rows);
        let footer = Footer::new(self.header_sum, self.length, self.last.as_ref(), digest);
        let footer = footer.encode();
        bytes.extend(&footer);
        self.out.write_all(&bytes)?;
        self.length += bytes.len() as u64;
        // The mark is written last, so that a crash before leaves an unfinished file.
        self.out.flush()?;
        let mark = Mark::Finished { length: self.length, footer: Footer::sum(&footer) };
        self.out.seek(SeekFrom::Start(mark::AT as u64))?;
        self.out.write_all(&mark.encode(self.header_sum))?;
        self.out.seek(SeekFrom::End(0))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W> fmt::Debug for TraceWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceWriter")
            .field("blocks", &self.rows.len())
            .field("bytes", &self.length)
            .finish_non_exhaustive()
    }
}
