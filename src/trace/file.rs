//! Reading a trace: any block at any time, or all in order.

use super::BLOCK;
use super::contents::decode;
use super::entry::Entry;
use super::error::TraceError;
use super::frame::{self, Chain, Head, unpack};
use super::header::{Found, Header};
use super::index::{FOOTER, Footer, ROW, Row, Totals};
use super::mark::Mark;
use super::state::TraceState;
use std::fmt;
use std::io::{Read, Seek, SeekFrom};

/// Where the index is.
enum Rows {
    /// At this place in the file.
    InFile(u64),
    /// The file has no index; these rows were found block by block.
    Found(Vec<Row>),
}

/// A trace in a file, or in anything that implements `Read` and `Seek`.
///
/// A finished trace is opened by reading its beginning and its end. If the end is damaged or
/// missing, because the run was interrupted or failed, the trace is read once up to the last
/// whole block. This takes 64 bytes of memory per block. [`state`](Self::state) says which
/// case it is.
///
/// Every block is checked when it is read: its checksum, its number, and that it
/// continues the chain of the blocks before it.
pub struct TraceFile<R> {
    input: R,
    header: Header,
    rows: Rows,
    totals: Totals,
    state: TraceState,
    /// Where the blocks end.
    end: u64,
    /// The last block that was read.
    held: Option<(u64, Vec<Entry>)>,
}

impl<R: Read + Seek> TraceFile<R> {
    /// Opens a trace.
    ///
    /// # Errors
    /// [`TraceError`] if it is not a trace, or its header is damaged. [`state`](Self::state)
    /// reports a damaged end; whole blocks can still be read. A damaged block is found when
    /// it is read.
    pub fn open(mut input: R) -> Result<Self, TraceError> {
        let Found { header, sum, mark, end: start } = Header::read(&mut input)?;
        let length = input.seek(SeekFrom::End(0))?;
        if let Some(footer) = read_footer(&mut input, mark, (sum, start, length))? {
            return Ok(Self {
                input,
                header,
                rows: Rows::InFile(footer.index),
                totals: footer.totals,
                state: TraceState::Finished,
                end: footer.index,
                held: None,
            });
        }
        let (rows, totals, end) = walk(&mut input, start, length)?;
        let short = totals.entries % BLOCK as u64 > 0;
        let state = TraceState::of(&mut input, mark, (sum, end, length), &rows, short)?;
        Ok(Self { input, header, rows: Rows::Found(rows), totals, state, end, held: None })
    }

