//! Reads the file of a shard: what it is, and row by row.

use super::super::error::{StudyError, StudyProblem};
use super::super::log::{self, COLUMNS, SHARD, STUDY, Seed};
use super::super::origin::Origin;
use super::Part;
use crate::disk;
use flagfall::experiment::{Column, Row};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use twox_hash::XxHash3_128;

const END: &str = "end";

/// No first line, and no last one, is longer. A line of a row may be.
const MOST_LINE: usize = 1 << 24;

/// The second line of a file: what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) part: u64,
    pub(super) of: u64,
    /// 1, unless it is of a later round of a study with a precision.
    pub(super) round: u64,
}

impl Head {
    pub(super) const fn new(part: Part, round: u64) -> Self {
        Self { part: part.part(), of: part.of(), round }
    }

    pub(super) const fn shard(self) -> Option<Part> {
        Part::new(self.part, self.of)
    }
}

/// The last line of a file: that all of it is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) rows: u64,
    pub(super) failed: u64,
    pub(super) columns: Vec<Column>,
    /// Of all bytes before (XXH3-128), as 32 hexadecimal digits.
    pub(super) bytes: String,
}

/// The first lines of a file.
pub(super) fn begin(out: &mut Vec<u8>, origin: &Origin, head: Head) -> Seed {
    let seed = log::study(out, origin);
    log::line(out, seed, SHARD, &head);
    seed
}

pub(super) fn end(out: &mut Vec<u8>, seed: Seed, end: &End) {
    log::line(out, seed, END, end);
}

pub(super) fn digits(sum: u128) -> String {
    format!("{sum:032x}")
}

/// The checksum of the first bytes of a file.
fn sum(path: &Path, length: u64) -> io::Result<String> {
    let mut hash = XxHash3_128::new();
    let mut file = disk::open(path)?.take(length);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digits(hash.finish_128())),
            count => hash.write(&buffer[..count]),
        }
    }
}

/// What a file of a shard is.
#[derive(Debug)]
pub(super) enum Contents {
    Whole(Whole),
    /// Not all that was written: what is wrong.
    Torn(&'static str),
    /// Of another study, another version, or other limits.
    Foreign(Origin),
}

/// A file of a shard of which each byte is what was written.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) head: Head,
    pub(super) end: End,
    seed: Seed,
    /// Where its rows are, among lines that are none.
    rows: Range<u64>,
}

/// Reads all bytes of a file, and says what it is.
pub(super) fn contents(path: &Path, ours: &Origin) -> io::Result<Contents> {
    let mut file = disk::open(path)?;
    let length = file.metadata()?.len();
    let first = piece(&mut file, 0, length.min(1 << 16))?;
    let mut lines = first.split_inclusive(|byte| *byte == b'\n');
    let origin = lines.next().and_then(|line| {
        let (seed, kind, json) = log::checked(line, Seed::default())?;
        if kind == STUDY { Some((line.len(), seed, Origin::parse(json)?)) } else { None }
    });
    let Some((first_line, seed, origin)) = origin else {
        return Ok(Contents::Torn("its first line is not that of a shard"));
    };
    if origin != *ours {
        return Ok(Contents::Foreign(origin));
    }
    let head = lines.next().and_then(|line| {
        let (_, kind, json) = log::checked(line, seed)?;
        let head: Head = if kind == SHARD { log::parse(json)? } else { return None };
        head.shard().map(|_| (line.len(), head))
    });
    let Some((second_line, head)) = head else {
        return Ok(Contents::Torn("its second line does not say which shard it is"));
    };
    let Some((last_line, end)) = last(&mut file, length, seed)? else {
        return Ok(Contents::Torn("its last line is missing or damaged"));
    };
    let before = length - last_line as u64;
    if sum(path, before)? != end.bytes {
        return Ok(Contents::Torn("some of its bytes are not what was written"));
    }
    let rows = (first_line + second_line) as u64..before;
    Ok(Contents::Whole(Whole { head, end, seed, rows }))
}

