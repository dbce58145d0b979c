//! Arrival processes as texts.

use super::{ArrivalError, ArrivalProcess, Rates, Times};
use crate::random::items;
use crate::time::Span;
use std::fmt;
use std::str::FromStr;

impl fmt::Display for ArrivalProcess {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sizes.is_some() {
            f.write_str("batches(")?;
        }
        match &self.times {
            Times::Renewal(gaps) => gaps.fmt(f)?,
            Times::Rates(rates) => rates.fmt(f)?,
            Times::Recorded(times) => {
                f.write_str("recorded(")?;
                for (at, time) in times.iter().enumerate() {
                    write!(f, "{}{time}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(")")?;
            }
        }
        self.sizes.as_ref().map_or(Ok(()), |sizes| write!(f, ", size={sizes})"))
    }
}

impl fmt::Display for Rates {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_linear { "lines" } else { "rates" };
        write!(f, "{kind}(per={}, {})", self.per, self.given)
    }
}

impl FromStr for ArrivalProcess {
    type Err = ArrivalError;

    /// Reads a distribution of gaps such as `exponential(mean=2min)`,
    /// `rates(per=1h, daily(0: 2, 8h: 30))`, `lines(per=1h, daily(0: 2, 12h: 30))`,
    /// `recorded(3s, 7s, 7s)`, and `batches(exponential(mean=2min), size=geometric(p=0.5))` of any of
    /// them.
    fn from_str(text: &str) -> Result<Self, ArrivalError> {
        let wrong = |problem: String| ArrivalError::Text { problem };
        let text = text.trim();
        let (kind, inside) = text.split_once('(').unwrap_or((text, ""));
        let inside = || {
            let inside = inside.strip_suffix(')').ok_or("it has to end with )".to_owned());
            inside.and_then(items).map_err(wrong)
        };
        match kind.trim() {
            "rates" | "lines" => {
                let [per, schedule] = inside()?[..] else {
                    return Err(wrong(format!("write it as {kind}(per=1h, daily(0: 2, 8h: 30))")));
                };
                let per = per.strip_prefix("per=").ok_or_else(|| {
                    wrong(format!("'{per}' is not the span that the rates are for: give per=1h"))
                })?;
                let (per, schedule) = (span(per)?, schedule.parse()?);
                let made = if kind.trim() == "lines" { Rates::lines } else { Rates::steps };
                Ok(Self::with_rates(made(per, schedule)?))
            }
            "recorded" => {
                let times: Result<Vec<Span>, _> = inside()?.into_iter().map(span).collect();
                Self::recorded(times?)
            }
            "batches" => {
                let [of, size] = inside()?[..] else {
                    return Err(wrong(
                        "write it as batches(exponential(mean=2min), size=geometric(p=0.5))".into(),
                    ));
                };
                if of.starts_with("batches") {
                    return Err(wrong("batches of batches: give one distribution of sizes".into()));
                }
                let size = size
                    .strip_prefix("size=")
                    .ok_or_else(|| wrong(format!("'{size}' is not the size: give size=...")))?;
                of.parse::<Self>()?.in_batches(size.parse()?)
            }
            _ => Self::renewal(text.parse()?),
        }
    }
}

fn span(text: &str) -> Result<Span, ArrivalError> {
    text.trim().parse().map_err(|_| ArrivalError::Text {
        problem: format!("'{text}' is no span such as 90s or 1h30m"),
    })
}
