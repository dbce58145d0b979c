//! Distributions whose values lie on a line: formulas of their moments, probabilities and
//! quantiles.

use super::numeric;
use super::words::{SubStream, to_unit};
use crate::statistics::log::{exp, log, log_of_normal};
use crate::statistics::special::{beta_cdf, gamma_cdf, normal_cdf, normal_quantile};
use std::f64::consts::PI;

/// The parameters are checked by whoever makes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Continuous {
    Constant {
        value: f64,
    },
    Uniform {
        low: f64,
        high: f64,
    },
    Exponential {
        mean: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    /// On `low` to `low` + `width`.
    Beta {
        a: f64,
        b: f64,
        low: f64,
        width: f64,
    },
    Pareto {
        shape: f64,
        scale: f64,
    },
    LogLogistic {
        shape: f64,
        scale: f64,
    },
    JohnsonUnbounded {
        gamma: f64,
        delta: f64,
        location: f64,
        scale: f64,
    },
    JohnsonBounded {
        gamma: f64,
        delta: f64,
        location: f64,
        scale: f64,
    },
}

impl Continuous {
    pub(super) fn support(&self) -> (f64, f64) {
        match *self {
            Self::Constant { value } => (value, value),
            Self::Uniform { low, high } | Self::Triangular { low, high, .. } => (low, high),
            Self::Exponential { .. }
            | Self::Gamma { .. }
            | Self::Weibull { .. }
            | Self::Lognormal { .. }
            | Self::LogLogistic { .. } => (0.0, f64::INFINITY),
            Self::Normal { .. } | Self::JohnsonUnbounded { .. } => {
                (f64::NEG_INFINITY, f64::INFINITY)
            }
            Self::Beta { low, width, .. } => (low, low + width),
            Self::Pareto { scale, .. } => (scale, f64::INFINITY),
            Self::JohnsonBounded { location, scale, .. } => (location, location + scale),
        }
    }

    pub(super) fn mean(&self) -> f64 {
        match *self {
            Self::Constant { value } => value,
            Self::Uniform { low, high } => low + (high - low) / 2.0,
            Self::Exponential { mean } | Self::Normal { mean, .. } => mean,
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Beta { a, b, low, width } => low + width * (a / (a + b)),
            Self::Pareto { shape, scale } if shape > 1.0 => scale * shape / (shape - 1.0),
            Self::LogLogistic { shape, scale } if shape > 1.0 => {
                scale * (PI / shape) / libm::sin(PI / shape)
            }
            Self::Pareto { .. } | Self::LogLogistic { .. } => f64::INFINITY,
            Self::JohnsonUnbounded { gamma, delta, location, scale } => {
                let spread = libm::exp(0.5 / (delta * delta));
                location - scale * spread * libm::sinh(gamma / delta)
            }
            Self::JohnsonBounded { location, scale, .. } => {
                location + scale * numeric::mean_over_unit(|u| self.share_of_width(u))
            }
        }
    }

    pub(super) fn variance(&self) -> f64 {
        match *self {
            Self::Constant { .. } => 0.0,
            Self::Uniform { low, high } => (high - low) * (high - low) / 12.0,
            Self::Exponential { mean } => mean * mean,
            Self::Gamma { shape, scale } => shape * scale * scale,
            Self::Weibull { shape, scale } => {
                let (first, second) =
                    (libm::tgamma(1.0 + 1.0 / shape), libm::tgamma(1.0 + 2.0 / shape));
                if second.is_infinite() {
                    return f64::INFINITY;
                }
                scale * scale * (second - first * first)
            }
            Self::Normal { sd, .. } => sd * sd,
            Self::Lognormal { mu, sigma } => {
                let square = sigma * sigma;
                libm::expm1(square) * libm::exp(2.0 * mu + square)
            }
            Self::Triangular { low, mode, high } => {
                // By differences, which do not cancel for numbers that are far from 0.
                let (first, second) = (mode - low, high - mode);
                (first * first + first * second + second * second) / 18.0
            }
            Self::Beta { a, b, width, .. } => {
                let sum = a + b;
                width * width * (a / sum) * (b / sum) / (sum + 1.0)
            }
            Self::Pareto { shape, scale } if shape > 2.0 => {
                scale * scale * shape / ((shape - 1.0) * (shape - 1.0) * (shape - 2.0))
            }
            Self::LogLogistic { shape, scale } if shape > 2.0 => {
                let b = PI / shape;
                let ratio = b / libm::sin(b);
                scale * scale * (2.0 * b / libm::sin(2.0 * b) - ratio * ratio)
            }
            Self::Pareto { .. } | Self::LogLogistic { .. } => f64::INFINITY,
            Self::JohnsonUnbounded { gamma, delta, scale, .. } => {
                let square = 1.0 / (delta * delta);
                let cosh = libm::cosh(2.0 * gamma / delta);
                0.5 * scale * scale * libm::expm1(square) * (libm::exp(square) * cosh + 1.0)
            }
            Self::JohnsonBounded { scale, .. } => {
                let mean = numeric::mean_over_unit(|u| self.share_of_width(u));
                let square = |share: f64| (share - mean) * (share - mean);
                scale * scale * numeric::mean_over_unit(|u| square(self.share_of_width(u)))
            }
        }
    }

