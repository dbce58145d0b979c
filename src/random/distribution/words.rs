//! What is made of one word of a stream.

use crate::statistics::log::log;
use crate::statistics::special::normal_quantile;

/// A number in (0, 1), in the middle of one of 2^52 equal parts. The complement of the word gives
/// the complement of the number, exactly: that is the other one of an antithetic pair.
#[inline]
pub(super) fn to_unit(word: u64) -> f64 {
    // The bits are those of a number in [1, 2), in steps of 2^-52. The difference is exact. This takes
    // fewer instructions than the conversion of a whole number.
    f64::from_bits(1.0_f64.to_bits() | word >> 12) - (1.0 - 0.5 * f64::EPSILON)
}

/// As many words as it takes, all made of one: so a rejection method takes one word of its stream,
/// and the place of the stream depends on the number of draws alone.
///
/// SplitMix64 of G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014.
pub(super) struct SubStream(u64);

impl SubStream {
    pub(super) const fn new(word: u64) -> Self {
        Self(word)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A gamma variable of scale 1. See [`Self::log_gamma`] for small shapes.
    ///
    /// G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM
    /// Transactions on Mathematical Software 26 (2000), 363-372.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let z = normal_quantile(to_unit(self.next()));
            let root = 1.0 + c * z;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let u = to_unit(self.next());
            let square = z * z;
            if u < 1.0 - 0.0331 * square * square || log(u) < 0.5 * square + d * (1.0 - v + log(v))
            {
                return d * v;
            }
        }
    }

    /// The logarithm of a gamma variable of scale 1. For small shapes, most of these variables are
    /// smaller than the smallest number.
    pub(super) fn log_gamma(&mut self, shape: f64) -> f64 {
        if shape >= 1.0 {
            return log(self.gamma(shape));
        }
        let raised = log(self.gamma(shape + 1.0));
        raised + log(to_unit(self.next())) / shape
    }
}
