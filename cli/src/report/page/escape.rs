//! Texts of models in a page: they may not end what they stand in.

use crate::words::is_harmful;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};

/// Text in HTML, between tags or in quotes.
pub(super) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Not allowed in HTML at all, or it turns what stands beside it.
            c if is_harmful(c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// JSON in which no text can end a script, begin a comment, or be read as markup: `<`, `>`
/// and `&` are written as escapes, and U+2028 and U+2029, which ended lines of old scripts.
pub(super) fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Harmless(CompactFormatter));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let harmful =
            |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') || is_harmful(c);
        let mut rest = fragment;
        while let Some(at) = rest.find(harmful) {
            let (before, after) = rest.split_at(at);
            self.0.write_string_fragment(out, before)?;
            let mut characters = after.chars();
            let code = characters.next().map_or(0, u32::from);
            write!(out, "\\u{code:04x}")?;
            rest = characters.as_str();
        }
        self.0.write_string_fragment(out, rest)
    }
}
