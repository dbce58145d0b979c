//! What "agrees with theory" means: over 200 replications the 95 % interval
//! covers the closed form, is narrow, and misses it when service is 5 % slower.
//!
//! Initial bias: replications start empty, and the beginning of each is cut.
//! The distance from equilibrium falls with e^(-t / r); of M/M/1 the relaxation
//! time r is 1 / (1 - sqrt load)^2 services (Kleinrock, section 2.11: at load
//! 0.6, twenty). At least 13 of them are cut, so that what is left of the empty
//! start is some millionths of the value: nothing beside half-widths of percents.

use flagfall::Config;

const REPLICATIONS: u64 = 200;
/// Of Student's distribution with 199 degrees of freedom, two-sided 95 %.
const STUDENT: f64 = 1.971_957;
/// An interval that is as wide as the value proves nothing: half-widths are
/// at most this share of the closed form.
const WIDEST: f64 = 0.03;
/// How much slower the wrong servers are.
const WRONG: f64 = 1.05;

/// Something that theory knows about a model.
pub(crate) struct Measure {
    pub(crate) name: &'static str,
    pub(crate) truth: f64,
    /// Whether it depends on the service rate at all.
    pub(crate) of_the_rate: bool,
}

impl Measure {
    pub(crate) fn new(name: &'static str, truth: f64) -> Self {
        Self { name, truth, of_the_rate: true }
    }

    pub(crate) fn whatever_the_rate(self) -> Self {
        Self { of_the_rate: false, ..self }
    }
}

/// A model: one replication gives one value a measure, with services that
/// take `slower` times as long as they should.
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
    pub(crate) measures: Vec<Measure>,
    pub(crate) replicate: fn(Config, slower: f64) -> Vec<f64>,
}

/// A mean and its standard error.
pub(crate) fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    pub(crate) mean: f64,
    pub(crate) half: f64,
}

impl Interval {
    pub(crate) fn of(values: &[f64]) -> Self {
        let (mean, error) = mean_and_error(values);
        Self { mean, half: STUDENT * error }
    }

    pub(crate) fn covers(self, truth: f64) -> bool {
        (self.mean - truth).abs() <= self.half
    }
}

impl Model {
    /// The interval of each measure over the replications.
    pub(crate) fn intervals(&self, seed: u64, slower: f64) -> Vec<Interval> {
        let replicate = |number| {
            let config = Config::new(seed).replication(number).digest(false);
            (self.replicate)(config, slower)
        };
        let values: Vec<Vec<f64>> = (0..REPLICATIONS).map(replicate).collect();
        let column = |at: usize| values.iter().map(|row| row[at]).collect::<Vec<_>>();
        (0..self.measures.len()).map(|at| Interval::of(&column(at))).collect()
    }

    /// Holds the model to theory, and the check to its purpose. The figures
    /// are shown by `cargo test theory -- --nocapture`.
    pub(crate) fn check(&self) {
        self.check_against(WRONG);
    }

    /// The same with servers that are wrong by another factor.
    pub(crate) fn check_against(&self, wrong: f64) {
        let right = self.intervals(self.seed, 1.0);
        let wrong = self.intervals(self.seed, wrong);
        for ((measure, right), wrong) in self.measures.iter().zip(right).zip(wrong) {
            let Measure { name, truth, of_the_rate } = *measure;
            let told = format!(
                "{}, {name}: theory {truth:.5}, estimate {:.5} ± {:.5} ({:.2} %), slower {:.5} ± {:.5}",
                self.name,
                right.mean,
                right.half,
                100.0 * right.half / truth,
                wrong.mean,
                wrong.half,
            );
            println!("{told}");
            assert!(right.half < WIDEST * truth, "too wide; {told}");
            assert!(right.covers(truth), "not covered; {told}");
            assert_eq!(wrong.covers(truth), !of_the_rate, "the wrong rate; {told}");
        }
    }
}
