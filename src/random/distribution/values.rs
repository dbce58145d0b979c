//! Distributions of given numbers.

/// Numbers with their weights, or observed ones.
#[derive(Debug, PartialEq)]
pub(super) struct Values {
    /// In increasing order.
    pub(super) values: Vec<f64>,
    /// What they were given with.
    pub(super) weights: Vec<f64>,
    cumulative: Vec<f64>,
}

impl Values {
    pub(super) fn new(mut pairs: Vec<(f64, f64)>) -> Self {
        pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (values, weights): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        let all: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = weights
            .iter()
            .map(|weight| {
                sum += weight;
                sum / all
            })
            .collect();
        if let Some(last) = cumulative.last_mut() {
            *last = 1.0;
        }
        Self { values, weights, cumulative }
    }

    pub(super) fn support(&self) -> (f64, f64) {
        (self.values[0], self.values[self.values.len() - 1])
    }

    /// The values with the parts of the whole that they are.
    fn shares(&self) -> impl Iterator<Item = (f64, f64)> {
        let all: f64 = self.weights.iter().sum();
        self.values.iter().zip(&self.weights).map(move |(value, weight)| (*value, weight / all))
    }

    pub(super) fn mean(&self) -> f64 {
        self.shares().map(|(value, share)| value * share).sum()
    }

    pub(super) fn variance(&self) -> f64 {
        let mean = self.mean();
        self.shares().map(|(value, share)| (value - mean) * (value - mean) * share).sum()
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        match self.values.partition_point(|value| *value <= x) {
            0 => 0.0,
            passed => self.cumulative[passed - 1],
        }
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        let at = self.cumulative.partition_point(|cumulative| *cumulative < p);
        self.values[at.min(self.values.len() - 1)]
    }

    /// The quantile with straight lines between the values; the three functions that follow are of
    /// that distribution, too.
    pub(super) fn line_quantile(&self, p: f64) -> f64 {
        let place = p * (self.values.len() - 1) as f64;
        let at = (place as usize).min(self.values.len() - 2);
        let (low, high) = (self.values[at], self.values[at + 1]);
        low + (place - at as f64) * (high - low)
    }

    pub(super) fn line_cdf(&self, x: f64) -> f64 {
        let passed = self.values.partition_point(|value| *value <= x);
        if passed == 0 {
            return 0.0;
        }
        let Some(next) = self.values.get(passed) else { return 1.0 };
        let low = self.values[passed - 1];
        ((passed - 1) as f64 + (x - low) / (next - low)) / (self.values.len() - 1) as f64
    }

    pub(super) fn line_mean(&self) -> f64 {
        let parts = (self.values.len() - 1) as f64;
        self.values.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).sum::<f64>() / parts
    }

    pub(super) fn line_variance(&self) -> f64 {
        let (mean, parts) = (self.line_mean(), (self.values.len() - 1) as f64);
        // The integral of the square over a straight line.
        let of = |pair: &[f64]| {
            let (low, high) = (pair[0] - mean, pair[1] - mean);
            (low * low + low * high + high * high) / 3.0
        };
        self.values.windows(2).map(of).sum::<f64>() / parts
    }
}
