//! `rows.log`: rows as they come, line by line, each with its checksum.
//!
//! ```text
//! <16 hexadecimal digits> study "0123..."
//! <16 hexadecimal digits> columns [["rides","1"],["refused_share","1"]]
//! <16 hexadecimal digits> row [0,17,117,"<digest>",[10.0,0.3]]
//! <16 hexadecimal digits> failed [0,18,"the error"]
//! ```

use super::table::hexadecimal;
use crate::experiment::{Column, Numbers, Row, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeSet;
use twox_hash::XxHash3_64;

/// What a line is about, before its JSON.
const STUDY: &str = "study";
const COLUMNS: &str = "columns";
const ROW: &str = "row";
const FAILED: &str = "failed";

fn line(out: &mut Vec<u8>, kind: &str, value: &impl Serialize) {
    let start = out.len();
    out.extend_from_slice(b"0000000000000000 ");
    out.extend_from_slice(kind.as_bytes());
    out.push(b' ');
    serde_json::to_writer(&mut *out, value).expect("memory takes it, and keys are texts");
    let check = XxHash3_64::oneshot(&out[start + 17..]);
    out[start..start + 16].copy_from_slice(&hexadecimal::<16>(check.into()));
    out.push(b'\n');
}

/// The first line.
pub(super) fn study(out: &mut Vec<u8>, study: &str) {
    line(out, STUDY, &study);
}

pub(super) fn columns(out: &mut Vec<u8>, columns: &[Column]) {
    let columns: Vec<_> = columns.iter().map(|Column { name, unit }| (name, unit)).collect();
    line(out, COLUMNS, &columns);
}

pub(super) fn row(out: &mut Vec<u8>, Row { point, replication, outcome }: &Row) {
    match outcome {
        Ok(Numbers { values, events, digest }) => {
            let digits = digest.map(hexadecimal::<32>);
            let digits = digits.as_ref().and_then(|digits| std::str::from_utf8(digits).ok());
            line(out, ROW, &(point, replication, events, digits, values));
        }
        Err(error) => line(out, FAILED, &(point, replication, error)),
    }
}

/// What a log says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Read {
    pub(super) stored: Stored,
    /// How many bytes are good: what is behind them was torn, and is to be cut off.
    pub(super) good: usize,
}

/// Reads a log up to its end, or to the first line that is torn or damaged: rows behind
/// are run again. `None` if it is the log of another study.
pub(super) fn read(bytes: &[u8], study: &str, points: usize) -> Option<Read> {
    let mut read = Read::default();
    let mut seen = BTreeSet::new();
    let mut first = true;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some((kind, json)) = checked(line) else { break };
        if first {
            if kind != STUDY {
                break;
            }
            if parse::<String>(json)? != study {
                return None;
            }
            first = false;
        } else if take(&mut read.stored, &mut seen, points, kind, json).is_none() {
            break;
        }
        read.good += line.len();
    }
    Some(read)
}

/// Kind and contents of a line whose checksum is right.
fn checked(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (check, rest) = text.split_at_checked(16)?;
    let rest = rest.strip_prefix(' ')?;
    let right = check == format!("{:016x}", XxHash3_64::oneshot(rest.as_bytes()));
    if right { rest.split_once(' ') } else { None }
}

fn parse<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn take(
    stored: &mut Stored,
    seen: &mut BTreeSet<(usize, u64)>,
    points: usize,
    kind: &str,
    json: &str,
) -> Option<()> {
    type Values = Box<[Option<f64>]>;
    let row = match kind {
        COLUMNS => {
            let columns: Vec<(String, String)> = parse(json)?;
            let column = |(name, unit)| Column { name: Cow::Owned(name), unit: Cow::Owned(unit) };
            stored.columns = columns.into_iter().map(column).collect();
            return Some(());
        }
        ROW => {
            let (point, replication, events, digest, values): (_, _, _, Option<String>, Values) =
                parse(json)?;
            if values.len() != stored.columns.len() {
                return None;
            }
            let digest = match digest {
                None => None,
                Some(digest) => Some(u128::from_str_radix(&digest, 16).ok()?),
            };
            Row { point, replication, outcome: Ok(Numbers { values, events, digest }) }
        }
        FAILED => {
            let (point, replication, error) = parse(json)?;
            Row { point, replication, outcome: Err(error) }
        }
        _ => return None,
    };
    if row.point >= points || !seen.insert((row.point, row.replication)) {
        return None;
    }
    stored.rows.push(row);
    Some(())
}
