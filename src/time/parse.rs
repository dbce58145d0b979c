//! Reading spans and instants from text, exactly: no float is involved.

use super::error::{ParseTimeError, Problem};
use super::{Span, VirtualTime};
use std::str::FromStr;

/// The units that may follow a number, with their length in nanoseconds.
const UNITS: [(&str, u64); 9] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

impl FromStr for Span {
    type Err = ParseTimeError;

    /// Reads `1.5s`, `250ms`, `40us`, `7ns`, `90m`, `2h`, `1d`, or several
    /// parts in a row (`1h30m`). A bare `0` needs no unit.
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let text = text.trim();
        let error = |problem| ParseTimeError::new(text, problem);
        if text.is_empty() {
            return Err(error(Problem::Empty));
        }
        if text.starts_with('-') {
            return Err(error(Problem::Negative));
        }
        if text == "0" {
            return Ok(Self::ZERO);
        }
        let mut rest = text;
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let number_end =
                rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let (number, tail) = rest.split_at(number_end);
            let unit_end =
                tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
            let (unit, after) = tail.split_at(unit_end);
            if number.is_empty() {
                return Err(error(Problem::NotANumber));
            }
            if unit.is_empty() {
                return Err(error(Problem::NoUnit));
            }
            let unit_nanos = UNITS
                .iter()
                .find_map(|&(name, nanos)| (name == unit).then_some(nanos))
                .ok_or_else(|| error(Problem::UnknownUnit))?;
            let nanos = exact_nanos(number, unit_nanos).map_err(error)?;
            total = total.checked_add(nanos).ok_or_else(|| error(Problem::TooLong))?;
            rest = after;
        }
        Ok(Self::from_nanos(total))
    }
}

/// `number` (digits with at most one point) times `unit_nanos`, if whole.
fn exact_nanos(number: &str, unit_nanos: u64) -> Result<u64, Problem> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
        return Err(Problem::NotANumber);
    }
    let whole: u64 =
        if whole.is_empty() { 0 } else { whole.parse().map_err(|_| Problem::TooLong)? };
    let mut nanos = whole.checked_mul(unit_nanos).ok_or(Problem::TooLong)?;
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        // A day is 2^16 times an odd number of nanoseconds, and other units have fewer
        // factors of 2. More than 16 digits after the point are therefore never whole.
        if fraction.len() > 16 {
            return Err(Problem::TooFine);
        }
        let digits: u128 = fraction.parse().map_err(|_| Problem::NotANumber)?;
        let scaled = digits * u128::from(unit_nanos);
        let scale = 10_u128.pow(fraction.len() as u32);
        if scaled % scale != 0 {
            return Err(Problem::TooFine);
        }
        nanos = nanos.checked_add((scaled / scale) as u64).ok_or(Problem::TooLong)?;
    }
    Ok(nanos)
}

impl FromStr for VirtualTime {
    type Err = ParseTimeError;

    /// Reads an instant as the span since the start.
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        text.parse::<Span>().map(|span| Self::from_nanos(span.as_nanos()))
    }
}
