//! Checks of parameters.

use super::error::DistributionError;

/// What a distribution was made from, as it is printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Given {
    pub(super) law: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) values: [f64; 4],
}

/// Checks of one distribution.
pub(super) struct Checked(pub(super) Given);

/// Larger parameters leave no room for sums of squares.
const LARGEST: f64 = 1e150;
/// Whole numbers up to this one are all floats.
pub(super) const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Checked {
    /// A distribution and its parameters, all of which are to be usable numbers.
    pub(super) fn new(
        law: &'static str,
        names: &'static [&'static str],
        given: &[f64],
    ) -> Result<Self, DistributionError> {
        let mut values = [0.0; 4];
        values[..given.len()].copy_from_slice(given);
        let checked = Self(Given { law, names, values });
        for name in names {
            let is_usable = checked.value(name).abs() <= LARGEST;
            checked.holds(name, is_usable, "a number up to 1e150")?;
        }
        Ok(checked)
    }

    fn value(&self, name: &str) -> f64 {
        let at = self.0.names.iter().position(|known| *known == name);
        at.map_or(f64::NAN, |at| self.0.values[at])
    }

    pub(super) fn holds(
        &self,
        name: &'static str,
        holds: bool,
        wanted: &'static str,
    ) -> Result<(), DistributionError> {
        if holds {
            return Ok(());
        }
        let (law, value) = (self.0.law, self.value(name));
        Err(DistributionError::Parameter { distribution: law, name, value, wanted })
    }

    pub(super) fn positive(self, names: &[&'static str]) -> Result<Self, DistributionError> {
        for name in names {
            // Smaller ones would make the square 0.
            self.holds(name, self.value(name) >= 1e-150, "above 0")?;
        }
        Ok(self)
    }

    /// Above 0, and small enough for the incomplete gamma and beta functions.
    pub(super) fn shapes(self, names: &[&'static str]) -> Result<Self, DistributionError> {
        let checked = self.positive(names)?;
        for name in names {
            checked.holds(name, checked.value(name) <= 1e12, "up to 1e12")?;
        }
        Ok(checked)
    }

    /// That one parameter is larger than another.
    pub(super) fn above(
        self,
        name: &'static str,
        other: &str,
        wanted: &'static str,
    ) -> Result<Self, DistributionError> {
        self.holds(name, self.value(name) > self.value(other), wanted)?;
        Ok(self)
    }

    pub(super) fn probability(self, is_possible: bool) -> Result<Self, DistributionError> {
        let (p, wanted) = (self.value("p"), "a probability");
        if is_possible {
            self.holds("p", p > 0.0 && p <= 1.0, "a probability above 0")?;
        }
        self.holds("p", (0.0..=1.0).contains(&p), wanted)?;
        Ok(self)
    }

    pub(super) fn whole(self, name: &'static str, least: f64) -> Result<Self, DistributionError> {
        let value = self.value(name);
        let holds = value >= least && value.abs() <= LARGEST_WHOLE && libm::trunc(value) == value;
        let wanted = if least > 0.0 { "a whole number from 1" } else { "a whole number" };
        self.holds(name, holds, wanted)?;
        Ok(self)
    }

    /// Other parameters would make the mean NaN, or infinite.
    pub(super) fn johnson(self) -> Result<Self, DistributionError> {
        let (gamma, delta) = (self.value("gamma"), self.value("delta"));
        self.holds("delta", (0.05..=1e12).contains(&delta), "from 0.05 to 1e12")?;
        let is_near = gamma.abs() <= 300.0 * delta;
        self.holds("gamma", is_near, "at most 300 times delta in magnitude")?;
        Ok(self)
    }

    /// That the mode is between the ends.
    pub(super) fn mode(self) -> Result<Self, DistributionError> {
        let [low, mode, high] = ["low", "mode", "high"].map(|name| self.value(name));
        self.holds("mode", low <= mode && mode <= high, "between low and high")?;
        self.above("high", "low", "above low")
    }
}
