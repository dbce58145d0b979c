//! The confidence interval of a share of answers yes and no.

use super::StatisticsError;
use super::special::beta_cdf;
use super::student;

/// The ends of the interval of Clopper and Pearson for a share, with `yes` answers yes of
/// `count`. At the lower end, P(X ≥ `yes`) = (1 - `level`) / 2, where X is the number of
/// answers yes; at the upper end, P(X ≤ `yes`) is the same.
///
/// Its coverage is at least `level` for every share and every count. Wilson's interval is
/// shorter, but its coverage is lower for some small shares: with 100 runs and a share of
/// 0.17 %, it is 84 % instead of 95 %.
///
/// Sources: C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits
/// illustrated in the case of the binomial", Biometrika 26 (1934), 404-413. L. D. Brown,
/// T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical
/// Science 16 (2001), 101-133.
///
/// # Cost
/// One power if all or none are yes; otherwise some thousand divisions.
pub(super) fn clopper_pearson(
    yes: u64,
    count: u64,
    level: f64,
) -> Result<(f64, f64), StatisticsError> {
    if count == 0 {
        return Err(StatisticsError::TooFew { needed: 1, got: 0 });
    }
    // The level has the same range as for Student's interval.
    student::two_sided(1, level)?;
    let tail = (1.0 - level) / 2.0;
    let yes = yes.min(count);
    let no = count - yes;
    Ok((lower(yes, no, tail), upper(yes, no, tail)))
}

/// The share at which `yes` or more answers yes have the probability `tail`.
fn lower(yes: u64, no: u64, tail: f64) -> f64 {
    if yes == 0 {
        return 0.0;
    }
    let (a, b) = (yes as f64, no as f64 + 1.0);
    if no == 0 {
        return libm::exp(libm::log(tail) / a);
    }
    let (mut low, mut high) = (0.0, a / (a + b - 1.0));
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return low;
        }
        if beta_cdf(a, b, middle).0 < tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The share at which `yes` or fewer answers yes have the probability `tail`. Not by the answers
/// no: of many, the difference of their share from 1 has few digits.
fn upper(yes: u64, no: u64, tail: f64) -> f64 {
    if no == 0 {
        return 1.0;
    }
    let (a, b) = (yes as f64 + 1.0, no as f64);
    if yes == 0 {
        return -libm::expm1(libm::log(tail) / b);
    }
    let (mut low, mut high) = ((a - 1.0) / (a + b - 1.0), 1.0);
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if beta_cdf(a, b, middle).1 > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}
