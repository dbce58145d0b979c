//! Quantiles and moments without a formula.

use crate::statistics::special::{beta_cdf, gamma_cdf, normal_quantile};

/// The number below which a gamma variable of scale 1 is with probability `p`, in (0, 1).
///
/// It starts from E. B. Wilson, M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931),
/// or for small numbers from the first term of the series, and goes on by Newton's method between
/// bounds.
///
/// # Cost
/// Some three to six values of the incomplete gamma function.
pub(super) fn gamma_quantile(shape: f64, p: f64) -> f64 {
    let log_gamma = libm::lgamma(shape);
    let ninth = 1.0 / (9.0 * shape);
    let root = 1.0 - ninth + normal_quantile(p) * libm::sqrt(ninth);
    let by_normal = shape * root * root * root;
    let by_series = libm::exp((libm::log(p) + log_gamma + libm::log(shape)) / shape);
    let start = if root > 0.1 && shape > 0.5 { by_normal } else { by_series };
    let excess = |x: f64| {
        let (below, above) = gamma_cdf(shape, x);
        if p < 0.5 { below - p } else { (1.0 - p) - above }
    };
    let density = |x: f64| libm::exp((shape - 1.0) * libm::log(x) - x - log_gamma);
    newton(start, (0.0, f64::INFINITY), excess, density)
}

/// The number below which a beta variable is with probability `p`, in (0, 1).
///
/// # Cost
/// Some five to fifty values of the incomplete beta function.
pub(super) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    let front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let excess = |x: f64| {
        let (below, above) = beta_cdf(a, b, x);
        if p < 0.5 { below - p } else { (1.0 - p) - above }
    };
    let density =
        |x: f64| libm::exp(front + (a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x));
    // The first term of the series at the nearer end.
    let near = |of: f64, share: f64| libm::exp((libm::log(share * of) - front) / of);
    let middle = a / (a + b);
    let start = if excess(middle) > 0.0 {
        near(a, p).min(middle)
    } else {
        1.0 - near(b, 1.0 - p).min(1.0 - middle)
    };
    newton(start, (0.0, 1.0), excess, density)
}

/// The root of an increasing function with that derivative. Where Newton's method would leave what
/// is known to have the root, that is halved: by the geometric mean, if it reaches far.
fn newton(
    start: f64,
    (mut low, mut high): (f64, f64),
    value: impl Fn(f64) -> f64,
    derivative: impl Fn(f64) -> f64,
) -> f64 {
    let mut x = start;
    for _ in 0..200 {
        let found = value(x);
        match found {
            _ if found > 0.0 => high = x,
            _ if found < 0.0 => low = x,
            _ => return x,
        }
        let mut next = x - found / derivative(x);
        if !(next > low && next < high) {
            next = middle(low, high, x);
        }
        if (next - x).abs() <= 1e-16 * x.abs() || next <= low || next >= high {
            return next.clamp(low, high);
        }
        x = next;
    }
    x
}

fn middle(low: f64, high: f64, x: f64) -> f64 {
    match (low, high) {
        (_, high) if high == f64::INFINITY => 2.0 * x,
        (0.0, high) if high < 1e-3 => high * 1e-3,
        (low, high) if low > 0.0 && high / low > 4.0 => libm::sqrt(low) * libm::sqrt(high),
        (low, high) => low + (high - low) / 2.0,
    }
}

/// The smallest number for which an increasing function is at least `p`, between two numbers.
pub(super) fn least(mut low: f64, mut high: f64, p: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return if cdf(low) >= p { low } else { high };
        }
        if cdf(middle) >= p {
            high = middle;
        } else {
            low = middle;
        }
    }
}

/// The integral from 0 to 1 of a function that may be infinite at both ends.
///
/// H. Takahasi, M. Mori, "Double exponential formulas for numerical integration", 1974. The error
/// is about 1e-13 for quantile functions of common distributions.
///
/// # Cost
/// 449 values of the function.
pub(super) fn mean_over_unit(of: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 64.0;
    let mut sum = 0.0;
    for at in -224..=224_i32 {
        let t = f64::from(at) * STEP;
        let power = std::f64::consts::PI * libm::sinh(t);
        // The distance from the nearer end.
        let near = 1.0 / (1.0 + libm::exp(power.abs()));
        let u = if t < 0.0 { near } else { 1.0 - near };
        if u <= 0.0 || u >= 1.0 {
            continue;
        }
        let weight = std::f64::consts::PI * libm::cosh(t) * near * (1.0 - near);
        sum += weight * of(u);
    }
    sum * STEP
}
