//! Means as they are told: the same text everywhere, and no `± 0`.

use super::{Place, text};
use flagfall::Measures;
use flagfall::experiment::{Experiment, Finished, Grid, Replications, Results};
use flagfall_cli::study::{Manifest, Summary, markdown};
use serde_json::Value;
use std::process::Command;

fn output(words: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flagfall"));
    let output = command.args(words.split_whitespace()).output().expect("it runs");
    assert!(output.status.success(), "{}", super::stderr(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Blanks and signs of tables apart, the cells of a text.
fn has(text: &str, cell: &str) -> bool {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.contains(cell)
}

#[test]
fn a_mean_has_one_text_everywhere() {
    let place = Place::new("one-text");
    // A mean in the thousands with a half-width in the hundreds, one of shares that are never
    // seen, and one that is always the same.
    let study = "taxi --rides 6000 --set fleet=3,60 --replications 5";
    let mut sweep = place.sweep("days", study);
    let shown = sweep.output().expect("it runs");
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    let folder = place.join("days");
    let files = super::files(&folder);
    let summary: Value = serde_json::from_slice(&files["summary.json"]).expect("JSON");
    let folder = folder.display();
    let report = output(&format!("report {folder} -q"));
    let page = output(&format!("report {folder} -q --html -"));
    let (_, data) = page.split_once("id=\"data\">").expect("data");
    let (data, _) = data.split_once("</script>").expect("its end");
    let data: Value = serde_json::from_str(data).expect("JSON");
    let compare: Value = serde_json::from_str(&output(
        "compare taxi --rides 6000 --set fleet=3,60 --replications 5 --json",
    ))
    .expect("JSON");
    let compared = output("compare taxi --rides 6000 --set fleet=3,60 --replications 5");
    let plain = page.replace("<span class=\"half\">", "").replace("</span>", "");
    let mut kinds = std::collections::BTreeSet::new();
    for (point, entry) in summary["points"].as_array().expect("points").iter().enumerate() {
        for (at, measure) in entry["measures"].as_array().expect("measures").iter().enumerate() {
            let told = measure["text"].as_str().expect("a text");
            kinds.insert(measure["interval"].as_str().expect("a kind").to_owned());
            assert!(!told.ends_with("± 0"), "{measure}");
            assert!(has(&text(&files, "summary.md"), told), "{told}");
            assert!(has(&shown, told), "{told} in {shown}");
            assert!(has(&report, told), "{told} in {report}");
            assert!(plain.contains(&format!("<td>{told}</td>")), "{told}");
            assert_eq!(data["points"][point]["measures"][at]["text"], told);
            let other = &compare["measures"][at]["scenarios"][point];
            assert_eq!(other["text"], told);
            assert!(has(&compared, told), "{told} in {compared}");
            for field in ["mean", "low", "high", "half_width", "interval"] {
                assert_eq!(other[field], measure[field], "{field} of {}", measure["name"]);
            }
        }
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["clopper-pearson", "student", "undefined"]);
    for text in [&shown, &report, &compared, &text(&files, "summary.md"), &page] {
        assert!(text.contains("Clopper and Pearson") && text.contains("fewer than 3/n"), "{text}");
    }
}

/// A study of `replications` runs, of which those in `yes` say yes; `as_count` if the model
/// only counts.
fn summary(replications: u64, yes: impl Fn(u64) -> bool + Sync, as_count: bool) -> Value {
    let grid = Grid::new(Vec::new()).expect("a grid");
    let asked = Replications::Fixed(replications);
    let run = |_: usize, replication: u64| {
        let mut measures = Measures::new();
        if as_count {
            measures.count("late", u64::from(yes(replication)));
        } else {
            measures.yes_no("late", yes(replication));
        }
        measures.share("late_share", u64::from(yes(replication)), 1);
        measures.add("cost", "$", 7.0 * f64::from(yes(replication)));
        Ok::<_, String>(Finished { measures, events: 1, digest: None })
    };
    let results: Results = Experiment::new(asked.clone()).run(1, run).expect("rows");
    let manifest = Manifest::new("bus", 1, &grid, &[], &asked, 0.95);
    let summary = Summary::of(&manifest, &results);
    let markdown = markdown(&summary);
    for measure in &summary.points[0].measures {
        assert!(markdown.contains(&measure.text), "{} in {markdown}", measure.text);
    }
    serde_json::to_value(&summary).expect("JSON")["points"][0]["measures"].take()
}

#[test]
fn what_was_never_seen_may_be_seen_yet() {
    let of = summary(100, |_| false, false);
    for measure in [&of[0], &of[1]] {
        assert_eq!(measure["interval"], "clopper-pearson");
        assert_eq!(measure["text"], "0 (0 to 0.036)");
        assert_eq!((measure["mean"].as_f64(), measure["low"].as_f64()), (Some(0.0), Some(0.0)));
        // 1 - 0.025^(1/100), as R's binom.test(0, 100) has it.
        assert!((measure["high"].as_f64().expect("an end") - 0.036_216_693).abs() < 1e-8);
    }
    // Of what may be any number, nothing is known of how large it is where it is not 0.
    assert_eq!(of[2]["text"], "0 (all 100 equal)");
    assert_eq!(of[2]["interval"], "undefined");
    assert!(of[2]["low"].is_null() && of[2]["high"].is_null() && of[2]["half_width"].is_null());
    assert_eq!(summary(100, |_| false, true)[0]["text"], "0 (all 100 equal)");
}

#[test]
fn what_was_always_seen_may_be_missed_yet() {
    let of = summary(20, |_| true, false);
    for measure in [&of[0], &of[1]] {
        assert_eq!(measure["text"], "1.00 (0.83 to 1.00)");
        assert!((measure["low"].as_f64().expect("an end") - 0.831_566_3).abs() < 1e-6);
        assert_eq!(measure["high"].as_f64(), Some(1.0));
    }
    assert_eq!(of[2]["text"], "7 (all 20 equal)");
}

/// Ends stay between 0 and 1, where Student's would not.
#[test]
fn a_rare_event_has_the_interval_of_its_kind() {
    let of = summary(100, |replication| replication == 17, false);
    for measure in [&of[0], &of[1]] {
        assert_eq!(measure["interval"], "clopper-pearson");
        let (low, high) = (measure["low"].as_f64(), measure["high"].as_f64());
        assert!((low.expect("an end") - 0.000_253_146).abs() < 1e-8);
        assert!((high.expect("an end") - 0.054_459_385).abs() < 1e-8);
        assert_eq!(measure["text"], "0.010 (0.000 to 0.054)");
    }
    // A count may be 2 the next time.
    assert_eq!(summary(100, |replication| replication == 17, true)[0]["interval"], "student");
}
