//! Moments, probabilities and quantiles, held to those of SciPy (`fixtures/distributions.json`).

use super::law;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().expect("a list").iter();
    all.map(|one| one.as_f64().expect("a number")).collect()
}

/// Near by the ratio, or by 1e-15 of what is of that size: a distribution that is cut off takes
/// differences.
fn near(found: f64, wanted: f64, tolerance: f64, size: f64) -> bool {
    found == wanted || (found - wanted).abs() <= tolerance * wanted.abs() + 1e-15 * size
}

#[test]
fn moments_probabilities_and_quantiles_are_those_of_scipy() {
    let text = include_str!("../../fixtures/distributions.json");
    let read: Value = serde_json::from_str(text).expect("the file is JSON");
    let probabilities = numbers(&read["probabilities"]);
    let laws = read["laws"].as_object().expect("laws by name");
    assert!(laws.len() > 30);
    let mut wrong = Vec::new();
    for (text, told) in laws {
        let law = law(text);
        let cut = f64::from(text.starts_with("truncated"));
        let mut check = |what: String, found: f64, wanted: f64, tolerance: f64| {
            if !near(found, wanted, tolerance, cut) {
                wrong.push(format!("{text}: {what} is {found}, and {wanted} in SciPy"));
            }
        };
        check("mean".into(), law.mean(), told["mean"].as_f64().expect("a number"), 1e-10);
        check(
            "variance".into(),
            law.variance(),
            told["variance"].as_f64().expect("a number"),
            1e-9,
        );
        for (p, wanted) in probabilities.iter().zip(numbers(&told["quantiles"])) {
            check(format!("quantile({p})"), law.quantile(*p), wanted, 1e-10);
        }
        for (x, wanted) in numbers(&told["points"]).iter().zip(numbers(&told["cdf"])) {
            check(format!("cdf({x})"), law.cdf(*x), wanted, 1e-9);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
