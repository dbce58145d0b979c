//! How the best is chosen, as the manifest has it.

use flagfall::experiment::{Procedure, Selection};
use flagfall::statistics::{Best, Zone};
use serde::{Deserialize, Serialize};

/// A selection of the best, as the manifest has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectionEntry {
    /// `kn` or `rinott`.
    pub procedure: String,
    /// Whether the largest mean is the best, or the smallest.
    pub best: Best,
    /// The measure.
    pub of: String,
    /// The smallest difference that matters, in the unit of the measure.
    pub indifference: f64,
    /// The promised chance of a right choice.
    pub chance: f64,
    /// The replications of the first stage.
    pub first: u64,
    /// The most replications of a point.
    pub most: u64,
}

impl SelectionEntry {
    /// The selection of points that it asks for.
    #[must_use]
    pub fn selection(&self) -> Selection {
        let Self { best, indifference, chance, first, most, .. } = *self;
        let is_rinott = self.procedure == Procedure::Rinott.word();
        let procedure = if is_rinott { Procedure::Rinott } else { Procedure::KimNelson };
        let zone = Zone { indifference, chance, first };
        Selection { procedure, best, of: self.of.clone(), zone, most }
    }

    /// All of it as text: it is part of the hash of a study.
    #[must_use]
    pub fn decisive(&self) -> String {
        let Self { procedure, best, of, indifference, chance, first, most } = self;
        format!(
            "until the {} {of} is chosen by {procedure} with chance {chance}, indifference \
             {indifference}, first {first}, most {most}",
            best.word()
        )
    }
}
