//! Numbers as they are written beside the name of a measure.

use crate::measure::nanos_in;
use crate::time::Span;

/// Whether a text begins with a number. Units that models have are not known where it is read.
pub(super) fn begins_with_number(text: &str) -> bool {
    let number = text.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)));
    let number = &text[..number.unwrap_or(text.len())];
    let begins = number.trim_end_matches(['e', 'E']).parse::<f64>().is_ok();
    begins || text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A number in the unit of a measure, a span for measures of time, a percentage for shares and counts,
/// or a number with the unit; or else what to write instead.
pub(super) fn in_unit(text: &str, unit: &str) -> Result<f64, String> {
    let finite = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    let of_time = Some(nanos_in(unit)).filter(|nanos| *nanos > 0.0);
    let own = || match unit {
        "1" => Some(finite(text.strip_suffix('%')?)? / 100.0),
        unit => finite(text.strip_suffix(unit)?),
    };
    let span = || {
        let span: Span = text.parse().ok()?;
        Some(span.as_nanos() as f64 / of_time?)
    };
    finite(text).or_else(span).or_else(own).ok_or_else(|| match (unit, of_time) {
        ("1", _) => "write a number, or a percentage like 2%".to_owned(),
        (_, Some(_)) => format!("write a span like 3min, or a number of {unit}"),
        _ => format!("write a number of {unit}"),
    })
}
