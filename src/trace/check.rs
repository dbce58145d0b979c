//! Comparing a run with a trace while it goes on.

use super::BLOCK;
use super::builder::{Builder, Contents};
use super::contents::decode;
use super::diff::{Difference, agree};
use super::entry::Entry;
use super::error::TraceError;
use super::file::TraceFile;
use super::frame::Chain;
use crate::record::Record;
use std::fmt;
use std::io::{Read, Seek};

/// Compares the records of a run with a trace, block by block.
///
/// In a difference, the trace is on the left and the run on the right. Draws are compared
/// if the trace has them; then the run must record them, too.
pub struct TraceChecker<R> {
    trace: TraceFile<R>,
    builder: Builder,
    chain: Chain,
    block: u64,
    difference: Option<Difference>,
    /// The whole trace was compared, or a difference was found.
    done: bool,
}

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The run is equal to the trace, with this number of entries.
    Equal(u64),
    /// The run is equal to an incomplete trace, with this number of entries.
    EqualSoFar(u64),
    /// The first difference.
    Different(Box<Difference>),
}

impl<R: Read + Seek> TraceChecker<R> {
    /// Compares with that trace, from its beginning.
    #[must_use]
    pub fn new(trace: TraceFile<R>) -> Self {
        let builder = Builder::new(trace.header().draws);
        Self { trace, builder, chain: Chain::EMPTY, block: 0, difference: None, done: false }
    }

    /// Compares one more record. Returns `false` when there is nothing more to compare: the
    /// two differ, or an incomplete trace has ended.
    ///
    /// # Errors
    /// [`TraceError`] if the trace cannot be read.
    pub fn record(&mut self, record: &Record<'_>) -> Result<bool, TraceError> {
        if !self.done {
            self.builder.add_record(record);
            if self.builder.is_full() {
                self.compare_block()?;
            }
        }
        Ok(!self.done)
    }

    fn compare_block(&mut self) -> Result<(), TraceError> {
        let contents = self.builder.take();
        let (block, draws) = (self.block, self.trace.header().draws);
        self.chain = self.chain.after(block, &contents.bytes, contents.happened);
        self.block += 1;
        let known = self.trace.totals().blocks;
        if block < known {
            // The index alone does not show a damaged block.
            self.trace.block(block)?;
            if agree(self.trace.chain(block)?, self.chain, draws) {
                return Ok(());
            }
        }
        let here = entries(&contents)?;
        let there = if block < known { self.trace.block(block)? } else { &[] };
        let start = block * BLOCK as u64;
        self.difference = Difference::of_blocks(start, there, &here, draws);
        self.done = true;
        Ok(())
    }

    /// Ends the comparison at the end of the run, and returns the trace.
    ///
    /// # Errors
    /// As [`record`](Self::record), and if the end of the trace is damaged.
    pub fn finish(mut self) -> Result<(Checked, TraceFile<R>), TraceError> {
        if let Some(damage) = self.trace.state().damage() {
            return Err(damage);
        }
        let trace = self.trace.totals().entries;
        if !self.done {
            let run = self.block * BLOCK as u64 + u64::from(self.builder.entries());
            if !self.builder.is_empty() {
                self.compare_block()?;
            }
            if self.difference.is_none() && run < trace {
                let left = self.trace.entry(run)?;
                let difference = Difference { place: run, left, right: None, fields: Vec::new() };
                self.difference = Some(difference);
            }
        }
        let complete = self.trace.is_complete();
        let checked = match self.difference {
            // An incomplete trace ends before the run.
            Some(Difference { left: None, .. }) if !complete => Checked::EqualSoFar(trace),
            Some(difference) => Checked::Different(Box::new(difference)),
            None if complete => Checked::Equal(trace),
            None => Checked::EqualSoFar(trace),
        };
        Ok((checked, self.trace))
    }
}

/// The entries that were just put into a block, as a reader gets them.
fn entries(contents: &Contents) -> Result<Vec<Entry>, TraceError> {
    let entries = decode(&contents.bytes, contents.happened, contents.reach);
    entries.ok_or_else(|| TraceError::damaged(0, "a block of the run itself"))
}

impl<R> fmt::Debug for TraceChecker<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceChecker")
            .field("block", &self.block)
            .field("difference", &self.difference)
            .finish_non_exhaustive()
    }
}
