//! The univariate reference datasets of NIST, with their certified values
//! (<https://www.itl.nist.gov/div898/strd/univ/homepage.html>).

use super::close;
use crate::support::fixture;
use flagfall::statistics::{Tally, autocorrelation};

struct Dataset {
    name: &'static str,
    values: Vec<f64>,
    mean: f64,
    deviation: f64,
    /// Autocorrelation at lag 1.
    lag_1: f64,
    /// How exactly deviation and correlation can come out at best: the decimal
    /// observations are rounded to binary before anything is computed.
    rounding: f64,
}

fn recorded(
    name: &'static str,
    (mean, deviation, lag_1): (f64, f64, f64),
    rounding: f64,
) -> Dataset {
    let text = fixture(&format!("nist/{name}.txt"));
    let values = text.split_whitespace().map(|value| value.parse().expect("a number")).collect();
    Dataset { name, values, mean, deviation, lag_1, rounding }
}

/// One number, and then a thousand that go a tenth below and above it in turns.
fn alternating(name: &'static str, centre: &str, rounding: f64) -> Dataset {
    // The decimals of the file, as a reader of it gets them.
    let tenths: i64 = centre.replace('.', "").parse().expect("one decimal");
    let number =
        |tenths: i64| format!("{}.{}", tenths / 10, tenths % 10).parse().expect("a number");
    let turns = (0..1_000).map(|at| number(if at % 2 == 0 { tenths - 1 } else { tenths + 1 }));
    let values = std::iter::once(number(tenths)).chain(turns).collect();
    Dataset { name, values, mean: number(tenths), deviation: 0.1, lag_1: -0.999, rounding }
}

fn datasets() -> Vec<Dataset> {
    vec![
        recorded("michelso", (299.8524, 0.079_010_547_819_051_8, 0.535_199_668_621_283), 1e-12),
        recorded("mavro", (2.001_856, 0.000_429_123_454_003_053, 0.937_989_183_438_248), 1e-12),
        recorded("lew", (-177.435, 277.332_168_044_316, -0.307_304_800_605_679), 1e-14),
        recorded(
            "lottery",
            (518.958_715_596_330, 291.699_727_470_969, -0.120_948_622_967_393),
            1e-14,
        ),
        Dataset {
            name: "numacc1",
            values: vec![10_000_001.0, 10_000_003.0, 10_000_002.0],
            mean: 10_000_002.0,
            deviation: 1.0,
            lag_1: -0.5,
            rounding: 0.0,
        },
        alternating("numacc2", "1.2", 1e-14),
        alternating("numacc3", "1000000.2", 1e-9),
        alternating("numacc4", "10000000.2", 1e-8),
    ]
}

#[test]
fn mean_and_deviation_are_the_certified_ones() {
    for set in datasets() {
        let tally = Tally::of(&set.values).expect("usable");
        let (mean, deviation) = (tally.mean().unwrap(), tally.standard_deviation().unwrap());
        println!("{}: mean {mean:.15e}, deviation {deviation:.15e}", set.name);
        // Certified to 15 digits.
        assert!(close(mean, set.mean, 2e-15), "{}: {mean}", set.name);
        assert!(close(deviation, set.deviation, set.rounding + 2e-15), "{}: {deviation}", set.name);
    }
}

#[test]
fn autocorrelation_is_the_certified_one() {
    for set in datasets() {
        let lag_1 = autocorrelation(&set.values, 1).expect("defined");
        println!("{}: {lag_1:.15e}", set.name);
        assert!(close(lag_1, set.lag_1, set.rounding + 1e-14), "{}: {lag_1}", set.name);
        assert!(close(autocorrelation(&set.values, 0).unwrap(), 1.0, 1e-15));
    }
}
