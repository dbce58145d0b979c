//! The model of docs/own-models.md, and values that are texts.

use crate::{Folder, parameters, printed, told};
use serde_json::Value;

pub(crate) fn the_model_on_the_page_is_this_one() {
    let page = include_str!("../../../docs/own-models.md");
    let model = include_str!("till.rs");
    assert!(page.contains(&format!("```rust,ignore\n{model}```\n")), "copy it to till.rs");
}

/// What the branches came to: their seeds, mean waits and digests.
fn branches(program: &str, words: &[&str]) -> Vec<(u64, String, String)> {
    let line = [&words[..1], &["--json"], &words[1..]].concat();
    let told: Value = serde_json::from_str(&printed(program, &line)).expect("one JSON object");
    let branch = |branch: &Value| {
        let seed = branch["seed"].as_u64().expect("a seed");
        let of = |name: &str| branch[name].to_string();
        (seed, of("measures"), of("digest"))
    };
    told["branches"].as_array().expect("branches").iter().map(branch).collect()
}

pub(crate) fn seeds_of_branches_reach_the_processes_of_the_model_on_the_page() {
    for at in ["0s", "10m"] {
        let words = ["fork", "-q", "--at", at, "--seeds", "1,2,3,42", "till"];
        let found = branches("till", &words);
        let seeds: Vec<u64> = found.iter().map(|(seed, ..)| *seed).collect();
        assert_eq!(seeds, [1, 2, 3, 42]);
        for (place, one) in found.iter().enumerate() {
            for other in &found[..place] {
                assert!(one.1 != other.1 && one.2 != other.2, "{at}: {one:?}, {other:?}");
            }
        }
        // 42 is the seed that the run had already.
        let plain = printed("till", &["run", "till", "--json", "-q"]);
        let plain: Value = serde_json::from_str(&plain).expect("one JSON object");
        assert_eq!(plain["digest"].to_string(), found[3].2, "{at}");
        assert_eq!(plain["measures"].to_string(), found[3].1, "{at}");
        // As it is told on standard error, nothing is amiss.
        assert_eq!(told("till", &words, 0), "");
    }
}

pub(crate) fn distributions_are_options() {
    let digest = |service: &str| {
        let line = ["run", "till", "--json", "-q", "--service", service];
        let run: Value = serde_json::from_str(&printed("till", &line)).expect("one JSON object");
        run["digest"].to_string()
    };
    // However it is written.
    let gamma = digest("gamma(shape=2, scale=30s)");
    assert_eq!(gamma, digest(" gamma( 2,30 ) "));
    assert_eq!(digest("1min"), digest("constant(value=60)"));
    assert!(gamma != digest("exponential(mean=1min)"));

    for (service, wanted) in [
        ("gamma(2)", "gamma needs scale"),
        ("gauss(2, 3)", "there is no distribution gauss; there are bernoulli, "),
        ("normal(mean=1min, sd=-1)", "normal: sd is -1, and has to be above 0"),
    ] {
        let error = told("till", &["run", "till", "--service", service], 2);
        assert!(error.contains(wanted) && error.contains("= --service"), "{error}");
    }
    // It is not in the text whether a number is negative.
    let error = told("till", &["run", "till", "--service", "normal(1min, 1s)"], 1);
    assert!(error.contains("give truncated(normal(mean=60, sd=1), low=0)"), "{error}");

    // Commas in brackets separate nothing.
    let folder = Folder::new("distributions");
    let out = folder.0.join("study");
    let out = out.to_str().expect("UTF-8");
    let set = "service=gamma(2, 30),exponential(mean=1min),60";
    let line = ["sweep", "till", "--set", set, "--replications=2", "--json", "-q", "--out", out];
    let study: Value = serde_json::from_str(&printed("till", &line)).expect("one JSON object");
    let levels = study["points"].as_array().expect("points").iter();
    let levels: Vec<_> = levels.map(|point| point["levels"]["service"].clone()).collect();
    assert_eq!(levels, ["gamma(2, 30)", "exponential(mean=1min)", "60"], "{study}");

    let schema: Value =
        serde_json::from_str(&printed("till", &["schema", "till"])).expect("a schema");
    let service = &schema["properties"]["service"];
    assert_eq!(service["default"], "exponential(mean=1min)", "{schema}");
}

pub(crate) fn schedules_and_arrivals_are_options() {
    let folder = Folder::new("schedules");
    let (shifts, calls) = ("daily(0: 0, 8h: 3)", "rates(per=1h, daily(0: 2, 8h: 30))");
    let given = parameters(&["run", "odd", "--shifts", shifts, "--calls", calls]);
    assert_eq!((&given["shifts"], &given["calls"]), (&shifts.into(), &calls.into()));
    let file = folder.file(
        "day.toml",
        &format!("model = \"odd\"\nshifts = \"{shifts}\"\ncalls = \"{calls}\"\n"),
    );
    assert_eq!(parameters(&["run", &file]), given);

    for (option, text, wanted) in [
        ("--shifts", "daily(1h: 2)", "the first step is at 1h: give the value from 0 on"),
        ("--shifts", "daily(0: x)", "'x': "),
        ("--calls", "rates(per=1h, daily(0: -2))", "a rate is -2, and has to be from 0 to 1e12"),
    ] {
        let error = told("odd", &["run", "odd", option, text], 2);
        assert!(error.contains(wanted) && error.contains(&format!("= {option}")), "{error}");
    }
    let mistake = folder.file("list.toml", "model = \"odd\"\nshifts = [1, 2]\n");
    let error = told("odd", &["run", &mistake], 3);
    assert!(error.contains("line 2") && error.contains("[grid]"), "{error}");
    let schema: Value =
        serde_json::from_str(&printed("odd", &["schema", "odd"])).expect("a schema");
    let types = serde_json::json!(["string", "number"]);
    assert_eq!(schema["properties"]["shifts"]["type"], types, "{schema}");
    assert_eq!(schema["properties"]["calls"]["type"], types, "{schema}");
}
