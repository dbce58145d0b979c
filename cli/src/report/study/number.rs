//! Numbers as reports print them: as many digits as they are known to.

/// A number with at most that many significant digits, without digits that say nothing.
///
/// # Examples
/// ```
/// use flagfall_cli::report::study::number;
///
/// assert_eq!(number(0.30000000000000004, 6), "0.3");
/// assert_eq!(number(1234567.0, 6), "1234570");
/// assert_eq!(number(0.0000123456, 3), "1.23e-5");
/// ```
#[must_use]
pub fn number(value: f64, digits: usize) -> String {
    let digits = digits.max(1);
    let scientific = format!("{value:.*e}", digits - 1);
    let size = value.abs();
    if value != 0.0 && !(1e-4..1e15).contains(&size) {
        return match scientific.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", trimmed(mantissa)),
            None => scientific,
        };
    }
    match scientific.parse::<f64>() {
        // `{}` prints the shortest digits, never an exponent.
        Ok(rounded) if rounded != 0.0 => format!("{rounded}"),
        _ => "0".to_owned(),
    }
}

/// The smallest and the largest of some numbers, as `1.5 to 2`, or one if they print alike; `None`
/// without a number.
pub(super) fn extremes(
    numbers: impl Iterator<Item = f64> + Clone,
    digits: usize,
) -> Option<String> {
    let ends = [numbers.clone().reduce(f64::min)?, numbers.reduce(f64::max)?];
    let [least, most] = ends.map(|end| number(end, digits));
    Some(if least == most { most } else { format!("{least} to {most}") })
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
