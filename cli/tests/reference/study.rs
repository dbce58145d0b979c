//! Means of many runs, by the command.

use super::printed;
use flagfall::random::Distribution;
use serde_json::Value;
use std::collections::BTreeMap;

/// A mean and its standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    pub(crate) mean: f64,
    pub(crate) standard_error: f64,
}

impl Estimate {
    /// Whether it agrees with `truth`, within `z` standard errors and `more`.
    #[track_caller]
    pub(crate) fn is_near(self, truth: f64, z: f64, more: f64, what: &str) {
        let room = z * self.standard_error + more;
        println!("  {what}: {:.5} ± {room:.5}, in theory {truth:.5}", self.mean);
        assert!((self.mean - truth).abs() < room, "{what}: {self:?}, in theory {truth}");
    }
}

pub(crate) type Estimates = BTreeMap<String, Estimate>;

/// The measures of that many runs of one model. Measures that are undefined in a run are left out.
pub(crate) fn study(model: &str, options: &[&str], replications: u32) -> Estimates {
    let count = replications.to_string();
    let words = ["sweep", model, "--replications", &count, "--seed", "1", "--json", "-q"];
    let text = printed(&[&words, options].concat());
    let study: Value = serde_json::from_str(&text).expect("one JSON object");
    let point = &study["points"][0];
    assert_eq!(point["failed"], 0, "{model} {options:?}: {point}");
    let measures = point["measures"].as_array().expect("measures").iter();
    let measures = measures.filter(|measure| measure["count"] == replications);
    let estimate = |measure: &Value| {
        let number = |field: &str| measure[field].as_f64().unwrap_or_else(|| panic!("{measure}"));
        let standard_error = number("standard_deviation") / f64::from(replications).sqrt();
        let name = measure["name"].as_str().expect("a name").to_owned();
        (name, Estimate { mean: number("mean"), standard_error })
    };
    measures.map(estimate).collect()
}

/// The measures of one run that are defined.
pub(crate) fn run(model: &str, options: &[&str]) -> BTreeMap<String, f64> {
    let run = printed(&[&["run", model, "--json", "-q"], options].concat());
    let run: Value = serde_json::from_str(&run).expect("one JSON object");
    let measures = run["measures"].as_object().expect("measures").iter();
    measures.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
}

/// How many standard errors `count` estimates together stay within, with about 99.9 %: normal
/// quantiles are narrower than Student's, and so find more.
pub(crate) fn joint(count: usize) -> f64 {
    let normal = Distribution::normal(0.0, 1.0).expect("a normal distribution");
    normal.quantile(1.0 - 0.0005 / count as f64)
}