    /// What was run.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The totals of the part of the trace that can be read.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The digest of the run as text, if it is known.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        self.totals.digest.map(|value| format!("{value:032x}"))
    }

    /// Whether the file is complete, unfinished or damaged.
    #[must_use]
    pub fn state(&self) -> TraceState {
        self.state
    }

    /// Whether the run ended and the file has all of it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == TraceState::Finished
    }

    /// The chain after the block of that number.
    ///
    /// # Errors
    /// [`TraceError`] if the index is damaged there.
    pub fn chain(&mut self, block: u64) -> Result<Chain, TraceError> {
        Ok(self.row(block)?.chain)
    }

    pub(super) fn row(&mut self, block: u64) -> Result<Row, TraceError> {
        match &self.rows {
            Rows::Found(rows) => {
                let row = usize::try_from(block).ok().and_then(|block| rows.get(block));
                row.copied().ok_or_else(|| TraceError::damaged(self.end, "the index"))
            }
            Rows::InFile(index) => {
                let at = block.checked_mul(ROW as u64).and_then(|way| index.checked_add(way));
                let damaged = || TraceError::damaged(at.unwrap_or(*index), "the index");
                let place = at.filter(|_| block < self.totals.blocks).ok_or_else(damaged)?;
                self.input.seek(SeekFrom::Start(place))?;
                let mut row = [0; ROW];
                self.input.read_exact(&mut row)?;
                Row::decode(&row, block).ok_or_else(damaged)
            }
        }
    }

    /// The entries of a block: [`BLOCK`] of them, or fewer in the last.
    ///
    /// # Errors
    /// [`TraceError`] if the block is damaged, or there is no such block.
    pub fn block(&mut self, block: u64) -> Result<&[Entry], TraceError> {
        if self.held.as_ref().is_none_or(|(held, _)| *held != block) {
            let entries = self.read_block(block)?;
            self.held = Some((block, entries));
        }
        Ok(self.held.as_ref().map_or(&[], |(_, entries)| entries))
    }

    fn read_block(&mut self, block: u64) -> Result<Vec<Entry>, TraceError> {
        let row = self.row(block)?;
        let before = match block.checked_sub(1) {
            Some(before) => self.chain(before)?,
            None => Chain::EMPTY,
        };
        let damaged = || TraceError::damaged(row.offset, "a block");
        let (head, packed) =
            read_frame(&mut self.input, row.offset, self.end)?.ok_or_else(damaged)?;
        let last = block + 1 == self.totals.blocks;
        let whole = last || head.reach.entries as usize == BLOCK;
        if Row::of(&head, row.offset) != row || head.number != block || !whole {
            return Err(damaged());
        }
        if last && (Totals { digest: self.totals.digest, ..Totals::up_to(&head) }) != self.totals {
            return Err(TraceError::damaged(self.end, "the end of the trace"));
        }
        let contents = unpack(&head, &packed).ok_or_else(damaged)?;
        if before.after(block, &contents, head.happened) != head.chain {
            return Err(damaged());
        }
        decode(&contents, head.happened, head.reach).ok_or_else(damaged)
    }

    /// The entry at a place, from 0; `None` after the last.
    ///
    /// # Errors
    /// As [`block`](Self::block).
    pub fn entry(&mut self, place: u64) -> Result<Option<Entry>, TraceError> {
        if place >= self.totals.entries {
            return Ok(None);
        }
        let within = (place % BLOCK as u64) as usize;
        Ok(self.block(place / BLOCK as u64)?.get(within).cloned())
    }

    /// The first entry about an event, with its place; `None` if there is none.
    /// Reads one or two blocks and O(log blocks) rows of the index.
    ///
    /// # Errors
    /// As [`block`](Self::block).
    pub fn find_event(&mut self, event: u64) -> Result<Option<(u64, Entry)>, TraceError> {
        // The first block that begins with this event or a later one. The event may also
        // begin in the block before.
        let blocks = self.totals.blocks;
        let behind = first(blocks, |block| Ok(self.row(block)?.first_event >= event))?;
        for block in [behind.checked_sub(1), Some(behind)].into_iter().flatten() {
            if block >= blocks {
                continue;
            }
            let entries = self.block(block)?;
            if let Some(within) = entries.iter().position(|entry| entry.event == event) {
                let place = block * BLOCK as u64 + within as u64;
                return Ok(Some((place, entries[within].clone())));
            }
        }
        Ok(None)
    }

    /// The place of the first entry at that time or later: the number of entries before it.
    ///
    /// # Errors
    /// As [`block`](Self::block).
    pub fn first_at(&mut self, nanos: u64) -> Result<u64, TraceError> {
        let blocks = self.totals.blocks;
        let behind = first(blocks, |block| Ok(self.row(block)?.first_time >= nanos))?;
        let Some(block) = behind.checked_sub(1) else { return Ok(0) };
        let entries = self.block(block)?;
        let before = entries.iter().take_while(|entry| entry.time.as_nanos() < nanos).count();
        Ok(block * BLOCK as u64 + before as u64)
    }

    /// Reads everything once, and so checks every byte. An unfinished trace is not an error; see
    /// [`state`](Self::state).
    ///
    /// # Errors
    /// As [`block`](Self::block), and if the end is [damaged](TraceState::damage).
    pub fn check(&mut self) -> Result<(), TraceError> {
        if let Some(damage) = self.state.damage() {
            return Err(damage);
        }
        for block in 0..self.totals.blocks {
            self.read_block(block)?;
        }
        self.check_places()
    }

    /// Checks that blocks follow one another without gaps.
    fn check_places(&mut self) -> Result<(), TraceError> {
        let mut expected = None;
        for block in 0..self.totals.blocks {
            let row = self.row(block)?;
            if expected.is_some_and(|expected| expected != row.offset) {
                return Err(TraceError::damaged(row.offset, "the index"));
            }
            let damaged = || TraceError::damaged(row.offset, "a block");
            let head = read_head(&mut self.input, row.offset, self.end)?.ok_or_else(damaged)?;
            expected = Some(row.offset + (frame::HEAD + head.packed) as u64);
        }
        match expected {
            Some(expected) if expected != self.end => {
                Err(TraceError::damaged(expected, "the space between the blocks and the index"))
            }
            _ => Ok(()),
        }
    }
}