    /// For the bounded distribution of Johnson: the quantile as a share of its width.
    fn share_of_width(&self, u: f64) -> f64 {
        let Self::JohnsonBounded { gamma, delta, .. } = *self else { return 0.0 };
        1.0 / (1.0 + libm::exp(-(normal_quantile(u) - gamma) / delta))
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        let (low, high) = self.support();
        if x >= high {
            return 1.0;
        }
        if x < low {
            return 0.0;
        }
        match *self {
            Self::Constant { .. } => 1.0,
            Self::Uniform { low, high } => (x - low) / (high - low),
            Self::Exponential { mean } => -libm::expm1(-x / mean),
            Self::Gamma { shape, scale } => gamma_cdf(shape, x / scale).0,
            Self::Weibull { shape, scale } => -libm::expm1(-libm::pow(x / scale, shape)),
            Self::Normal { mean, sd } => normal_cdf((x - mean) / sd),
            Self::Lognormal { mu, sigma } => normal_cdf((libm::log(x) - mu) / sigma),
            Self::Triangular { low, mode, high } => {
                if x <= mode {
                    if mode == low {
                        0.0
                    } else {
                        (x - low) / (high - low) * ((x - low) / (mode - low))
                    }
                } else {
                    1.0 - (high - x) / (high - low) * ((high - x) / (high - mode))
                }
            }
            Self::Beta { a, b, low, width } => beta_cdf(a, b, (x - low) / width).0,
            Self::Pareto { shape, scale } => -libm::expm1(-shape * libm::log(x / scale)),
            Self::LogLogistic { shape, scale } => {
                if x == 0.0 {
                    0.0
                } else {
                    1.0 / (1.0 + libm::pow(x / scale, -shape))
                }
            }
            Self::JohnsonUnbounded { gamma, delta, location, scale } => {
                normal_cdf(gamma + delta * libm::asinh((x - location) / scale))
            }
            Self::JohnsonBounded { gamma, delta, location, scale } => {
                let share = (x - location) / scale;
                normal_cdf(gamma + delta * libm::log(share / (1.0 - share)))
            }
        }
    }

    /// For `p` in (0, 1).
    pub(super) fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Constant { value } => value,
            Self::Uniform { low, high } => low + p * (high - low),
            Self::Exponential { mean } => mean * rarity(p),
            Self::Gamma { shape, scale } => scale * numeric::gamma_quantile(shape, p),
            Self::Weibull { shape, scale } => scale * libm::pow(rarity(p), 1.0 / shape),
            Self::Normal { mean, sd } => mean + sd * normal_quantile(p),
            Self::Lognormal { mu, sigma } => exp(mu + sigma * normal_quantile(p)),
            Self::Triangular { low, mode, high } => {
                let width = high - low;
                if p * width <= mode - low {
                    low + libm::sqrt(p * width * (mode - low))
                } else {
                    high - libm::sqrt((1.0 - p) * width * (high - mode))
                }
            }
            Self::Beta { a, b, low, width } => low + width * numeric::beta_quantile(a, b, p),
            Self::Pareto { shape, scale } => scale * exp(rarity(p) / shape),
            Self::LogLogistic { shape, scale } => scale * libm::pow(p / (1.0 - p), 1.0 / shape),
            Self::JohnsonUnbounded { gamma, delta, location, scale } => {
                location + scale * libm::sinh((normal_quantile(p) - gamma) / delta)
            }
            Self::JohnsonBounded { location, scale, .. } => {
                location + scale * self.share_of_width(p)
            }
        }
    }

    /// The value that a word gives. Those that are drawn most stand here, so that a draw calls no
    /// further function.
    #[inline(always)]
    pub(super) fn of_word(&self, word: u64) -> f64 {
        match *self {
            Self::Uniform { low, high } => low + to_unit(word) * (high - low),
            // The number of the complement is exact, also for the smallest ones.
            Self::Exponential { mean } => -mean * log_of_normal(to_unit(!word)),
            Self::Normal { mean, sd } => mean + sd * normal_quantile(to_unit(word)),
            Self::Lognormal { mu, sigma } => exp(mu + sigma * normal_quantile(to_unit(word))),
            _ => self.of_word_by_call(word),
        }
    }

    /// By inversion, except for gamma and beta distributions.
    #[inline(never)]
    fn of_word_by_call(&self, word: u64) -> f64 {
        match *self {
            Self::Gamma { shape, scale } if shape >= 1.0 => {
                scale * SubStream::new(word).gamma(shape)
            }
            Self::Gamma { shape, scale } => scale * exp(SubStream::new(word).log_gamma(shape)),
            Self::Beta { a, b, low, width } if a >= 1.0 && b >= 1.0 => {
                let mut words = SubStream::new(word);
                let (one, other) = (words.gamma(a), words.gamma(b));
                low + width * (one / (one + other))
            }
            Self::Beta { a, b, low, width } => {
                let mut words = SubStream::new(word);
                let (one, other) = (words.log_gamma(a), words.log_gamma(b));
                low + width / (1.0 + exp(other - one))
            }
            _ => self.quantile(to_unit(word)),
        }
    }
}

/// -log(1 - p): the exponential quantile. The difference has no error for the numbers that words
/// give, and for others one that does not count, if p is not small.
#[inline]
fn rarity(p: f64) -> f64 {
    if p < 1.0 / 64.0 { -libm::log1p(-p) } else { -log(1.0 - p) }
}