/// The length and the contents of the last line, if it is whole.
fn last(file: &mut File, length: u64, seed: Seed) -> io::Result<Option<(usize, End)>> {
    let mut tail = 1 << 12;
    loop {
        let bytes = piece(file, length.saturating_sub(tail), length.min(tail))?;
        let line = bytes.strip_suffix(b"\n").and_then(|text| {
            text.iter().rposition(|byte| *byte == b'\n').map(|at| &bytes[at + 1..])
        });
        match line {
            Some(line) => {
                let end = log::checked(line, seed).filter(|(_, kind, _)| *kind == END);
                let end = end.and_then(|(.., json)| log::parse(json));
                return Ok(end.map(|end| (line.len(), end)));
            }
            None if tail < length && tail < MOST_LINE as u64 => tail *= 16,
            None => return Ok(None),
        }
    }
}

fn piece(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The rows of a file, in order. It is opened for each block, because a study may have more
/// shards than a process may have open files.
#[derive(Debug)]
pub(super) struct ShardRows {
    pub(super) path: PathBuf,
    seed: Seed,
    measures: usize,
    /// What is not read yet.
    rest: Range<u64>,
    block: usize,
    buffer: Vec<u8>,
    /// How much of the buffer was taken.
    taken: usize,
    last: Option<(usize, u64)>,
    /// How many rows are still to come, by the last line of the file.
    due: u64,
    part: Part,
    points: usize,
}

impl ShardRows {
    /// The rows of a file at that path, which was found to be whole. It keeps about `block` bytes
    /// in memory.
    pub(super) fn new(path: &Path, whole: &Whole, points: usize, block: usize) -> Self {
        Self {
            path: path.to_owned(),
            seed: whole.seed,
            measures: whole.end.columns.len(),
            rest: whole.rows.clone(),
            block,
            buffer: Vec::new(),
            taken: 0,
            last: None,
            due: whole.end.rows,
            part: whole.head.shard().expect("it was checked"),
            points,
        }
    }

    /// The next row, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Row>, StudyError> {
        loop {
            let line = &self.buffer[self.taken..];
            let Some(length) = line.iter().position(|byte| *byte == b'\n').map(|at| at + 1) else {
                if self.rest.is_empty() && line.is_empty() {
                    return if self.due == 0 { Ok(None) } else { Err(self.changed()) };
                }
                self.fill()?;
                continue;
            };
            let checked = log::checked(&line[..length], self.seed);
            let row = checked.map(|(_, kind, json)| match kind {
                COLUMNS => None,
                _ => Some(log::parse_row(kind, json, self.measures)),
            });
            self.taken += length;
            match row {
                Some(None) => {}
                Some(Some(Some(row))) if self.due > 0 && self.is_next(&row) => {
                    self.due -= 1;
                    self.last = Some((row.point, row.replication));
                    return Ok(Some(row));
                }
                _ => return Err(self.changed()),
            }
        }
    }

    fn is_next(&self, row: &Row) -> bool {
        let key = (row.point, row.replication);
        self.last.is_none_or(|last| last < key)
            && row.point < self.points
            && self.part.has(row.point, row.replication)
    }

    fn fill(&mut self) -> Result<(), StudyError> {
        let read = disk::open(&self.path).and_then(|mut file| {
            // A line that is longer than a block makes the buffer grow.
            let length = self.block.max(self.buffer.len() - self.taken) as u64;
            let length = length.min(self.rest.end - self.rest.start);
            piece(&mut file, self.rest.start, length)
        });
        let read = read.map_err(StudyError::io(&self.path, "read"))?;
        if read.is_empty() {
            return Err(self.changed());
        }
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.rest.start += read.len() as u64;
        self.buffer.extend_from_slice(&read);
        Ok(())
    }

    fn changed(&self) -> StudyError {
        let what = "it was changed while it was read, or its rows are not those that its last line \
                    tells of: remove it, and run the shard again";
        StudyProblem::ShardDamage(what.to_owned()).at(&self.path)
    }
}
