//! Mistakes in a text, and how their places are shown.

use std::ops::Range;

/// Longer lines are not shown: the place would be hard to find.
const LONGEST_LINE: usize = 120;

#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    pub(crate) place: Range<usize>,
    pub(crate) message: String,
    /// What to write instead, if the message does not say it.
    help: Vec<String>,
}

impl Mistake {
    pub(crate) fn new(place: Range<usize>, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), help: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Line, column and message; then the line with a mark at the place.
    pub(crate) fn told(&self, text: &str) -> String {
        let Self { place, message, help } = self;
        let (line, column) = line_and_column(text, place.start);
        // Names and values in it may have ends of lines.
        let message = message.replace('\n', "\n  ");
        let mut told = format!("line {line}, column {column}: {message}");
        let excerpt = excerpt(text, place, (line, column));
        told.extend(excerpt.map(|excerpt| format!("\n{excerpt}")));
        told.extend(help.iter().map(|help| format!("\n  = {help}")));
        told
    }
}

/// The line of a place with carets below, as compilers print it.
fn excerpt(text: &str, place: &Range<usize>, (line, column): (usize, usize)) -> Option<String> {
    let shown = text.lines().nth(line - 1)?;
    let length = shown.chars().count();
    if length > LONGEST_LINE || shown.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let marked = text.get(place.clone()).unwrap_or_default();
    let marked = marked.lines().next().unwrap_or_default().chars().count();
    let carets = "^".repeat(marked.clamp(1, (length + 2).saturating_sub(column).max(1)));
    // Tabs stay tabs: so the carets are below the place at any width of tabs.
    let before: String = shown.chars().take(column - 1).map(blank).collect();
    let gutter = " ".repeat(line.to_string().len());
    Some(format!("{gutter} |\n{line} | {shown}\n{gutter} | {before}{carets}"))
}

fn blank(letter: char) -> char {
    if letter == '\t' { '\t' } else { ' ' }
}

/// The line and column of a byte, counted from 1.
pub(crate) fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
