//! Paths with wildcards.

use std::fmt;

/// Names actors by their paths, one or many.
///
/// A star stands for any characters within one name; a name `**` for any
/// number of names, none included:
///
/// | pattern | matches |
/// |---|---|
/// | `driver/taxi[3]` | that actor |
/// | `driver/taxi[*]` | all taxis of the driver |
/// | `driver/*` | whatever the driver owns |
/// | `driver/**` | the driver and all below it |
/// | `**` | everyone |
///
/// Any text is a pattern. In a plan, one that has spaces or any of `,|"#\` or
/// an arrow in it stands in double quotes.
///
/// # Examples
/// ```
/// use flagfall::network::Pattern;
///
/// let taxis = Pattern::from("driver/taxi[*]");
/// assert!(taxis.matches("driver/taxi[12]"));
/// assert!(!taxis.matches("driver/dispatcher"));
/// assert!(Pattern::from("driver/**").matches("driver/dispatcher/taxi[7]"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// Whether the pattern matches a path. Cost: O(pattern × path).
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let pattern: Vec<&str> = self.text.split('/').collect();
        let names: Vec<&str> = path.split('/').collect();
        matches_names(&pattern, &names)
    }

    /// The pattern as it was given.
    #[cfg(feature = "snapshot")]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The path, if the pattern has no wildcards.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        (!self.text.contains('*')).then_some(&self.text)
    }
}

/// Whether names are those of a pattern. Where they part behind a `**`, that
/// takes one name more: only the last one need be tried again, because what
/// stands between two was found as early as it can be. No recursion, and no more
/// comparisons than names times names.
fn matches_names(pattern: &[&str], names: &[&str]) -> bool {
    let (mut at, mut name) = (0, 0);
    // Behind the last `**`, and the first name that it has not taken.
    let mut again = None;
    loop {
        match (pattern.get(at), names.get(name)) {
            (Some(&"**"), _) => {
                at += 1;
                again = Some((at, name));
                continue;
            }
            (Some(wanted), Some(found)) if matches_name(wanted, found) => {
                (at, name) = (at + 1, name + 1);
                continue;
            }
            (None, None) => return true,
            (_, None) => return false,
            _ => {}
        }
        let Some((behind, taken)) = again else { return false };
        again = Some((behind, taken + 1));
        (at, name) = (behind, taken + 1);
    }
}

/// Whether a name is the pieces between the stars, in order, with anything
/// where a star is.
fn matches_name(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        // The first place leaves most for what follows.
        let Some(at) = name.find(piece) else { return false };
        name = &name[at + piece.len()..];
    }
    name.ends_with(end)
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self { text }
    }
}

/// Whether a character ends a pattern that stands without quotes.
pub(crate) fn is_special(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ",|\"#\\".contains(c)
}

impl fmt::Display for Pattern {
    /// As it is written in a plan: in quotes where it must be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        if !text.is_empty() && !text.contains(is_special) && !text.contains("->") {
            return f.write_str(text);
        }
        f.write_str("\"")?;
        for c in text.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
