//! Distributions on a line.

use crate::random::distribution::continuous::Continuous;
use crate::random::distribution::given::Checked;
use crate::random::distribution::{Distribution, DistributionError, Law};

type Made = Result<Distribution, DistributionError>;

const fn make(checked: &Checked, law: Continuous) -> Distribution {
    Distribution { law: Law::Continuous(law, checked.0) }
}

/// # Making one
/// Each function fails with a [`DistributionError`] that names the parameter, if it has a value
/// that it cannot have.
impl Distribution {
    /// Always the same number.
    ///
    /// # Errors
    /// The number is infinite or NaN.
    pub fn constant(value: f64) -> Made {
        let checked = Checked::new("constant", &["value"], &[value])?;
        Ok(make(&checked, Continuous::Constant { value }))
    }

    /// All numbers between two with the same density.
    ///
    /// # Errors
    /// `high` is not above `low`.
    pub fn uniform(low: f64, high: f64) -> Made {
        let checked = Checked::new("uniform", &["low", "high"], &[low, high])?;
        let checked = checked.above("high", "low", "above low")?;
        Ok(make(&checked, Continuous::Uniform { low, high }))
    }

    /// The exponential distribution: the time up to an event that is equally likely at each moment.
    ///
    /// # Errors
    /// `mean` is not above 0.
    pub fn exponential(mean: f64) -> Made {
        let checked = Checked::new("exponential", &["mean"], &[mean])?.positive(&["mean"])?;
        Ok(make(&checked, Continuous::Exponential { mean }))
    }

    /// The sum of so many exponential stages, with that mean in all. Not drawn by inversion.
    ///
    /// # Errors
    /// There are no stages, or `mean` is not above 0.
    pub fn erlang(stages: u32, mean: f64) -> Made {
        let shape = f64::from(stages);
        let checked = Checked::new("erlang", &["stages", "mean"], &[shape, mean])?;
        let checked = checked.whole("stages", 1.0)?.positive(&["mean"])?;
        Ok(make(&checked, Continuous::Gamma { shape, scale: mean / shape }))
    }

    /// The gamma distribution; its mean is `shape` times `scale`. Not drawn by inversion.
    ///
    /// # Errors
    /// A parameter is not above 0, or the shape is above 1e12.
    pub fn gamma(shape: f64, scale: f64) -> Made {
        let checked = Checked::new("gamma", &["shape", "scale"], &[shape, scale])?;
        let checked = checked.shapes(&["shape"])?.positive(&["scale"])?;
        Ok(make(&checked, Continuous::Gamma { shape, scale }))
    }

    /// The Weibull distribution: of the time up to a failure, ever more likely with age if the
    /// shape is above 1, and ever less below.
    ///
    /// # Errors
    /// A parameter is not above 0.
    pub fn weibull(shape: f64, scale: f64) -> Made {
        let checked = Checked::new("weibull", &["shape", "scale"], &[shape, scale])?;
        let checked = checked.positive(&["shape", "scale"])?;
        Ok(make(&checked, Continuous::Weibull { shape, scale }))
    }

    /// The normal distribution. It has negative numbers: for a span, give
    /// [`truncated_normal`](Self::truncated_normal).
    ///
    /// # Errors
    /// The standard deviation is not above 0.
    pub fn normal(mean: f64, sd: f64) -> Made {
        let checked = Checked::new("normal", &["mean", "sd"], &[mean, sd])?.positive(&["sd"])?;
        Ok(make(&checked, Continuous::Normal { mean, sd }))
    }

    /// The lognormal distribution with that mean and coefficient of variation (standard deviation
    /// by mean).
    ///
    /// # Errors
    /// A parameter is not above 0.
    pub fn lognormal(mean: f64, cv: f64) -> Made {
        let checked = Checked::new("lognormal", &["mean", "cv"], &[mean, cv])?;
        let checked = checked.positive(&["mean", "cv"])?;
        let square = libm::log1p(cv * cv);
        let (mu, sigma) = (libm::log(mean) - square / 2.0, libm::sqrt(square));
        Ok(make(&checked, Continuous::Lognormal { mu, sigma }))
    }

    /// The distribution of a number whose logarithm is normal, with that mean and standard
    /// deviation of the logarithm.
    ///
    /// # Errors
    /// `sigma` is not above 0, or a parameter is above 100.
    pub fn lognormal_of_log(mu: f64, sigma: f64) -> Made {
        let checked = Checked::new("lognormal", &["mu", "sigma"], &[mu, sigma])?;
        let checked = checked.positive(&["sigma"])?;
        checked.holds("mu", mu.abs() <= 100.0, "between -100 and 100")?;
        checked.holds("sigma", sigma <= 10.0, "up to 10")?;
        Ok(make(&checked, Continuous::Lognormal { mu, sigma }))
    }

