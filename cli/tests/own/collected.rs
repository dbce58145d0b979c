//! Collectors of own models.

use crate::{Folder, own, printed, told};
use serde_json::Value;

const NAMES: [&str; 8] = [
    "wait_usual_mean",
    "wait_usual_p90",
    "wait_urgent_mean",
    "wait_urgent_p90",
    "wait_up_to_20",
    "inside_mean",
    "inside_max",
    "balked",
];

pub(crate) fn the_desk_on_the_page_is_this_one() {
    let page = include_str!("../../../docs/collectors.md");
    let model = include_str!("desk.rs");
    assert!(page.contains(&format!("```rust,ignore\n{model}```\n")), "copy it to desk.rs");
}

/// The model has no line of code for them.
pub(crate) fn studies_have_the_results_of_collectors() {
    let object = printed("desk", &["run", "desk", "-q", "--json"]);
    let object: Value = serde_json::from_str(&object).expect("one JSON object");
    let names: Vec<&str> =
        object["measures"].as_object().expect("measures").keys().map(String::as_str).collect();
    let mut sorted = NAMES;
    sorted.sort_unstable();
    let mut found = names.clone();
    found.sort_unstable();
    assert_eq!(found, sorted);
    assert_eq!(object["units"]["wait_usual_p90"], "min", "{object}");
    let text = printed("desk", &["run", "desk", "-q"]);
    let lines: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(lines, NAMES);

    let folder = Folder::new("desk");
    let out = folder.0.join("study").to_str().expect("a plain name").to_owned();
    let words = ["sweep", "desk", "--set", "clerks=2,3", "--replications", "10", "-q"];
    printed("desk", &[&words[..], &["--out", &out]].concat());
    let rows = std::fs::read_to_string(folder.0.join("study/rows.csv")).expect("rows");
    let head = rows.lines().next().expect("a head");
    assert!(NAMES.iter().all(|name| head.split(',').any(|column| column == *name)), "{head}");
    let compared = ["compare", "desk", "--set", "clerks=2,3", "--of", "wait_urgent_mean"];
    let compared = printed("desk", &[&compared[..], &["--replications", "20", "-q"]].concat());
    assert!(compared.contains("wait_urgent_mean"), "{compared}");
}

/// The page of the study shows where the warm-up ends.
pub(crate) fn series_of_collectors_are_those_of_the_model() {
    let folder = Folder::new("desk-page");
    let out = folder.0.join("study").to_str().expect("a plain name").to_owned();
    let words = ["sweep", "desk", "--warm-up", "0s", "--replications", "3", "-q", "--out", &out];
    printed("desk", &words);
    let page = folder.0.join("page.html").to_str().expect("a plain name").to_owned();
    printed("desk", &["report", "-q", &out, "--html", &page]);
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.contains("\"waits\"") && page.contains("MSER-5 cuts the first"), "a warm-up plot");
}

/// The page has the resources of the first run, up to its end.
pub(crate) fn resources_of_a_run_are_on_the_page() {
    let folder = Folder::new("desk-lanes");
    let out = folder.0.join("study").to_str().expect("a plain name").to_owned();
    let page = folder.0.join("page.html").to_str().expect("a plain name").to_owned();
    for (horizon, hours) in [("12h", 12.0), ("900h", 900.0)] {
        let words = ["sweep", "desk", "--horizon", horizon, "--warm-up", "0s", "-q"];
        printed("desk", &[&words[..], &["--replications", "2", "--out", &out]].concat());
        printed("desk", &["report", "-q", &out, "--html", &page]);
        let text = std::fs::read_to_string(&page).expect("a page");
        let (_, data) = text.split_once("id=\"data\">").expect("the data of the page");
        let (data, _) = data.split_once("</script>").expect("its end");
        let data: Value = serde_json::from_str(data).expect("JSON");
        let [desk] = data["run"]["resources"].as_array().expect("resources").as_slice() else {
            panic!("one resource: {}", data["run"]["resources"]);
        };
        assert_eq!(
            (desk["kind"].as_str(), desk["units"].as_bool()),
            (Some("resource"), Some(true))
        );
        let number = |name: &str| desk[name].as_f64().expect("a number");
        let used = &desk["course"]["use"];
        let (means, end) = (used["mean"].as_array().expect("cells"), used["end"].as_f64());
        assert_eq!(end, Some(hours * 3600e9));
        // All cells but the last are equally long.
        let width = used["width"].as_f64().expect("a width") / end.expect("an end");
        let last = 1.0 - width * (means.len() - 1) as f64;
        let (tail, head) = means.split_last().expect("some cells");
        let of = |mean: &Value| mean.as_f64().expect("a mean");
        let mean = head.iter().map(of).sum::<f64>() * width + of(tail) * last;
        assert!((mean - number("in_use")).abs() < 1e-3, "{mean} {desk}");
        assert!((number("in_use") / number("capacity") - number("utilisation")).abs() < 1e-9);
        std::fs::remove_dir_all(&out).expect("the study");
    }
}

pub(crate) fn a_warm_up_that_is_not_over_is_told() {
    let run = ["run", "desk", "-q", "--warm-up", "10h", "--horizon", "5h"];
    let wanted = "the warm-up until 36000s was not over at the end of the run, so there are no \
                  results: let the run go on for longer, or end the warm-up sooner";
    assert!(told("desk", &run, 1).contains(wanted));
    let folder = Folder::new("desk-short");
    let out = folder.0.join("study").to_str().expect("a plain name").to_owned();
    let rows = ["sweep", "desk", "--warm-up", "1000h", "--replications", "2", "--out", &out];
    let output = own("desk", &rows);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("was not over at the end of the run"), "{told}");
    // Longer by a warm-up, or without one.
    printed("desk", &["run", "desk", "-q", "--warm-up", "4h", "--horizon", "5h"]);
    printed("desk", &["run", "desk", "-q", "--warm-up", "0s", "--horizon", "5h"]);
}
