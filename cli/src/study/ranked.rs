//! Values in ascending order, however many there are: what does not fit into memory is sorted in
//! pieces, and the pieces are in a file.

use crate::disk;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A piece of this number of values is sorted in memory, 8 bytes each.
const PIECE: usize = 1 << 17;

/// Of a piece in the file, one value in this number stays in memory.
const STEP: usize = 256;

/// Where the pieces are, of which there may be those of several series.
#[derive(Debug)]
pub(super) struct Pieces {
    path: PathBuf,
    /// Made for the first piece.
    file: Option<File>,
    end: u64,
}

impl Pieces {
    /// In a file of that path, which is there only while it is needed.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), file: None, end: 0 }
    }

    fn add(&mut self, values: &[f64]) -> io::Result<Piece> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(disk::create(&self.path)?),
        };
        let at = self.end;
        file.seek(SeekFrom::Start(at))?;
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        file.write_all(&bytes)?;
        self.end += bytes.len() as u64;
        let firsts = values.iter().copied().step_by(STEP).collect();
        Ok(Piece { at, count: values.len(), firsts, read: RefCell::default() })
    }

    fn read(&self, at: u64, count: usize) -> io::Result<Vec<f64>> {
        let mut file = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = vec![0; 8 * count];
        file.read_exact(&mut bytes)?;
        let value = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("8 bytes"));
        Ok(bytes.chunks_exact(8).map(value).collect())
    }

    /// Forgets all pieces; their place is used again.
    pub(super) fn clear(&mut self) {
        self.end = 0;
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A sorted piece in the file.
#[derive(Debug)]
struct Piece {
    at: u64,
    count: usize,
    /// Every [`STEP`]th value.
    firsts: Vec<f64>,
    /// The values that were read last, and the number of the first value.
    read: RefCell<(usize, Vec<f64>)>,
}

impl Piece {
    /// How many values are not above that one.
    fn up_to(&self, value: f64, pieces: &Pieces) -> io::Result<usize> {
        let Some(step) = up_to(&self.firsts, value).checked_sub(1) else { return Ok(0) };
        let from = step * STEP;
        let mut read = self.read.borrow_mut();
        if read.1.is_empty() || read.0 != from {
            let count = STEP.min(self.count - from);
            *read = (from, pieces.read(self.at + 8 * from as u64, count)?);
        }
        Ok(from + up_to(&read.1, value))
    }
}

fn up_to(sorted: &[f64], value: f64) -> usize {
    sorted.partition_point(|other| other.total_cmp(&value).is_le())
}

/// A series of values, none of which is NaN.
#[derive(Debug)]
pub(super) struct Ranked {
    pieces: Vec<Piece>,
    rest: Vec<f64>,
    piece: usize,
}

impl Ranked {
    /// Without values; `in_pieces` says whether there is a place for pieces.
    pub(super) fn new(in_pieces: bool) -> Self {
        let piece = if in_pieces { PIECE } else { usize::MAX };
        Self { pieces: Vec::new(), rest: Vec::new(), piece }
    }

    /// Takes a value; what is above a piece goes into `pieces`, if there is a place for them.
    pub(super) fn add(&mut self, value: f64, pieces: Option<&mut Pieces>) -> io::Result<()> {
        // As a sample has it: there is one zero.
        self.rest.push(value + 0.0);
        if let Some(pieces) = pieces.filter(|_| self.rest.len() >= self.piece) {
            self.sort();
            self.pieces.push(pieces.add(&self.rest)?);
            self.rest.clear();
        }
        Ok(())
    }

    /// To be called before values are asked for.
    pub(super) fn sort(&mut self) {
        self.rest.sort_unstable_by(f64::total_cmp);
    }

    pub(super) fn clear(&mut self) {
        self.pieces.clear();
        self.rest.clear();
    }

    /// The value of that number in ascending order, from 0.
    pub(super) fn at(&self, rank: u64, pieces: Option<&Pieces>) -> io::Result<f64> {
        let Some(pieces) = pieces.filter(|_| !self.pieces.is_empty()) else {
            return Ok(self.rest[rank as usize]);
        };
        // The smallest value with more than `rank` that are not above it, by bisection over the
        // numbers that keep the order of floats.
        let (mut low, mut high) = (0, u64::MAX);
        while low < high {
            let middle = low + (high - low) / 2;
            let value = of_key(middle);
            let mut count = up_to(&self.rest, value);
            for piece in &self.pieces {
                count += piece.up_to(value, pieces)?;
            }
            if count as u64 > rank { high = middle } else { low = middle + 1 }
        }
        Ok(of_key(low))
    }
}

/// Whole numbers in the order of floats.
fn of_key(key: u64) -> f64 {
    const SIGN: u64 = 1 << 63;
    f64::from_bits(if key & SIGN == 0 { !key } else { key ^ SIGN })
}
