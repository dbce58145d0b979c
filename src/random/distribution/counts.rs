//! Distributions of numbers of events, drawn by a table of their probabilities.

/// The parameters are checked by whoever makes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Counted {
    Binomial {
        trials: u64,
        p: f64,
    },
    Poisson {
        mean: f64,
    },
    /// The number of failures before so many successes.
    NegativeBinomial {
        successes: f64,
        p: f64,
    },
}

/// The most probabilities on each side of the most probable number.
const MOST: usize = 1 << 20;
/// Probabilities that are this small beside the largest one cannot be drawn.
const NOTHING: f64 = 1e-20;

impl Counted {
    /// The probability of `k` + 1 to that of `k`.
    fn ratio(&self, k: f64) -> f64 {
        match *self {
            Self::Binomial { trials, p } => (trials as f64 - k) / (k + 1.0) * (p / (1.0 - p)),
            Self::Poisson { mean } => mean / (k + 1.0),
            Self::NegativeBinomial { successes, p } => (k + successes) / (k + 1.0) * (1.0 - p),
        }
    }

    /// The most probable number.
    fn mode(&self) -> f64 {
        match *self {
            Self::Binomial { trials, p } => {
                libm::floor((trials as f64 + 1.0) * p).min(trials as f64)
            }
            Self::Poisson { mean } => libm::floor(mean),
            Self::NegativeBinomial { successes, p } if successes > 1.0 => {
                libm::floor((successes - 1.0) * (1.0 - p) / p)
            }
            Self::NegativeBinomial { .. } => 0.0,
        }
    }

    const fn highest(&self) -> f64 {
        match *self {
            Self::Binomial { trials, .. } => trials as f64,
            Self::Poisson { .. } | Self::NegativeBinomial { .. } => f64::INFINITY,
        }
    }

    pub(super) fn mean(&self) -> f64 {
        match *self {
            Self::Binomial { trials, p } => trials as f64 * p,
            Self::Poisson { mean } => mean,
            Self::NegativeBinomial { successes, p } => successes * (1.0 - p) / p,
        }
    }

    pub(super) fn variance(&self) -> f64 {
        match *self {
            Self::Binomial { trials, p } => trials as f64 * p * (1.0 - p),
            Self::Poisson { mean } => mean,
            Self::NegativeBinomial { successes, p } => successes * (1.0 - p) / (p * p),
        }
    }

    /// The distribution that is almost the same when there are too many numbers for a table.
    pub(super) fn near(&self) -> String {
        match *self {
            Self::NegativeBinomial { successes, p } => {
                format!("gamma(shape={successes}, scale={})", (1.0 - p) / p)
            }
            Self::Binomial { .. } | Self::Poisson { .. } => {
                format!("normal(mean={}, sd={})", self.mean(), libm::sqrt(self.variance()))
            }
        }
    }
}

/// A distribution with the probabilities to be at most each number, from the first that is
/// possible.
#[derive(Debug, PartialEq)]
pub(super) struct Counts {
    pub(super) law: Counted,
    first: f64,
    cumulative: Vec<f64>,
    /// For each of equal parts of (0, 1), the place at which the search begins.
    ///
    /// H. C. Chen, Y. Asau, "On generating random variates from an empirical distribution", AIIE
    /// Transactions 6 (1974), 163-166.
    guide: Vec<u32>,
}

impl Counts {
    /// None if the table would be too large.
    ///
    /// The probabilities are made from the most probable number on, each from the one before, so
    /// that none is needed by a formula. The error of a sum is about its length times 1e-16.
    pub(super) fn new(law: Counted) -> Option<Self> {
        let mode = law.mode();
        let (mut below, mut above) = (Vec::new(), vec![1.0]);
        let (mut k, mut probability) = (mode, 1.0);
        while probability > NOTHING {
            probability *= law.ratio(k);
            k += 1.0;
            above.push(probability);
            if above.len() > MOST {
                return None;
            }
        }
        (k, probability) = (mode, 1.0);
        while k > 0.0 && probability > NOTHING {
            k -= 1.0;
            probability /= law.ratio(k);
            below.push(probability);
            if below.len() > MOST {
                return None;
            }
        }
        let first = mode - below.len() as f64;
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = below.into_iter().rev().chain(above).collect();
        for one in &mut cumulative {
            sum += *one;
            *one = sum;
        }
        for one in &mut cumulative {
            *one /= sum;
        }
        let guide = guide(&cumulative);
        Some(Self { law, first, cumulative, guide })
    }

    pub(super) const fn support(&self) -> (f64, f64) {
        (0.0, self.law.highest())
    }

    /// The smallest number that is at least as probable not to be passed as `p`, in (0, 1).
    #[inline]
    pub(super) fn quantile(&self, p: f64) -> f64 {
        let parts = self.guide.len();
        let part = ((p * parts as f64) as usize).min(parts - 1);
        let mut at = self.guide[part] as usize;
        // The product may have been rounded up.
        while at > 0 && self.cumulative[at - 1] >= p {
            at -= 1;
        }
        while at + 1 < self.cumulative.len() && self.cumulative[at] < p {
            at += 1;
        }
        self.first + at as f64
    }

    /// For any `x`.
    pub(super) fn cdf(&self, x: f64) -> f64 {
        let k = libm::floor(x);
        if k < self.first {
            return 0.0;
        }
        let at = (k - self.first) as usize;
        self.cumulative.get(at).copied().unwrap_or(1.0)
    }
}

/// For each of as many equal parts of (0, 1) as there are sums, the first sum in it.
fn guide(cumulative: &[f64]) -> Vec<u32> {
    let parts = cumulative.len();
    let mut at = 0;
    let first = |part: usize| {
        let p = part as f64 / parts as f64;
        while cumulative[at] < p {
            at += 1;
        }
        at as u32
    };
    (0..parts).map(first).collect()
}
