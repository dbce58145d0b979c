//! Patterns of actor paths.

use std::fmt;

/// A pattern that selects actors by their paths.
///
/// A star stands for any characters within one name. The name `**` stands for any
/// number of names, also none:
///
/// | pattern | matches |
/// |---|---|
/// | `driver/taxi[3]` | that actor |
/// | `driver/taxi[*]` | all taxis of the driver |
/// | `driver/*` | all actors that the driver owns |
/// | `driver/**` | the driver and all actors below it |
/// | `**` | all actors |
///
/// Any text is a pattern. In a plan, a pattern that contains spaces, any of `,|"#\` or
/// an arrow needs double quotes.
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

/// Whether the names of a path match those of a pattern. If they differ after a `**`,
/// the last `**` takes one name more. Earlier ones need no second try, because the part
/// between two `**` was matched as early as possible. There is no recursion, and there
/// are at most O(pattern × path) comparisons of names.
fn matches_names(pattern: &[&str], names: &[&str]) -> bool {
    let (mut at, mut name) = (0, 0);
    // The position after the last `**`, and the first name that it has not taken.
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

/// Whether a name has the pieces between the stars in order, with any characters in
/// place of each star.
fn matches_name(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        // The first place leaves most of the name for the pieces that follow.
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

/// Whether a character ends a pattern without quotes.
pub(crate) fn is_special(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ",|\"#\\".contains(c)
}

impl fmt::Display for Pattern {
    /// As in a plan: in quotes if it needs them.
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
