//! The error of texts and floats that are no spans.

use std::fmt;

/// Why a text or a float is not a span; prints the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTimeError {
    text: String,
    problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
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
    pub(super) fn new(text: &str, problem: Problem) -> Self {
        Self { text: text.to_owned(), problem }
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
