//! Reads spans and lengths of rides in options and files.

use flagfall::time::Span;
use std::ops::RangeInclusive;

/// Checks that a span is above 0: without sleep, a driver would poll for ever at one instant.
pub(super) fn nonzero(span: Span, option: &str) -> Result<(), String> {
    if span.is_zero() {
        return Err(format!("{option} is 0: write a span above 0, like 1s"));
    }
    Ok(())
}

/// The length of a ride: a number with a unit, or of seconds without one.
fn duration(text: &str) -> Result<Span, String> {
    let text = text.trim();
    let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let text = if bare { format!("{text}s") } else { text.to_owned() };
    text.parse().map_err(|error: flagfall::time::ParseTimeError| error.to_string())
}

/// Durations separated by commas, spaces or line ends.
pub(super) fn duration_list(text: &str) -> Result<Box<[Span]>, String> {
    let durations = durations_of(std::iter::once(text), |_, _| String::new())?;
    if durations.is_empty() {
        return Err("no durations: write seconds, like 2,5,1".to_owned());
    }
    Ok(durations.into())
}

/// Reads the durations in the text of a file, where `#` begins a comment. Errors name line and
/// column.
pub(super) fn durations_in(text: &str) -> Result<Vec<Span>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let contents = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    durations_of(contents, |row, column| format!("line {row}, column {column}: "))
}

/// Reads the durations in all lines; `place` is the beginning of an error at that row and column.
fn durations_of<'a>(
    lines: impl Iterator<Item = &'a str>,
    place: impl Fn(usize, usize) -> String,
) -> Result<Vec<Span>, String> {
    let separator = |c: char| c == ',' || c.is_whitespace();
    let mut durations = Vec::new();
    for (row, line) in lines.enumerate() {
        let dense: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if dense.contains(",,") || dense.starts_with(',') {
            let error = "a duration is missing before a comma";
            return Err(place(row + 1, 1) + error);
        }
        let mut rest = line;
        while let Some(start) = rest.find(|c| !separator(c)) {
            let word = &rest[start..];
            let word = &word[..word.find(separator).unwrap_or(word.len())];
            let column = line[..line.len() - rest.len() + start].chars().count();
            let in_place = |error: String| place(row + 1, column + 1) + &error;
            durations.push(duration(word).map_err(in_place)?);
            rest = &rest[start + word.len()..];
        }
    }
    Ok(durations)
}

/// Whole seconds from one number to another: `1..=5`, `1..6` or `3`.
pub(super) fn seconds_range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let number = |part: &str| {
        let secs = part.trim().parse::<u64>().ok();
        secs.filter(|secs| *secs <= Span::MAX.as_nanos() / 1_000_000_000)
            .ok_or_else(|| format!("`{text}` is not a range of seconds: write 1..=5"))
    };
    let (low, high) = match text.split_once("..") {
        None => (number(text)?, number(text)?),
        Some((low, high)) => match high.strip_prefix('=') {
            Some(high) => (number(low)?, number(high)?),
            None => {
                let end = number(high)?;
                let last = end.checked_sub(1);
                (number(low)?, last.ok_or_else(|| format!("`{text}` is empty"))?)
            }
        },
    };
    if low > high {
        return Err(format!("`{text}` is empty: write the smaller number first"));
    }
    Ok(low..=high)
}
