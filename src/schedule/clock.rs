//! Times of the day as texts.

use crate::time::Span;
use std::fmt;

/// A span as it is read on a clock: `12h30m`, where it is of whole minutes.
pub(super) struct Clock(pub(super) Span);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MINUTE: u64 = Span::from_mins(1).as_nanos();
        let (minutes, rest) = (self.0.as_nanos() / MINUTE, self.0.as_nanos() % MINUTE);
        match (minutes / 60, minutes % 60) {
            (0, 0) if rest == 0 => f.write_str("0"),
            (hours, 0) if rest == 0 => write!(f, "{hours}h"),
            (0, minutes) if rest == 0 => write!(f, "{minutes}m"),
            (hours, minutes) if rest == 0 => write!(f, "{hours}h{minutes}m"),
            _ => self.0.fmt(f),
        }
    }
}
