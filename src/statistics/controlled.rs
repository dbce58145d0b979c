//! Control variates.

use super::replications::fewest;
use super::sum::Sum;
use super::tally::usable;
use super::{Bounds, Estimate, Interval, StatisticsError, Tally, student};

/// Controls that depend on each other up to this share of their squares cannot be told apart.
const DEPENDENT: f64 = 1e-10;

/// An estimate of a mean that uses other measures of the same replications, whose true means are
/// known: control variates. A run with more customers than usual has longer waits than usual, and as
/// much as the two go together, the estimate is corrected.
///
/// The coefficients are those of a linear regression, estimated from the same replications. The
/// interval is exact for observations that are normally distributed together. For others, it takes
/// more of them than without controls: some fifty, as a rule.
///
/// Source: S. S. Lavenberg, P. D. Welch, "A perspective on the use of control variables to increase the
/// efficiency of Monte Carlo simulations", Management Science 27 (1981), 322-335.
///
/// # Examples
/// ```
/// use flagfall::statistics::Controlled;
///
/// // Mean waits of six days, and how many customers came. 100 are to be expected.
/// let waits = [4.1, 6.3, 5.2, 3.1, 7.4, 5.9];
/// let customers = [95.0, 106.0, 101.0, 90.0, 111.0, 103.0];
/// let controlled = Controlled::of(&waits, &[(&customers, 100.0)], 0.95)?;
/// assert_eq!(format!("{:.2}", controlled.interval), "5.13 ± 0.12 (95 %, n = 6)");
/// assert!(controlled.variance_ratio < 0.01);
/// # Ok::<(), flagfall::statistics::StatisticsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Controlled {
    /// The estimate and its interval, with n - 1 - q degrees of freedom for n observations and q
    /// controls.
    pub interval: Interval,
    /// By how much the estimate falls when the mean of a control is 1 above its true mean, in the
    /// order of the controls.
    pub coefficients: Vec<f64>,
    /// The variance of the estimate, divided by that of the plain mean. It is an estimate, as the
    /// variances are. Above 1, the controls have increased the variance.
    pub variance_ratio: f64,
    /// How many observations would have given an interval at least as narrow without a control, if
    /// they scatter as these do; `None` if no number would have.
    pub independent: Option<u64>,
}

/// Numbers, less their mean, in units of the largest difference from it: then no square is too large.
struct Centred {
    mean: f64,
    unit: f64,
    values: Vec<f64>,
}

impl Centred {
    fn of(numbers: &[f64]) -> Result<Self, StatisticsError> {
        let tally = Tally::of(numbers)?;
        let (Some(mean), Some(least), Some(most)) =
            (tally.spread()?.mean(), tally.min(), tally.max())
        else {
            return Err(StatisticsError::TooFew { needed: 1, got: 0 });
        };
        if least == most {
            return Err(StatisticsError::NoVariation);
        }
        let unit = (most - mean).max(mean - least);
        Ok(Self { mean, unit, values: numbers.iter().map(|one| (one - mean) / unit).collect() })
    }

    fn dot(&self, other: &Self) -> f64 {
        dot(&self.values, &other.values)
    }
}

/// The sum of the products.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let mut sum = Sum::default();
    one.iter().zip(other).for_each(|(one, other)| sum.add(one * other));
    sum.value()
}

/// The lower triangle L of a matrix with L Lᵀ equal to it (Cholesky).
fn triangle(mut matrix: Vec<Vec<f64>>) -> Result<Vec<Vec<f64>>, StatisticsError> {
    for row in 0..matrix.len() {
        for column in 0..=row {
            let left = matrix[row][column] - dot(&matrix[row][..column], &matrix[column][..column]);
            if row != column {
                matrix[row][column] = left / matrix[column][column];
            } else if left > DEPENDENT * matrix[row][row] {
                matrix[row][row] = libm::sqrt(left);
            } else {
                return Err(StatisticsError::Dependent);
            }
        }
    }
    Ok(matrix)
}

/// Solves L x = b.
fn forward(lower: &[Vec<f64>], wanted: &[f64]) -> Vec<f64> {
    let mut found: Vec<f64> = Vec::new();
    for (row, wanted) in lower.iter().zip(wanted) {
        found.push((wanted - dot(row, &found)) / row[found.len()]);
    }
    found
}

