//! Distributions of whole numbers, and of given ones.

use crate::random::distribution::continuous::Continuous;
use crate::random::distribution::counts::{Counted, Counts};
use crate::random::distribution::given::{Checked, LARGEST_WHOLE};
use crate::random::distribution::values::Values;
use crate::random::distribution::whole::Whole;
use crate::random::distribution::{Distribution, DistributionError, Law};
use std::sync::Arc;

type Made = Result<Distribution, DistributionError>;

fn constant(checked: &Checked, value: f64) -> Distribution {
    Distribution { law: Law::Continuous(Continuous::Constant { value }, checked.0) }
}

fn make(checked: &Checked, law: Whole) -> Distribution {
    Distribution { law: Law::Whole(law, checked.0) }
}

fn counts(checked: &Checked, law: Counted) -> Made {
    let counts = Counts::new(law).ok_or_else(|| DistributionError::TooWide {
        distribution: checked.0.law,
        near: law.near(),
    })?;
    Ok(Distribution { law: Law::Counts(Arc::new(counts), checked.0) })
}

impl Distribution {
    /// All whole numbers from `low` to `high`, both included, with the same probability.
    ///
    /// # Errors
    /// A number is not whole, or `high` is below `low`.
    pub fn discrete_uniform(low: i64, high: i64) -> Made {
        let checked =
            Checked::new("discrete_uniform", &["low", "high"], &[low as f64, high as f64])?;
        let checked = checked.whole("low", -LARGEST_WHOLE)?.whole("high", -LARGEST_WHOLE)?;
        checked.holds("high", high >= low, "at least low")?;
        Ok(make(&checked, Whole::Uniform { low, high }))
    }

    /// 1 with probability `p`, otherwise 0.
    ///
    /// # Errors
    /// `p` is no probability.
    pub fn bernoulli(p: f64) -> Made {
        let checked = Checked::new("bernoulli", &["p"], &[p])?.probability(false)?;
        Ok(make(&checked, Whole::Bernoulli { p }))
    }

    /// How many of so many trials succeed, each with probability `p`.
    ///
    /// # Errors
    /// `p` is no probability, there are more trials than 2^53, or the standard deviation is above
    /// about 100,000.
    ///
    /// # Cost
    /// As that of [`poisson`](Self::poisson).
    pub fn binomial(trials: u64, p: f64) -> Made {
        let checked = Checked::new("binomial", &["trials", "p"], &[trials as f64, p])?;
        let checked = checked.whole("trials", 0.0)?.probability(false)?;
        if trials == 0 || p == 0.0 || p == 1.0 {
            let value = trials as f64 * p;
            return Ok(constant(&checked, value));
        }
        counts(&checked, Counted::Binomial { trials, p })
    }

    /// The number of trials up to the first success, that one included; each succeeds with
    /// probability `p`.
    ///
    /// # Errors
    /// `p` is no probability, or 0.
    pub fn geometric(p: f64) -> Made {
        let checked = Checked::new("geometric", &["p"], &[p])?.probability(true)?;
        if p == 1.0 {
            return Ok(constant(&checked, 1.0));
        }
        Ok(make(&checked, Whole::Geometric { p }))
    }

    /// The number of events that happen in a span, if that mean number does.
    ///
    /// # Errors
    /// `mean` is not above 0, or above about 1e10: the table would have over 2^21 numbers.
    ///
    /// # Cost
    /// The table is made here: 12 bytes and 10 ns for each number of its range, which is about 20
    /// standard deviations wide.
    pub fn poisson(mean: f64) -> Made {
        let checked = Checked::new("poisson", &["mean"], &[mean])?.positive(&["mean"])?;
        counts(&checked, Counted::Poisson { mean })
    }

    /// The number of failures before so many successes, each trial with probability `p`. The number
    /// of successes need not be whole.
    ///
    /// # Errors
    /// `successes` is not above 0, `p` is no probability, or 0, or the numbers are too many for a
    /// table.
    ///
    /// # Cost
    /// As that of [`poisson`](Self::poisson).
    pub fn negative_binomial(successes: f64, p: f64) -> Made {
        let checked = Checked::new("negative_binomial", &["successes", "p"], &[successes, p])?;
        let checked = checked.positive(&["successes"])?.probability(true)?;
        if p == 1.0 {
            return Ok(constant(&checked, 0.0));
        }
        counts(&checked, Counted::NegativeBinomial { successes, p })
    }

    /// One of several numbers, each with a weight: pairs of number and weight.
    ///
    /// # Errors
    /// There are none, a number is infinite or NaN, or a weight is not above 0.
    pub fn weighted(pairs: &[(f64, f64)]) -> Made {
        Ok(Self { law: Law::Weighted(observed("weighted", pairs.to_vec(), 1)?) })
    }

    /// One of several numbers that were observed, each with the same probability.
    ///
    /// # Errors
    /// There are none, or a number is infinite or NaN.
    pub fn empirical(values: &[f64]) -> Made {
        let pairs = values.iter().map(|value| (*value, 1.0)).collect();
        Ok(Self { law: Law::Empirical(observed("empirical", pairs, 1)?) })
    }

    /// As [`empirical`](Self::empirical), with straight lines between the observed numbers in their
    /// order, as type 7 of R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The
    /// American Statistician 50 (1996), 361-365.
    ///
    /// # Errors
    /// There is only one, or a number is infinite or NaN.
    pub fn interpolated(values: &[f64]) -> Made {
        let pairs = values.iter().map(|value| (*value, 1.0)).collect();
        Ok(Self { law: Law::Interpolated(observed("interpolated", pairs, 2)?) })
    }
}

fn observed(
    law: &'static str,
    pairs: Vec<(f64, f64)>,
    needed: usize,
) -> Result<Arc<Values>, DistributionError> {
    if pairs.len() < needed {
        return Err(DistributionError::TooFew { distribution: law, needed });
    }
    for (value, weight) in &pairs {
        let checked = Checked::new(law, &["value", "weight"], &[*value, *weight])?;
        checked.positive(&["weight"])?;
    }
    Ok(Arc::new(Values::new(pairs)))
}
