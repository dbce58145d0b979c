//! Compensated sums.

/// A sum, and the sum of its rounding errors (Neumaier 1974). Each error is computed without
/// a branch (Knuth).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, value: f64) {
        let sum = self.high + value;
        let added = sum - self.high;
        let error = (self.high - (sum - added)) + (value - added);
        self.high = sum;
        self.low += error;
    }

    pub(crate) fn parts(&self) -> [f64; 2] {
        [self.high, self.low]
    }

    pub(crate) fn of_parts([high, low]: [f64; 2]) -> Self {
        Self { high, low }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.add(other.high);
        self.low += other.low;
    }

    pub(crate) fn value(&self) -> f64 {
        self.high + self.low
    }

    /// `value` minus this sum.
    pub(super) fn below(&self, value: f64) -> f64 {
        (value - self.high) - self.low
    }

    pub(super) fn minus(&self, other: &Self) -> f64 {
        (self.high - other.high) + (self.low - other.low)
    }

    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = Self::default();
        for value in values {
            sum.add(value);
        }
        sum.value()
    }
}
