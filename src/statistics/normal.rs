//! Quantiles of the normal distribution.

/// 1 / sqrt(2 pi).
const HEIGHT: f64 = 0.398_942_280_401_432_7;
const SQRT_2: f64 = std::f64::consts::SQRT_2;

/// The number that a standard normal variable exceeds with probability `tail`, in (0, 1/2).
///
/// It starts from formula 26.2.23 of M. Abramowitz, I. A. Stegun, "Handbook of Mathematical
/// Functions" (1964), with an error below 4.5e-4. Three steps of Halley's method follow; each
/// triples the number of correct digits.
pub(super) fn upper(tail: f64) -> f64 {
    let t = libm::sqrt(-2.0 * libm::log(tail));
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = t - above / below;
    for _ in 0..3 {
        let density = HEIGHT * libm::exp(-0.5 * z * z);
        let newton = (0.5 * libm::erfc(z / SQRT_2) - tail) / density;
        z += newton / (1.0 - 0.5 * z * newton);
    }
    z
}
