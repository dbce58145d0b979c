//! Distributions that are made of others.

use crate::random::distribution::composed::{Affine, Mixture, Truncated};
use crate::random::distribution::given::Checked;
use crate::random::distribution::{Distribution, DistributionError, Law};
use std::sync::Arc;

type Made = Result<Distribution, DistributionError>;

impl Distribution {
    /// One of several exponential distributions: pairs of a weight and a mean.
    ///
    /// # Errors
    /// There are none, or a weight or a mean is not above 0.
    pub fn hyperexponential(parts: &[(f64, f64)]) -> Made {
        let parts: Result<Vec<_>, _> =
            parts.iter().map(|(weight, mean)| Ok((*weight, Self::exponential(*mean)?))).collect();
        Self::mixture(parts?)
    }

    /// One of several distributions, each with a weight. The word of a draw decides for a
    /// distribution, and its place among the words of that distribution gives the number.
    ///
    /// # Errors
    /// There are none, or a weight is not above 0.
    pub fn mixture(parts: Vec<(f64, Self)>) -> Made {
        if parts.is_empty() {
            return Err(DistributionError::TooFew { distribution: "mixture", needed: 1 });
        }
        for (weight, _) in &parts {
            Checked::new("mixture", &["weight"], &[*weight])?.positive(&["weight"])?;
        }
        Ok(Self { law: Law::Mixture(Arc::new(Mixture::new(parts))) })
    }

    /// The distribution of what is larger by `by`.
    ///
    /// # Errors
    /// `by` is infinite or NaN.
    pub fn shifted(self, by: f64) -> Made {
        Checked::new("shifted", &["by"], &[by])?;
        Ok(Self { law: Law::Affine(Arc::new(Affine { of: self, factor: 1.0, shift: by })) })
    }

    /// The distribution of what is `by` times as large.
    ///
    /// # Errors
    /// `by` is not above 0.
    pub fn scaled(self, by: f64) -> Made {
        Checked::new("scaled", &["by"], &[by])?.positive(&["by"])?;
        Ok(Self { law: Law::Affine(Arc::new(Affine { of: self, factor: by, shift: 0.0 })) })
    }

    /// The distribution under the condition that the number is between `low` and `high`, both
    /// included; they may be infinite. Drawn by inversion, whatever the distribution is.
    ///
    /// # Errors
    /// `high` is below `low`, or the probability of the range is below 1e-9: the quantiles would
    /// have few digits.
    pub fn truncated(self, low: f64, high: f64) -> Made {
        if low.is_nan() || high.is_nan() || low > high {
            let (distribution, name, wanted) = ("truncated", "high", "at least low");
            return Err(DistributionError::Parameter { distribution, name, value: high, wanted });
        }
        let made = Truncated::new(self, low, high);
        let within = made.within();
        if within < 1e-9 {
            return Err(DistributionError::NothingLeft { low, high, within });
        }
        Ok(Self { law: Law::Truncated(Arc::new(made)) })
    }

    /// The normal distribution under the condition that the number is in a range. `mean` and `sd`
    /// are those of the normal distribution, and not of what is left of it.
    ///
    /// # Errors
    /// `sd` is not above 0, or next to nothing is left.
    pub fn truncated_normal(mean: f64, sd: f64, low: f64, high: f64) -> Made {
        Self::normal(mean, sd)?.truncated(low, high)
    }
}
