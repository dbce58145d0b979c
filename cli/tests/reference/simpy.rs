//! The models against the same ones in SimPy (`fixtures/reference.py`).

use super::study::{Estimate, Estimates, joint, run, study};
use super::text_of;
use serde_json::Value;

/// Of the recorded measures, those whose means are further from these than chance allows: in all
/// of a case together, about one time in a thousand.
fn differences(case: &Value, found: &Estimates) -> Vec<String> {
    let recorded = case["measures"].as_object().expect("measures");
    let z = joint(recorded.len());
    let mut differences = Vec::new();
    for (name, recorded) in recorded {
        let number = |field: &str| recorded[field].as_f64().expect("a number");
        let (truth, error) = (number("mean"), number("standard_error"));
        let Estimate { mean, standard_error } = found[name];
        let room = z * standard_error.hypot(error);
        println!("  {name}: {mean:.5}, SimPy {truth:.5}, may differ by {room:.5}");
        if (mean - truth).abs() > room {
            differences.push(format!("{name}: {mean}, SimPy {truth}, may differ by {room}"));
        }
    }
    differences
}

fn cases() -> Vec<Value> {
    let fixture: Value = serde_json::from_str(&text_of("fixtures/reference.json")).expect("JSON");
    fixture["cases"].as_array().expect("cases").clone()
}

fn options_of(case: &Value) -> Vec<&str> {
    let options = case["options"].as_array().expect("options").iter();
    options.map(|option| option.as_str().expect("a text")).collect()
}

pub(crate) fn means_are_those_of_simpy() {
    for case in cases() {
        let model = case["model"].as_str().expect("a name");
        let options = options_of(&case);
        println!(" {model} {options:?}");
        let found = study(model, &options, 40);
        // Of a mean whose interval is wide, nobody could say that it is wrong.
        for (name, recorded) in case["measures"].as_object().expect("measures") {
            let truth = recorded["mean"].as_f64().expect("a number");
            let error = found[name].standard_error;
            assert!(error < 0.15 * truth.abs(), "{name}: {error} is a large error of {truth}");
        }
        let differences = differences(&case, &found);
        assert!(differences.is_empty(), "{model} {options:?}: {differences:#?}");
    }
}

/// On the same arrivals, with constants for all else, each wait is the same, and so each mean.
pub(crate) fn runs_on_the_same_arrivals_are_the_same() {
    let fixture: Value = serde_json::from_str(&text_of("fixtures/reference.json")).expect("JSON");
    for case in fixture["same_arrivals"].as_array().expect("cases") {
        let model = case["model"].as_str().expect("a name");
        let found = run(model, &options_of(case));
        for (name, recorded) in case["measures"].as_object().expect("measures") {
            let (found, recorded) = (found[name], recorded.as_f64().expect("a number"));
            let is_same = (found - recorded).abs() <= 1e-9 * recorded.abs();
            assert!(is_same, "{model}, {name}: {found}, SimPy {recorded}");
        }
    }
}

/// The comparison would find a model that is wrong by a little.
pub(crate) fn another_model_is_found_to_be_another() {
    for (model, change, wanted) in [
        ("emergency", "--doctors=daily(0: 2, 8h: 4, 16h: 5, 22h: 2)", "doctor_utilisation"),
        ("job_shop", "--kind=weighted(0.3: 0, 0.45: 1, 0.25: 2)", "utilisation_5"),
        ("time_shared", "--overhead=25ms", "response"),
        ("line", "--oven-waits=4min", "batch"),
        ("port", "--tow=70min", "tug_utilisation"),
        ("call_centre", "--both-agents=5", "lost_support"),
        ("elevators", "--stop=7s", "journey"),
    ] {
        let case = cases().into_iter().find(|case| case["model"] == model).expect("a case");
        let options = [&options_of(&case)[..], &[change]].concat();
        let found = differences(&case, &study(model, &options, 40));
        assert!(found.iter().any(|line| line.starts_with(wanted)), "{model} {change}: {found:?}");
    }
}
