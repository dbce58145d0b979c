//! The same to the last bit on every machine and in every profile.

use super::coverage::autoregressive;
use crate::support::check_golden;
use flagfall::statistics::{
    BatchMeans, Histogram, Interval, Paired, Precision, Sample, Tally, TimeAverage, Truncation,
    autocorrelation, replications_needed, student_quantile, von_neumann_ratio,
};
use flagfall::{Span, VirtualTime, statistics::TimeWeighted};
use std::fmt::Write;
use std::path::Path;

/// A line for each result: its name, its bits and, to be read, its value.
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, value: f64) {
        writeln!(self.0, "{name} {:016x} {value:e}", value.to_bits()).unwrap();
    }
}

fn levels() -> TimeAverage {
    let mut level = TimeWeighted::new(VirtualTime::ZERO, 3);
    for at in 1..50_u64 {
        let now = VirtualTime::from_nanos(at * at * 1_000_003);
        level.set(now, (at * 7_919 % 23) as i64 - 5).unwrap();
    }
    level.average(VirtualTime::from_nanos(3_000_000_001)).unwrap()
}

#[test]
fn results_are_the_recorded_bits() {
    let mut lines = Lines(String::new());
    let series = autoregressive(1, 0.9, 1_003);
    let mut tally = Tally::of(&series[..300]).unwrap();
    tally.merge(&Tally::of(&series[300..]).unwrap());
    lines.line("mean", tally.mean().unwrap());
    lines.line("variance", tally.variance().unwrap());
    lines.line("half-width", Interval::of(&tally, 0.95).unwrap().half_width);
    let needed = replications_needed(&tally, Precision::Absolute(1e-4), 0.99).unwrap();
    lines.line("needed", needed as f64);
    lines.line("mean level", levels().mean().unwrap());
    lines.line("variance of level", levels().variance().unwrap());
    let mut histogram = Histogram::new(0.01).unwrap();
    series.iter().for_each(|x| histogram.add_span(Span::from_nanos((x.abs() * 1e9) as u64)));
    let sample = Sample::of(&series).unwrap();
    for p in [0.0, 0.05, 0.5, 0.95, 1.0] {
        lines.line(&format!("quantile {p}"), sample.quantile(p).unwrap());
        lines.line(&format!("of histogram {p}"), histogram.quantile(p).unwrap());
    }
    for lag in [1, 10, 100] {
        lines.line(&format!("lag {lag}"), autocorrelation(&series, lag).unwrap());
    }
    lines.line("ratio", von_neumann_ratio(&series).unwrap());
    lines.line("MSER-5", Truncation::mser5(&series).unwrap().statistic);
    let batches = BatchMeans::of(&series, 20).unwrap();
    lines.line("batches", batches.interval(0.9).unwrap().half_width);
    lines.line("p", batches.p_value().unwrap());
    let paired = Paired::of(&series[..500], &series[1..501]).unwrap();
    lines.line("correlation", paired.correlation().unwrap());
    for degrees in [1, 2, 3, 9, 19, 99, 999, 9_999, 99_999] {
        for p in [1e-9, 0.025, 0.95] {
            let quantile = student_quantile(degrees, p).unwrap();
            lines.line(&format!("t {degrees} {p}"), quantile);
        }
    }
    check_golden("statistics.txt", &lines.0);
}

#[test]
fn no_function_of_the_standard_library_rounds() {
    // Those whose last digit depends on the machine; `abs`, `floor` and the like do not.
    let forbidden = [
        ".sqrt(",
        ".powi(",
        ".powf(",
        ".exp(",
        ".exp2(",
        ".exp_m1(",
        ".ln(",
        ".ln_1p(",
        ".log(",
        ".log2(",
        ".log10(",
        ".sin(",
        ".cos(",
        ".tan(",
        ".atan(",
        ".tanh(",
        ".hypot(",
        ".cbrt(",
        "mul_add",
        "f64::exp",
        "f64::ln",
        "f64::sqrt",
        "f64::pow",
        ".sum(",
        ".product(",
    ];
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/statistics");
    let mut files = 0;
    for entry in std::fs::read_dir(room).expect("src/statistics can be read") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a source");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for name in forbidden {
                assert!(!line.contains(name), "{}: {line}", path.display());
            }
        }
        files += 1;
    }
    assert!(files > 10);
}
