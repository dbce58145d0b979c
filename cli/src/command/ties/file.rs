//! The file of a shard of a search: which it is, its parts, and a last line when all are there.
//!
//! ```text
//! <16 hexadecimal digits> search {"search":"0123...","part":3,"of":16,"parts":240,...}
//! <16 hexadecimal digits> part {"number":2,"end":"complete","results":[...],"runs":[...]}
//! <16 hexadecimal digits> end {"parts":15,"runs":7210}
//! ```
//!
//! The checksums are those of `rows.log`: each is bound to the first line.

use crate::disk;
use crate::report::ties::RunResult;
use crate::study::Part;
use crate::study::log::{Seed, checked, line, parse};
use flagfall::search::{Orders, PartEnd, PartRun, TiePart};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

pub(super) const SEARCH: &str = "search";
pub(super) const PART: &str = "part";
pub(super) const END: &str = "end";

/// The first line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The hash of all that decides what is found.
    pub(super) search: String,
    /// The version that made it.
    pub(super) flagfall: String,
    pub(super) part: u64,
    pub(super) of: u64,
    /// In how many parts the search is divided, and a hash of how.
    pub(super) parts: usize,
    pub(super) division: String,
}

impl Head {
    pub(super) fn shard(&self) -> Option<Part> {
        Part::new(self.part, self.of)
    }

    /// The numbers of its parts.
    pub(super) fn numbers(&self) -> Vec<usize> {
        let shard = self.shard();
        let has = |number: &usize| shard.is_some_and(|shard| shard.has(0, *number as u64));
        (0..self.parts).filter(has).collect()
    }
}

/// The last line of a file: that all of it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) parts: usize,
    pub(super) runs: u64,
}

/// A part as it stands in a file.
#[derive(Serialize, Deserialize)]
struct Line {
    number: usize,
    end: String,
    results: Vec<RunResult>,
    /// For each class: its result, its orders (`>=` before them if there may be more), its choices.
    runs: Vec<Option<(usize, String, Option<String>)>>,
}

const ENDS: [(PartEnd, &str); 4] = [
    (PartEnd::Complete, "complete"),
    (PartEnd::Overfull, "overfull"),
    (PartEnd::Budget, "budget"),
    (PartEnd::Reuse, "reuse"),
];

/// Writes the line of a part.
pub(super) fn write_part(out: &mut Vec<u8>, seed: Seed, part: &TiePart<RunResult>) {
    let run = |run: &PartRun| match run {
        PartRun::Redundant => None,
        PartRun::Class { result, orders, ties } => {
            let more = if orders.exact { "" } else { ">=" };
            let ties = ties.as_ref().map(ToString::to_string);
            Some((*result, format!("{more}{}", orders.count), ties))
        }
    };
    let end = ENDS.iter().find(|(end, _)| *end == part.end).map_or("", |(_, word)| word);
    let runs = part.runs.iter().map(run).collect();
    let (number, end, results) = (part.number, end.to_owned(), part.results.clone());
    line(out, seed, PART, &Line { number, end, results, runs });
}

/// Reads what [`write_part`] has written; `None` if it makes no sense.
pub(super) fn read_part(json: &str) -> Option<TiePart<RunResult>> {
    let Line { number, end, results, runs } = parse(json)?;
    let count = results.len();
    let run = |run: Option<(usize, String, Option<String>)>| {
        let Some((result, orders, ties)) = run else { return Some(PartRun::Redundant) };
        let digits = orders.strip_prefix(">=");
        let exact = digits.is_none();
        let count_of = digits.unwrap_or(&orders).parse().ok()?;
        let ties = match ties {
            Some(text) if text.is_empty() => Some(flagfall::TieChoices::new()),
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        let orders = Orders { count: count_of, exact };
        (result < count).then_some(PartRun::Class { result, orders, ties })
    };
    let runs = runs.into_iter().map(run).collect::<Option<_>>()?;
    let (end, _) = ENDS.iter().find(|(_, word)| *word == end)?;
    Some(TiePart::new(number, results, runs, *end))
}

/// Where a part stands in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) number: usize,
    pub(super) start: u64,
    pub(super) length: u64,
    pub(super) runs: u64,
}

/// A file up to its end, or to its first line that is torn or damaged.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) path: PathBuf,
    pub(super) head: Head,
    pub(super) seed: Seed,
    pub(super) places: Vec<Place>,
    pub(super) end: Option<End>,
    /// How many bytes are good, without a last line that does not end the file.
    pub(super) good: u64,
}

impl Scanned {
    /// Reads a file. `None` if not even its first line is whole.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let mut file = BufReader::with_capacity(1 << 16, disk::open(path)?);
        let (mut bytes, mut good, mut before_end) = (Vec::new(), 0, 0);
        let mut scanned: Option<Self> = None;
        while file.read_until(b'\n', &mut bytes)? > 0 {
            let length = bytes.len() as u64;
            let seed = scanned.as_ref().map_or_else(Seed::default, |scanned| scanned.seed);
            let Some((check, kind, json)) = checked(&bytes, seed) else { break };
            match &mut scanned {
                None if kind == SEARCH => {
                    let Some(head) = parse::<Head>(json).filter(|head| head.shard().is_some())
                    else {
                        break;
                    };
                    let (path, places, end) = (path.to_owned(), Vec::new(), None);
                    scanned = Some(Self { path, head, seed: check, places, end, good: 0 });
                }
                Some(scanned) if kind == PART && scanned.end.is_none() => {
                    let Some(part) = read_part(json) else { break };
                    let (number, runs) = (part.number, part.runs.len() as u64);
                    scanned.places.push(Place { number, start: good, length, runs });
                }
                Some(scanned) if kind == END && scanned.end.is_none() => {
                    scanned.end = parse(json);
                    before_end = good;
                }
                _ => break,
            }
            good += length;
            bytes.clear();
        }
        // What is after the end was not written by a shard.
        let is_whole = bytes.is_empty();
        Ok(scanned.map(|scanned| {
            let end = scanned.end.filter(|end| is_whole && scanned.fits(*end));
            let has_end = scanned.end.is_some() && end.is_none();
            Self { end, good: if has_end { before_end } else { good }, ..scanned }
        }))
    }

    /// Whether it has the parts of its shard, and no others.
    fn fits(&self, end: End) -> bool {
        let numbers: Vec<usize> = self.places.iter().map(|place| place.number).collect();
        let runs: u64 = self.places.iter().map(|place| place.runs).sum();
        numbers == self.head.numbers() && end == End { parts: numbers.len(), runs }
    }

    /// Reads a part again.
    pub(super) fn part(&self, place: Place) -> io::Result<TiePart<RunResult>> {
        let mut file: File = disk::open(&self.path)?;
        file.seek(SeekFrom::Start(place.start))?;
        let mut bytes = Vec::new();
        file.take(place.length).read_to_end(&mut bytes)?;
        let part = checked(&bytes, self.seed).and_then(|(.., json)| read_part(json));
        let changed = || io::Error::new(io::ErrorKind::InvalidData, "it was changed meanwhile");
        part.filter(|part| part.number == place.number).ok_or_else(changed)
    }
}
