//! `rows.log`: rows as they come, line by line, each with its checksum.
//!
//! ```text
//! <16 hexadecimal digits> study {"format":3,"flagfall":"0.1.0","study":"0123...","limits":{}}
//! <16 hexadecimal digits> columns [["rides","1","number"],["refused_share","1","share"]]
//! <16 hexadecimal digits> row [0,17,117,"<digest>",[10.0,0.3]]
//! <16 hexadecimal digits> failed [0,18,"the error"]
//! ```
//!
//! A checksum is the XXH3 of what is after it. That of the first line has no seed. It is the
//! seed of all others: a line that was copied from the log of another study has a wrong one.

use super::origin::Origin;
use super::rows::hexadecimal;
use flagfall::experiment::{Column, Numbers, Row, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeSet;
use twox_hash::XxHash3_64;

/// What a line is about, before its JSON.
pub(super) const STUDY: &str = "study";
pub(super) const COLUMNS: &str = "columns";
const ROW: &str = "row";
const FAILED: &str = "failed";
/// Only in the log of a shard, after the first line.
pub(super) const SHARD: &str = "shard";

/// What the checksums of a log's lines are made with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seed(u64);

/// A line of that kind; returns its checksum.
pub(crate) fn line(
    out: &mut Vec<u8>,
    Seed(seed): Seed,
    kind: &str,
    value: &impl Serialize,
) -> Seed {
    let start = out.len();
    out.extend_from_slice(b"0000000000000000 ");
    out.extend_from_slice(kind.as_bytes());
    out.push(b' ');
    serde_json::to_writer(&mut *out, value).expect("memory takes it, and keys are texts");
    let check = XxHash3_64::oneshot_with_seed(seed, &out[start + 17..]);
    out[start..start + 16].copy_from_slice(&hexadecimal::<16>(check.into()));
    out.push(b'\n');
    Seed(check)
}

/// The first line, and the seed of those after it.
pub(super) fn study(out: &mut Vec<u8>, origin: &Origin) -> Seed {
    line(out, Seed(0), STUDY, origin)
}

pub(super) fn columns(out: &mut Vec<u8>, seed: Seed, columns: &[Column]) {
    let column = |column: &Column| (column.name.clone(), column.unit.clone(), column.kind);
    line(out, seed, COLUMNS, &columns.iter().map(column).collect::<Vec<_>>());
}

pub(super) fn row(out: &mut Vec<u8>, seed: Seed, Row { point, replication, outcome }: &Row) {
    match outcome {
        Ok(Numbers { values, events, digest }) => {
            let digits = digest.map(hexadecimal::<32>);
            let digits = digits.as_ref().and_then(|digits| std::str::from_utf8(digits).ok());
            line(out, seed, ROW, &(point, replication, events, digits, values))
        }
        Err(error) => line(out, seed, FAILED, &(point, replication, error)),
    };
}

/// The contents of a log.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Read {
    /// What its rows come from; none if not even its first line is whole.
    pub(super) origin: Option<Origin>,
    pub(super) seed: Seed,
    /// What its line about a shard says, if it has one.
    pub(super) shard: Option<String>,
    pub(super) stored: Stored,
    /// How many bytes are good: what is after them was torn, and is to be cut off.
    pub(super) good: usize,
}

/// Reads a log up to its end, or to the first line that is torn or damaged, or that stood in
/// the log of another study: rows after it are run again.
pub(super) fn read(bytes: &[u8], points: usize) -> Read {
    let mut read = Read::default();
    let mut seen = BTreeSet::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some((check, kind, json)) = checked(line, read.seed) else { break };
        if read.origin.is_none() {
            read.origin = if kind == STUDY { Origin::parse(json) } else { None };
            if read.origin.is_none() {
                break;
            }
            read.seed = check;
        } else if kind == SHARD && read.good > 0 && read.shard.is_none() {
            read.shard = Some(json.to_owned());
        } else if take(&mut read.stored, &mut seen, points, kind, json).is_none() {
            break;
        }
        read.good += line.len();
    }
    read
}

/// Checksum, kind and contents of a line whose checksum is right.
pub(crate) fn checked(line: &[u8], Seed(seed): Seed) -> Option<(Seed, &str, &str)> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (check, rest) = text.split_at_checked(16)?;
    let rest = rest.strip_prefix(' ')?;
    let right = XxHash3_64::oneshot_with_seed(seed, rest.as_bytes());
    let (kind, json) = rest.split_once(' ')?;
    (check == format!("{right:016x}")).then_some((Seed(right), kind, json))
}

pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn take(
    stored: &mut Stored,
    seen: &mut BTreeSet<(usize, u64)>,
    points: usize,
    kind: &str,
    json: &str,
) -> Option<()> {
    if kind == COLUMNS {
        stored.columns = parse(json)?;
        return Some(());
    }
    let row = parse_row(kind, json, stored.columns.len())?;
    if row.point >= points || !seen.insert((row.point, row.replication)) {
        return None;
    }
    stored.rows.push(row);
    Some(())
}

/// The row in a line of that kind, if it is one with that number of measures.
pub(super) fn parse_row(kind: &str, json: &str, measures: usize) -> Option<Row> {
    type Values = Box<[Option<f64>]>;
    match kind {
        ROW => {
            let (point, replication, events, digest, values): (
                _,
                _,
                _,
                Option<Cow<'_, str>>,
                Values,
            ) = serde_json::from_str(json).ok()?;
            if values.len() != measures {
                return None;
            }
            let digest = match digest {
                None => None,
                Some(digest) => Some(u128::from_str_radix(&digest, 16).ok()?),
            };
            Some(Row { point, replication, outcome: Ok(Numbers { values, events, digest }) })
        }
        FAILED => {
            let (point, replication, error) = parse(json)?;
            Some(Row { point, replication, outcome: Err(error) })
        }
        _ => None,
    }
}
