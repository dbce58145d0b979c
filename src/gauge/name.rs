//! Names of collectors.

use super::Mistake;
use std::fmt::Display;

/// The name of a collector, with a label if there are several of a name: `"wait"`,
/// `("wait", "urgent")`, `("wait", 2)`.
///
/// It is the beginning of the names of measures, which are columns, options and words of other
/// programs. So it has small letters, digits and underscores: `wait_urgent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name, if it can be one.
    pub(crate) fn checked(self) -> Result<String, Mistake> {
        let fits = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_');
        if self.0.starts_with(|first: char| first.is_ascii_lowercase()) && self.0.chars().all(fits)
        {
            return Ok(self.0);
        }
        Err(Mistake(format!(
            "a collector would be named `{}`: begin with a small letter, and go on with small \
             letters, digits and underscores, as in wait_urgent",
            self.0
        )))
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl<N: Display, L: Display> From<(N, L)> for Name {
    fn from((name, label): (N, L)) -> Self {
        Self(format!("{name}_{label}"))
    }
}
