//! Arrays as NumPy prints them, with its default print options: eight
//! digits, lines of 75 characters, ends only of arrays above 1,000 elements.

use super::python::exponent_of;

const PRECISION: usize = 8;
const LINE_WIDTH: usize = 75;
const SUMMARIZE_ABOVE: usize = 1_000;
const EDGE_ITEMS: usize = 3;

/// A vector as `print(numpy.array(values))` shows it.
///
/// # Examples
/// ```
/// use flagfall_cli::report::numpy::array;
///
/// assert_eq!(array(&[0.0; 10]), "[0. 0. 0. 0. 0. 0. 0. 0. 0. 0.]");
/// assert_eq!(array(&[-1.0, 0.5]), "[-1.   0.5]");
/// ```
#[must_use]
pub fn array(values: &[f64]) -> String {
    let summarized = values.len() > SUMMARIZE_ABOVE;
    let shown: Vec<f64> = if summarized {
        let tail = values.len() - EDGE_ITEMS;
        values[..EDGE_ITEMS].iter().chain(&values[tail..]).copied().collect()
    } else {
        values.to_vec()
    };
    let mut words = format_all(&shown);
    if summarized {
        words.insert(EDGE_ITEMS, "...".to_owned());
    }
    let mut text = String::new();
    // The bracket stands where the indent of the first line would.
    let mut line = String::from(" ");
    for (position, word) in words.iter().enumerate() {
        if position > 0 {
            line.push(' ');
        }
        if line.chars().count() + word.chars().count() > LINE_WIDTH - 1 {
            text.push_str(line.trim_end());
            text.push('\n');
            line = String::from(" ");
        }
        line.push_str(word);
    }
    text.push_str(&line);
    format!("[{}]", &text[1..])
}

/// All values in the same style and width.
fn format_all(values: &[f64]) -> Vec<String> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let magnitudes = || finite().map(f64::abs).filter(|value| *value != 0.0);
    let largest = magnitudes().fold(0.0, f64::max);
    let smallest = magnitudes().fold(f64::INFINITY, f64::min);
    let scientific =
        largest > 0.0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1_000.0);
    let texts: Vec<String> = values
        .iter()
        .map(|&value| match value {
            value if value.is_nan() => "nan".to_owned(),
            value if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
            value if scientific => exponential(value),
            value => positional(value),
        })
        .collect();
    pad(&texts, values, scientific)
}

/// Lines the points up, or the ends where there are no points.
fn pad(texts: &[String], values: &[f64], scientific: bool) -> Vec<String> {
    let split = |text: &str| {
        let (left, right) = text.split_once('.').unwrap_or((text, ""));
        (left.len(), right.len())
    };
    let finite = |value: &&f64| value.is_finite();
    let sizes = || values.iter().zip(texts).filter(|(v, _)| finite(v)).map(|(_, t)| split(t));
    let left = sizes().map(|size| size.0).max().unwrap_or(0);
    let right = sizes().map(|size| size.1).max().unwrap_or(0);
    let special = values.iter().zip(texts).filter(|(v, _)| !finite(v)).map(|(_, t)| t.len());
    // A special value stands where the number and its point would; if it is
    // wider, numbers move to the right.
    let left = left.max(special.max().unwrap_or(0).saturating_sub(right + 1));
    texts
        .iter()
        .zip(values)
        .map(|(text, value)| {
            if !value.is_finite() {
                return format!("{text:>width$}", width = left + right + 1);
            }
            let (text_left, text_right) = split(text);
            let before = " ".repeat(left - text_left);
            if scientific {
                // Digits are filled up with zeros, so that exponents line up.
                let (digits, exponent) = text.split_once('e').unwrap_or((text, ""));
                let zeros = "0".repeat(right - text_right);
                return format!("{before}{digits}{zeros}e{exponent}");
            }
            format!("{before}{text}{}", " ".repeat(right - text_right))
        })
        .collect()
}

/// The shortest decimal that gives the same float, at most eight digits
/// after the point, which stays even without digits: `-1.`, `0.5`.
fn positional(value: f64) -> String {
    let shortest = format!("{value}");
    let fraction = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    with_point(&if fraction > PRECISION { format!("{value:.PRECISION$}") } else { shortest })
}

/// The number with a point, and without zeros at its end.
fn with_point(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// The same with an exponent: `1.e+08`, `2.5e-05`.
fn exponential(value: f64) -> String {
    let parts = |text: &str| text.split_once('e').map(|(d, e)| (d.to_owned(), e.to_owned()));
    let shortest = format!("{value:e}");
    let (mut mantissa, mut exponent) = parts(&shortest).unwrap_or((shortest, "0".to_owned()));
    if mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len()) > PRECISION {
        let rounded = format!("{value:.PRECISION$e}");
        (mantissa, exponent) = parts(&rounded).unwrap_or((mantissa, exponent));
    }
    format!("{}e{}", with_point(&mantissa), exponent_of(&exponent))
}
