//! What a comparison shows.

use super::scenarios::Candidate;
use crate::command::options::CompareOptions;
use flagfall::experiment::{Compared, Comparison};

/// What is shown: of which scenarios, at which level.
pub(super) struct Shown<'a> {
    pub(super) scenarios: &'a [Candidate],
    pub(super) options: &'a CompareOptions,
    pub(super) comparison: &'a Comparison,
    pub(super) compared: &'a Compared,
}
