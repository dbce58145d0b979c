//! Parts of messages: counts, seeds, and names that may have any character.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::path::Path;

/// A count with its noun, in the singular or the plural.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    if count == N::from(1) {
        return format!("{count} {noun}");
    }
    let hisses = noun.ends_with('s') || noun.ends_with("ch");
    format!("{count} {noun}{}", if hisses { "es" } else { "s" })
}

/// The seed of a study, or its levels if it varies.
pub(crate) fn seeds(seed: Option<u64>, levels: &[String]) -> String {
    const MOST: usize = 8;
    match (seed, levels.len()) {
        (Some(seed), 0) => format!("seed {seed}"),
        (_, 1..=MOST) => {
            format!("seed{} {}", if levels.len() == 1 { "" } else { "s" }, levels.join(", "))
        }
        (_, many) => counted(many, "seed"),
    }
}

/// Whether a character controls a terminal, or the direction of the text. Ends of lines and tabs
/// do not count.
pub(crate) fn is_harmful(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        c => c.is_control(),
    }
}

/// A text on one line, like a name: what is harmful is written out, and so are ends of lines and
/// tabs. Otherwise it could add a line that looks like one of the command.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    written_out(text, |c| is_harmful(c) || matches!(c, '\n' | '\t'))
}

/// The text with those characters written out, as `\n` or `\u001b`.
pub(crate) fn written_out(text: &str, is_written_out: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_written_out) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if !is_written_out(c) => written.push(c),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c => write!(written, "\\u{:04x}", u32::from(c)).expect("a string takes everything"),
        }
    }
    Cow::Owned(written)
}

/// The beginning of a text, at most `most` bytes.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    let mut ends = (0..=most.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    &text[..end]
}

/// The whole number in a text in canonical form: not `01` or `+1`.
pub(crate) fn whole(text: &str) -> Option<i64> {
    text.parse().ok().filter(|whole: &i64| whole.to_string() == text)
}

/// A name with its unit in brackets, unless that is `1`.
pub(crate) fn with_unit(name: &str, unit: &str) -> String {
    if unit == "1" { name.to_owned() } else { format!("{name} ({unit})") }
}

/// The name of a file, on one line.
pub(crate) fn shown(path: impl AsRef<Path>) -> String {
    one_line(&path.as_ref().to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{counted, one_line, seeds};

    #[test]
    fn names_stay_on_their_line() {
        assert_eq!(one_line("Zoë [1]"), "Zoë [1]");
        assert_eq!(one_line("a\nb\tc\u{1b}d\u{202e}"), r"a\nb\tc\u001bd\u202e");
    }

    #[test]
    fn nouns_take_the_number_of_their_count() {
        for (count, noun, text) in [
            (1, "replication", "1 replication"),
            (0, "replication", "0 replications"),
            (2, "class", "2 classes"),
            (1, "branch", "1 branch"),
            (3, "branch", "3 branches"),
        ] {
            assert_eq!(counted(count, noun), text);
        }
    }

    #[test]
    fn seeds_are_those_that_are_used() {
        let levels = |count: u64| (1..=count).map(|seed| seed.to_string()).collect::<Vec<_>>();
        assert_eq!(seeds(Some(42), &[]), "seed 42");
        assert_eq!(seeds(None, &levels(2)), "seeds 1, 2");
        assert_eq!(seeds(None, &levels(1)), "seed 1");
        assert_eq!(seeds(None, &levels(9)), "9 seeds");
    }
}