/// The first of `blocks` blocks for which `holds` is true. It must be true for all later blocks.
pub(super) fn first(
    blocks: u64,
    mut holds: impl FnMut(u64) -> Result<bool, TraceError>,
) -> Result<u64, TraceError> {
    let (mut from, mut to) = (0, blocks);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle)? {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    Ok(from)
}

/// The footer of a file with that header and mark, if it is whole.
fn read_footer(
    input: &mut (impl Read + Seek),
    mark: Option<Mark>,
    (header_sum, start, length): (u64, u64, u64),
) -> Result<Option<Footer>, TraceError> {
    let Some(Mark::Finished { length: written, footer: sum }) = mark else { return Ok(None) };
    if written != length {
        return Ok(None);
    }
    let Some(at) = length.checked_sub(FOOTER as u64).filter(|at| *at >= start) else {
        return Ok(None);
    };
    input.seek(SeekFrom::Start(at))?;
    let mut bytes = [0; FOOTER];
    input.read_exact(&mut bytes)?;
    let fits = |footer: &Footer| {
        let rows = footer.totals.blocks.checked_mul(ROW as u64);
        let end = rows.and_then(|rows| footer.index.checked_add(rows));
        let blocks = footer.totals.blocks;
        sum == Footer::sum(&bytes)
            && footer.header_sum == header_sum
            && footer.index >= start
            && end == Some(at)
            && blocks == footer.totals.entries.div_ceil(BLOCK as u64)
            // Without blocks, only this check finds missing bytes.
            && (blocks > 0 || footer.index == start)
    };
    Ok(Footer::decode(&bytes).filter(fits))
}

/// The head of a block, if there is one at that place.
fn read_head(
    input: &mut (impl Read + Seek),
    at: u64,
    end: u64,
) -> Result<Option<Head>, TraceError> {
    if at.checked_add(frame::HEAD as u64).is_none_or(|contents| contents > end) {
        return Ok(None);
    }
    input.seek(SeekFrom::Start(at))?;
    let mut bytes = [0; frame::HEAD];
    input.read_exact(&mut bytes)?;
    Ok(Head::decode(&bytes))
}

/// A block with its compressed contents, if a whole block is there.
fn read_frame(
    input: &mut (impl Read + Seek),
    at: u64,
    end: u64,
) -> Result<Option<(Head, Vec<u8>)>, TraceError> {
    let Some(head) = read_head(input, at, end)? else { return Ok(None) };
    if at + frame::HEAD as u64 + head.packed as u64 > end {
        return Ok(None);
    }
    let mut packed = vec![0; head.packed];
    input.read_exact(&mut packed)?;
    Ok(head.fits(&packed).then_some((head, packed)))
}

/// Finds the blocks of a trace without an end, up to the last whole one.
fn walk(
    input: &mut (impl Read + Seek),
    start: u64,
    length: u64,
) -> Result<(Vec<Row>, Totals, u64), TraceError> {
    let (mut rows, mut totals, mut at) = (Vec::new(), Totals::default(), start);
    while let Some((head, packed)) = read_frame(input, at, length)? {
        if head.number != rows.len() as u64 {
            break;
        }
        rows.push(Row::of(&head, at));
        totals = Totals::up_to(&head);
        at += (frame::HEAD + packed.len()) as u64;
        if (head.reach.entries as usize) < BLOCK {
            break;
        }
    }
    Ok((rows, totals, at))
}

impl<R> fmt::Debug for TraceFile<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceFile")
            .field("header", &self.header)
            .field("totals", &self.totals)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
