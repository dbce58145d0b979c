//! Distributions of whole numbers whose quantiles have a formula.

/// The parameters are checked by whoever makes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Whole {
    Uniform {
        low: i64,
        high: i64,
    },
    Bernoulli {
        p: f64,
    },
    /// The number of trials up to the first success, that one included.
    Geometric {
        p: f64,
    },
}

impl Whole {
    pub(super) const fn support(&self) -> (f64, f64) {
        match *self {
            Self::Uniform { low, high } => (low as f64, high as f64),
            Self::Bernoulli { .. } => (0.0, 1.0),
            Self::Geometric { .. } => (1.0, f64::INFINITY),
        }
    }

    pub(super) fn mean(&self) -> f64 {
        match *self {
            Self::Uniform { low, high } => low as f64 + (high as f64 - low as f64) / 2.0,
            Self::Bernoulli { p } => p,
            Self::Geometric { p } => 1.0 / p,
        }
    }

    pub(super) fn variance(&self) -> f64 {
        match *self {
            Self::Uniform { low, high } => {
                let count = high as f64 - low as f64 + 1.0;
                (count * count - 1.0) / 12.0
            }
            Self::Bernoulli { p } => p * (1.0 - p),
            Self::Geometric { p } => (1.0 - p) / (p * p),
        }
    }

    /// For any `x`.
    pub(super) fn cdf(&self, x: f64) -> f64 {
        let k = libm::floor(x);
        let (low, high) = self.support();
        if k < low {
            return 0.0;
        }
        if k >= high {
            return 1.0;
        }
        match *self {
            Self::Uniform { .. } => (k - low + 1.0) / (high - low + 1.0),
            Self::Bernoulli { p } => 1.0 - p,
            Self::Geometric { p } => -libm::expm1(k * libm::log1p(-p)),
        }
    }

    /// The smallest number that is at least as probable not to be passed as `p`, in (0, 1).
    #[inline]
    pub(super) fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Uniform { low, high } => {
                let count = high as f64 - low as f64 + 1.0;
                (low as f64 + libm::ceil(p * count) - 1.0).clamp(low as f64, high as f64)
            }
            Self::Bernoulli { p: success } => f64::from(p > 1.0 - success),
            Self::Geometric { p: success } => {
                let quotient = libm::log1p(-p) / libm::log1p(-success);
                let trials = libm::ceil(quotient).max(1.0);
                // It may have been rounded to the other side of a whole number.
                let is_near = trials > 1.0 && quotient - (trials - 1.0) < 1e-12 * trials;
                if is_near && self.cdf(trials - 1.0) >= p { trials - 1.0 } else { trials }
            }
        }
    }
}