    /// The triangular distribution: its density rises up to the mode, and falls after it.
    ///
    /// # Errors
    /// The mode is not between the ends, or they are equal.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Made {
        let checked = Checked::new("triangular", &["low", "mode", "high"], &[low, mode, high])?;
        Ok(make(&checked.mode()?, Continuous::Triangular { low, mode, high }))
    }

    /// The PERT distribution: the beta distribution between two numbers whose mean is (low + 4 mode
    /// + high) / 6. Not drawn by inversion.
    ///
    /// Source: D. G. Malcolm, J. H. Roseboom, C. E. Clark, W. Fazar, "Application of a technique
    /// for research and development program evaluation", Operations Research 7 (1959), 646-669.
    ///
    /// # Errors
    /// The mode is not between the ends, or they are equal.
    pub fn pert(low: f64, mode: f64, high: f64) -> Made {
        let checked = Checked::new("pert", &["low", "mode", "high"], &[low, mode, high])?.mode()?;
        let width = high - low;
        let (a, b) = (1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width);
        Ok(make(&checked, Continuous::Beta { a, b, low, width }))
    }

    /// The beta distribution on 0 to 1. Not drawn by inversion.
    ///
    /// # Errors
    /// A parameter is not above 0, or above 1e12.
    pub fn beta(a: f64, b: f64) -> Made {
        let checked = Checked::new("beta", &["a", "b"], &[a, b])?.shapes(&["a", "b"])?;
        Ok(make(&checked, Continuous::Beta { a, b, low: 0.0, width: 1.0 }))
    }

    /// The Pareto distribution of the first type, from `scale`: the probability to exceed x is
    /// (scale / x) ^ shape.
    ///
    /// # Errors
    /// A parameter is not above 0.
    pub fn pareto(shape: f64, scale: f64) -> Made {
        let checked = Checked::new("pareto", &["shape", "scale"], &[shape, scale])?;
        let checked = checked.positive(&["shape", "scale"])?;
        Ok(make(&checked, Continuous::Pareto { shape, scale }))
    }

    /// The log-logistic distribution; its median is `scale`.
    ///
    /// # Errors
    /// A parameter is not above 0.
    pub fn log_logistic(shape: f64, scale: f64) -> Made {
        let checked = Checked::new("log_logistic", &["shape", "scale"], &[shape, scale])?;
        let checked = checked.positive(&["shape", "scale"])?;
        Ok(make(&checked, Continuous::LogLogistic { shape, scale }))
    }

    /// The unbounded distribution of Johnson: gamma + delta asinh((x - location) / scale) is
    /// standard normal.
    ///
    /// Source: N. L. Johnson, "Systems of frequency curves generated by methods of translation",
    /// Biometrika 36 (1949), 149-176.
    ///
    /// # Errors
    /// `delta` is not from 0.05 to 1e12, `gamma` is above 300 times `delta` in magnitude,
    /// or `scale` is not above 0.
    pub fn johnson_unbounded(gamma: f64, delta: f64, location: f64, scale: f64) -> Made {
        let names = &["gamma", "delta", "location", "scale"];
        let checked = Checked::new("johnson_su", names, &[gamma, delta, location, scale])?;
        let checked = checked.positive(&["scale"])?.johnson()?;
        Ok(make(&checked, Continuous::JohnsonUnbounded { gamma, delta, location, scale }))
    }

    /// The bounded distribution of Johnson, between `location` and `location` + `scale`: with y as
    /// the place between them, from 0 to 1, gamma + delta log(y / (1 - y)) is standard normal.
    ///
    /// # Errors
    /// `delta` is not from 0.05 to 1e12, `gamma` is above 300 times `delta` in magnitude,
    /// or `scale` is not above 0.
    pub fn johnson_bounded(gamma: f64, delta: f64, location: f64, scale: f64) -> Made {
        let names = &["gamma", "delta", "location", "scale"];
        let checked = Checked::new("johnson_sb", names, &[gamma, delta, location, scale])?;
        let checked = checked.positive(&["scale"])?.johnson()?;
        Ok(make(&checked, Continuous::JohnsonBounded { gamma, delta, location, scale }))
    }
}
