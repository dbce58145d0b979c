//! Products and quotients of whole nanoseconds with floats, rounded once: to the nearest
//! value, ties to even. Only integers are computed with, so every machine gets the same bits.

use std::cmp::Ordering;

/// A finite float that is not negative, as `mantissa * 2^exponent`.
fn parts(value: f64) -> (u64, i32) {
    const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = value.to_bits() & !(1 << 63);
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    match (bits >> FRACTION_BITS) as i32 {
        0 => (fraction, -1_074),
        exponent => (fraction | 1 << FRACTION_BITS, exponent - 1_075),
    }
}

/// Whether a float can be a factor or a divisor of a span.
pub(super) fn is_factor(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

/// The whole number nearest to `count * factor`; `None` from 2^64.
/// `factor` is finite and not negative.
pub(super) fn product(count: u64, factor: f64) -> Option<u64> {
    let (mantissa, exponent) = parts(factor);
    let product = u128::from(count) * u128::from(mantissa);
    if product == 0 {
        return Some(0);
    }
    match exponent {
        64.. => None,
        0..64 => u64::try_from(product).ok()?.checked_mul(1 << exponent),
        // A product has at most 117 bits, so it is less than a half here.
        ..-118 => Some(0),
        -118..0 => u64::try_from(quotient(product, 1 << -exponent)).ok(),
    }
}

/// The whole number nearest to `count / divisor`; `None` from 2^64.
/// `divisor` is finite and above zero.
pub(super) fn divided(count: u64, divisor: f64) -> Option<u64> {
    let (mantissa, exponent) = parts(divisor);
    let (count, mantissa) = (u128::from(count), u128::from(mantissa));
    if count == 0 {
        return Some(0);
    }
    match exponent {
        // The divisor has at least 52 + 14 bits, so the quotient is less than a half.
        14.. => Some(0),
        0..14 => u64::try_from(quotient(count, mantissa << exponent)).ok(),
        // A dividend of more than 128 bits, divided by at most 53 bits, is above 2^64.
        -127..0 if count.leading_zeros() as i32 >= -exponent => {
            u64::try_from(quotient(count << -exponent, mantissa)).ok()
        }
        _ => None,
    }
}

/// The whole number nearest to `count / divisor`.
pub(super) fn quotient(count: u128, divisor: u128) -> u128 {
    let (whole, rest) = (count / divisor, count % divisor);
    let up = match rest.cmp(&(divisor - rest)) {
        Ordering::Less => false,
        Ordering::Equal => whole % 2 == 1,
        Ordering::Greater => true,
    };
    whole + u128::from(up)
}

/// The float nearest to `count / divisor`, which is not zero.
pub(super) fn ratio(count: u64, divisor: u64) -> f64 {
    const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;
    if count <= EXACT && divisor <= EXACT {
        return count as f64 / divisor as f64;
    }
    // The quotient has 64 bits or more, so rounding only needs to know whether there is a
    // remainder.
    let shift = u128::from(count).leading_zeros().min(127);
    let count = u128::from(count) << shift;
    let (whole, rest) = (count / u128::from(divisor), count % u128::from(divisor));
    (whole | u128::from(rest != 0)) as f64 / (1_u128 << shift) as f64
}
