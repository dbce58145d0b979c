//! Reading spans and instants from text, exactly: no float is involved.

use super::{Span, VirtualTime};
use std::fmt;
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

/// Why a text or a float is not a span; prints the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTimeError {
    text: String,
    problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Empty,
    NotANumber,
    NotFinite,
    Negative,
    NoUnit,
    UnknownUnit,
    TooFine,
    TooLong,
}

impl ParseTimeError {
    fn new(text: &str, problem: Problem) -> Self {
        Self { text: text.to_owned(), problem }
    }

    pub(super) fn not_finite(secs: f64) -> Self {
        Self::new(&secs.to_string(), Problem::NotFinite)
    }

    pub(super) fn negative(text: &str) -> Self {
        Self::new(text, Problem::Negative)
    }

    pub(super) fn too_long(text: &str) -> Self {
        Self::new(text, Problem::TooLong)
    }
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match self.problem {
            Problem::Empty => write!(f, "a time is missing: write 1.5s, 250ms or 2h"),
            Problem::NotANumber => {
                write!(f, "`{text}` is not a time: write a number and a unit, like 1.5s or 250ms")
            }
            Problem::NotFinite => write!(f, "`{text}` is not a finite number of seconds"),
            Problem::Negative => {
                write!(
                    f,
                    "`{text}` is negative: spans start at 0, like 1.5s; nothing is sent into the past"
                )
            }
            Problem::NoUnit => {
                write!(f, "`{text}` has no unit: write {text}s, {text}ms, {text}us or {text}ns")
            }
            Problem::UnknownUnit => {
                write!(f, "`{text}` has an unknown unit: use ns, us, ms, s, m, h or d")
            }
            Problem::TooFine => {
                write!(f, "`{text}` is finer than the clock: virtual time counts whole nanoseconds")
            }
            Problem::TooLong => write!(f, "`{text}` is above the longest span, 584 years"),
        }
    }
}

impl std::error::Error for ParseTimeError {}

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
        // A day is 2^16 times an odd number of nanoseconds: more than sixteen
        // binary places, and so digits, can never be whole.
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
