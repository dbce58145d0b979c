//! Special functions: the incomplete gamma and beta functions, and quantiles of the normal
//! distribution.

use super::log::log;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The probability that a standard normal variable is at most `z`.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The number that a standard normal variable does not exceed with probability `p`, in (0, 1).
///
/// Algorithm AS 241, PPND16, of M. J. Wichura, "The percentage points of the normal
/// distribution", Applied Statistics 37 (1988), 477-484. Its relative error is about 1e-16.
#[inline(always)]
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRAL);
    }
    let r = libm::sqrt(-log(if q < 0.0 { p } else { 1.0 - p }));
    let z = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    if q < 0.0 { -z } else { z }
}

/// The quotient of two polynomials. The order of the terms lets a processor work on several at
/// once.
#[inline(always)]
fn ratio(r: f64, [above, below]: &[[f64; 8]; 2]) -> f64 {
    let square = r * r;
    let fourth = square * square;
    let value = |of: &[f64; 8]| {
        let [h, g, f, e, d, c, b, a] = of;
        let (low, high) = ((a + b * r) + square * (c + d * r), (e + f * r) + square * (g + h * r));
        low + fourth * high
    };
    value(above) / value(below)
}

const CENTRAL: [[f64; 8]; 2] = [
    [
        2_509.080_928_730_122_7,
        33_430.575_583_588_13,
        67_265.770_927_008_7,
        45_921.953_931_549_87,
        13_731.693_765_509_46,
        1_971.590_950_306_551_4,
        133.141_667_891_784_37,
        3.387_132_872_796_366_5,
    ],
    [
        5_226.495_278_852_854,
        28_729.085_735_721_943,
        39_307.895_800_092_71,
        21_213.794_301_586_597,
        5_394.196_021_424_751,
        687.187_007_492_057_9,
        42.313_330_701_600_91,
        1.0,
    ],
];
const MIDDLE: [[f64; 8]; 2] = [
    [
        7.745_450_142_783_414e-4,
        0.022_723_844_989_269_184,
        0.241_780_725_177_450_6,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_545,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        0.015_198_666_563_616_457,
        0.148_103_976_427_480_08,
        0.689_767_334_985_1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        0.001_242_660_947_388_078_4,
        0.026_532_189_526_576_124,
        0.296_560_571_828_504_87,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_8e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        7.868_691_311_456_133e-4,
        0.014_875_361_290_850_615,
        0.136_929_880_922_735_8,
        0.599_832_206_555_887_9,
        1.0,
    ],
];

/// The regularised incomplete gamma functions P and Q, the probabilities that a gamma variable
/// of that shape and scale 1 is at most `x`, and that it is more.
///
/// The series (DLMF 8.11.4) below `shape` + 1, otherwise the continued fraction (DLMF 8.9.2) by the
/// method of Lentz. Its relative error is about 1e-14 times the root of the shape.
///
/// # Cost
/// Some ten terms near the tails, and about 6 times the root of the shape near its mean.
pub(crate) fn gamma_cdf(shape: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let front = gamma_front(shape, x);
    if x < shape + 1.0 {
        let (mut term, mut sum, mut of) = (1.0 / shape, 1.0 / shape, shape);
        while term > sum * 1e-17 {
            of += 1.0;
            term *= x / of;
            sum += term;
        }
        let below = (front * sum).min(1.0);
        return (below, 1.0 - below);
    }
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut value = d;
    for at in 1..100_000 {
        let i = f64::from(at);
        let a = -i * (i - shape);
        b += 2.0;
        let away = |value: f64| if value.abs() < TINY { TINY } else { value };
        d = 1.0 / away(a * d + b);
        c = away(b + a / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 2e-16 {
            break;
        }
    }
    let above = (front * value).min(1.0);
    (1.0 - above, above)
}

/// x^a e^-x / Γ(a). For a large shape, the powers are taken of what is near 1: otherwise the
/// logarithms would cancel each other (DLMF 5.11.1).
fn gamma_front(a: f64, x: f64) -> f64 {
    if a < 20.0 {
        return libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    }
    let deviation = (x - a) / a;
    // a (log1p(d) - d)
    let power = a * log1p_less(deviation);
    libm::exp(power - stirling_rest(a)) * libm::sqrt(a / (2.0 * PI))
}

/// log(1 + d) - d.
fn log1p_less(d: f64) -> f64 {
    if d.abs() > 0.25 {
        return libm::log1p(d) - d;
    }
    // Half the logarithm of (1 + s) / (1 - s), with s = d / (2 + d).
    let s = d / (2.0 + d);
    let square = s * s;
    let (mut power, mut sum, mut of) = (square, 0.0, 3.0);
    while power > 1e-18 {
        sum += power / of;
        power *= square;
        of += 2.0;
    }
    // log(1 + d) = 2 s (1 + sum), and 2 s - d = -s d.
    2.0 * s * sum - s * d
}

/// The regularised incomplete beta function, the probability that a beta variable is at most
/// `x`, and that it is more (DLMF 8.17.22).
///
/// # Cost
/// Some ten divisions, and about the root of the larger parameter near its mean.
pub(crate) fn beta_cdf(a: f64, b: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x >= 1.0 {
        return (1.0, 0.0);
    }
    let front = beta_front(a, b, x);
    // It converges fast below the mean. From a very small number, 1 - x has too few digits for the
    // other way, and this one still converges some standard deviations above the mean.
    let is_close = x < 1e-8 && x * (a + b) < a + 4.0 * libm::sqrt(a) + 4.0;
    if x < (a + 1.0) / (a + b + 2.0) || is_close {
        let below = front * fraction(a, b, x) / a;
        (below, 1.0 - below)
    } else {
        let above = front * fraction(b, a, 1.0 - x) / b;
        (1.0 - above, above)
    }
}

/// x^a (1 - x)^b / B(a, b). Powers are taken of what is near 1 for x near the mean: otherwise the
/// logarithms would cancel each other.
///
/// C. Loader, "Fast and accurate computation of binomial probabilities", 2000.
fn beta_front(a: f64, b: f64, x: f64) -> f64 {
    let sum = a + b;
    let (below, above) = ((x * sum - a) / a, (a - x * sum) / b);
    // Far from the mean, the logarithms are larger than what they are less, and d has few digits.
    let less =
        |ratio: f64, d: f64| if d.abs() > 0.25 { libm::log(ratio) - d } else { log1p_less(d) };
    let power = a * less(x * sum / a, below) + b * less((1.0 - x) * sum / b, above);
    let rest = stirling_rest(sum) - stirling_rest(a) - stirling_rest(b);
    libm::exp(power + rest) * libm::sqrt(a / sum * b / (2.0 * PI))
}

/// The logarithm of the gamma function less Stirling's formula (DLMF 5.11.1).
fn stirling_rest(z: f64) -> f64 {
    if z < 20.0 {
        return libm::lgamma(z) - (z - 0.5) * libm::log(z) + z - 0.5 * libm::log(2.0 * PI);
    }
    let r = 1.0 / (z * z);
    (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1_260.0 - r / 1_680.0))) / z
}

/// The continued fraction of the incomplete beta function, by the method of Lentz as modified
/// by Thompson and Barnett for zeros (Press and others, "Numerical Recipes", section 6.4).
pub(super) fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for at in 1..10_000 {
        let m = f64::from(at);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}
