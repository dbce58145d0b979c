//! What procedures of selection are asked: the indifference zone.

use super::{StatisticsError, student};

/// The right choice is wanted with a chance of at least `chance` if the best mean is at least
/// `indifference` better than each other. Smaller differences do not matter to the user; then the
/// choice has the same chance to be one of those within `indifference` of the best, for Rinott's
/// procedure and in practice for others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// The smallest difference that matters, above 0, in the unit of the measure.
    pub indifference: f64,
    /// The chance of a right choice, above that of a guess and below 1.
    pub chance: f64,
    /// The replications of the first stage, which estimate variances; at least 2.
    pub first: u64,
}

impl Zone {
    /// The usual first stage. With fewer replications the variances are poorly known, and the
    /// procedures take many more.
    pub const FIRST: u64 = 20;

    /// Checks it for that many systems.
    pub(super) fn check(self, systems: usize) -> Result<Self, StatisticsError> {
        let Self { indifference, chance, first } = self;
        if systems < 2 {
            return Err(StatisticsError::TooFew { needed: 2, got: systems as u64 });
        }
        if first < 2 {
            return Err(StatisticsError::TooFew { needed: 2, got: first });
        }
        if !(indifference > 0.0 && indifference.is_finite()) {
            return Err(StatisticsError::Indifference { value: indifference });
        }
        student::two_sided(1, chance)?;
        if chance <= 1.0 / systems as f64 {
            return Err(StatisticsError::Chance { value: chance, systems });
        }
        Ok(self)
    }
}
