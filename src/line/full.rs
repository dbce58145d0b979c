//! A line that is full.

use std::fmt;

/// A claim was refused because the line is full; see
/// [`Resource::limit_line`](crate::Resource::limit_line).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineFull;

impl fmt::Display for LineFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the line is full")
    }
}

impl std::error::Error for LineFull {}
