//! Mistakes of users, in words.

use std::fmt;

/// Why something cannot be made or recorded, in words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mistake(pub(crate) String);

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
