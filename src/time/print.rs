//! Spans and instants as text, exactly.

use super::{NANOS_PER_SECOND, Span, VirtualTime};
use std::fmt;

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit_nanos, unit) = match self.0 {
            0 => return f.pad("0s"),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "us"),
            1_000_000..NANOS_PER_SECOND => (1_000_000, "ms"),
            _ => (NANOS_PER_SECOND, "s"),
        };
        f.pad(&format!("{}{unit}", decimal(self.0, unit_nanos)))
    }
}

/// `nanos / unit_nanos` as an exact decimal without trailing zeros.
/// `unit_nanos` is a power of ten.
fn decimal(nanos: u64, unit_nanos: u64) -> String {
    let whole = nanos / unit_nanos;
    let rest = nanos % unit_nanos;
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit_nanos.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for VirtualTime {
    /// Seconds since the start. `{}` prints no more digits than needed
    /// (`12.5s`); `{:#}` always prints nine, so that columns line up.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            let (whole, rest) = (self.0 / NANOS_PER_SECOND, self.0 % NANOS_PER_SECOND);
            return f.pad(&format!("{whole}.{rest:09}"));
        }
        f.pad(&format!("{}s", decimal(self.0, NANOS_PER_SECOND)))
    }
}

impl fmt::Debug for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