/// Solves Lᵀ x = b.
fn backward(lower: &[Vec<f64>], wanted: &[f64]) -> Vec<f64> {
    let mut found = vec![0.0; wanted.len()];
    for at in (0..wanted.len()).rev() {
        let column: Vec<f64> = lower[at + 1..].iter().map(|row| row[at]).collect();
        found[at] = (wanted[at] - dot(&column, &found[at + 1..])) / lower[at][at];
    }
    found
}

impl Controlled {
    /// The estimate as it is printed in tables.
    #[must_use]
    pub const fn estimate(&self) -> Estimate {
        let Interval { mean, half_width, level, count } = self.interval;
        Estimate { mean, level, count, bounds: Bounds::Student { half_width } }
    }

    /// The estimate of the mean of `values` with controls: for each the value in each replication, in
    /// the order of `values`, and the true mean.
    ///
    /// Cost: O(observations x controls²).
    ///
    /// # Errors
    /// [`StatisticsError::DifferentLengths`] for a control with more or fewer values,
    /// [`StatisticsError::TooFew`] if there are fewer than two more observations than controls,
    /// [`StatisticsError::NoVariation`] if the values or those of a control are all equal,
    /// [`StatisticsError::Dependent`] if a control follows from others,
    /// [`StatisticsError::Unusable`], [`StatisticsError::TooClose`] and
    /// [`StatisticsError::Probability`] as [`Interval::of`].
    pub fn of(
        values: &[f64],
        controls: &[(&[f64], f64)],
        level: f64,
    ) -> Result<Self, StatisticsError> {
        let (count, least) = (values.len(), controls.len() + 2);
        if count < least {
            return Err(StatisticsError::TooFew { needed: least as u64, got: count as u64 });
        }
        if let Some((other, _)) = controls.iter().find(|(of, _)| of.len() != count) {
            return Err(StatisticsError::DifferentLengths { one: count, other: other.len() });
        }
        let plain = Centred::of(values)?;
        let centred = controls.iter().map(|(of, _)| Centred::of(of));
        let centred = centred.collect::<Result<Vec<_>, _>>()?;
        let squares = centred.iter().map(|one| centred.iter().map(|other| one.dot(other)));
        let lower = triangle(squares.map(Iterator::collect).collect())?;
        let common: Vec<f64> = centred.iter().map(|one| one.dot(&plain)).collect();
        let slopes = backward(&lower, &forward(&lower, &common));

        let away = controls.iter().zip(&centred);
        let away = away.map(|((_, mean), of)| Ok((of.mean - usable(*mean)?) / of.unit));
        let away = away.collect::<Result<Vec<f64>, StatisticsError>>()?;
        let mean = usable(plain.mean - plain.unit * dot(&slopes, &away))?;

        let left = |at: usize| {
            let told: Vec<f64> = centred.iter().map(|of| of.values[at]).collect();
            plain.values[at] - dot(&slopes, &told)
        };
        let degrees = (count - controls.len() - 1) as u64;
        let left: Vec<f64> = (0..count).map(left).collect();
        let variance = dot(&left, &left) / degrees as f64;
        let far = forward(&lower, &away);
        let far = dot(&far, &far);
        let of_mean = variance * (1.0 / count as f64 + far);
        let of_plain = plain.dot(&plain) / (count - 1) as f64;
        let half_width = student::two_sided(degrees, level)? * plain.unit * libm::sqrt(of_mean);
        let enough = |count: u64| {
            let reach = student::two_sided(count - 1, level)?;
            Ok(reach * plain.unit * libm::sqrt(of_plain / count as f64) <= half_width)
        };
        let coefficients = slopes.iter().zip(&centred);
        Ok(Self {
            interval: Interval { mean, half_width, level, count: count as u64 },
            coefficients: coefficients.map(|(slope, of)| slope * plain.unit / of.unit).collect(),
            variance_ratio: of_mean * count as f64 / of_plain,
            independent: if half_width > 0.0 { fewest(2, enough).ok() } else { None },
        })
    }
}
