//! Studies of antithetic pairs.

use super::interrupted::killed;
use super::sharded::{self, ends};
use super::{Place, files, stderr, text};
use crate::command::{run, stdout};
use flagfall::statistics::Antithetic;
use serde_json::Value;

const STUDY: &str = "queue --customers 60 --set load=0.4,0.7 --antithetic --replications 120";

/// The rows of a study by name of the column.
fn column(csv: &[u8], point: &str, name: &str) -> Vec<String> {
    let mut rows = csv::Reader::from_reader(csv);
    let at = rows.headers().expect("names").iter().position(|known| known == name).expect(name);
    let rows = rows.records().map(|row| row.expect("a row"));
    rows.filter(|row| row[0] == *point).map(|row| row[at].to_owned()).collect()
}

#[test]
fn threads_kills_and_shards_change_no_byte() {
    let place = Place::new("antithetic");
    let whole = place.swept("whole", &format!("{STUDY} --threads 1"));
    assert!(place.swept("two", &format!("{STUDY} --threads 2")) == whole);
    let kills = killed(&place, "killed", STUDY, 6);
    assert!(place.swept("killed", STUDY) == whole, "{kills} kills");
    // Of three parts, each has first ones and second ones of a pair whose other half it has not.
    for part in ["1/3", "2/3", "3/3"] {
        ends(&place, &format!("sweep {STUDY} --out parts --shard {part} --quiet"), 0);
    }
    ends(&place, "merge parts --quiet", 0);
    assert!(sharded::files(&place.join("parts")) == whole);
}

#[test]
fn the_summary_is_of_the_means_of_pairs() {
    let place = Place::new("pairs");
    let swept = place.swept("days", STUDY);
    let plain = place.swept("plain", &STUDY.replace("--antithetic ", ""));
    let summary: Value = serde_json::from_slice(&swept["summary.json"]).expect("JSON");
    for point in ["0", "1"] {
        let waits = column(&swept["rows.csv"], point, "mean_wait");
        let of_plain = column(&plain["rows.csv"], point, "mean_wait");
        let same = |at: usize| waits[at] == of_plain[at];
        assert!((0..120).step_by(2).all(same), "the first of each pair is the plain replication");
        assert!(!(0..120).skip(1).step_by(2).any(same), "the second is not");
        let waits: Vec<f64> = waits.iter().map(|wait| wait.parse().expect("a number")).collect();
        let mut pairs = Antithetic::new();
        waits.chunks(2).for_each(|pair| pairs.add(pair[0], pair[1]).expect("numbers"));
        let told = &summary["points"][point.parse::<usize>().expect("a number")]["measures"];
        let told = told.as_array().expect("measures").iter();
        let told = told.clone().find(|of| of["name"] == "mean_wait").expect("the waits");
        let interval = pairs.interval(0.95).expect("an interval");
        assert_eq!(told["mean"].as_f64(), Some(interval.mean));
        assert_eq!(told["half_width"].as_f64(), Some(interval.half_width));
        assert_eq!((&told["count"], &told["pairs"]["count"]), (&120.into(), &60.into()));
        assert_eq!(told["pairs"]["variance_ratio"].as_f64(), pairs.variance_ratio());
        assert_eq!(told["pairs"]["independent"].as_u64(), pairs.independent(0.95));
        // Long services make all wait longer, so that the two of a pair differ from the mean to
        // opposite sides.
        assert!(pairs.variance_ratio().expect("a ratio") < 0.9);
    }
    // One sentence says what they saved, of the measure that is asked about.
    let report = run(&format!("report {} --of mean_wait", place.join("days").display()));
    let report = stdout(&report);
    let saved = report.lines().find(|line| line.starts_with("Antithetic pairs: ")).expect("it");
    assert!(saved.contains("For mean_wait, about ") && saved.contains("120 were made"), "{saved}");
    assert_eq!(report.matches("Antithetic pairs: ").count(), 1);
    let page = place.join("page.html");
    let out = place.join("days");
    run(&format!("report {} --of mean_wait --html {} -q", out.display(), page.display()));
    assert!(std::fs::read_to_string(page).expect("a page").contains(saved));
    assert!(text(&swept, "summary.md").contains("Student, over the means of antithetic pairs"));
    assert!(!text(&plain, "summary.json").contains("pairs"));
}

#[test]
fn a_row_is_run_again_by_its_command() {
    let place = Place::new("again");
    let tight = "taxi --rides 40 --max-events 400 --antithetic --replications 20";
    let output = place.sweep("tight", tight).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let tight = files(&place.join("tight"));
    let replays = column(&tight["rows.csv"], "0", "replay");
    let replay = replays.iter().skip(1).step_by(2).find(|line| !line.is_empty()).expect("one");
    assert!(replay.contains("--antithetic"), "{replay}");
    let words = replay.strip_prefix("flagfall ").expect("a command");
    let error = column(&tight["rows.csv"], "0", "error");
    let at = replays.iter().position(|line| line == replay).expect("it");
    let again = run(words);
    assert_eq!(again.status.code(), Some(1));
    let (time, told) = (error[at].split("(event").next().expect("a time"), stderr(&again));
    assert!(told.contains(time.trim()), "{told}: {time}");
    // A pair counts only whole.
    let whole = (0..10).filter(|pair| error[2 * pair].is_empty() && error[2 * pair + 1].is_empty());
    let summary: Value = serde_json::from_slice(&tight["summary.json"]).expect("JSON");
    let measure = &summary["points"][0]["measures"][1];
    let count = error.iter().filter(|error| error.is_empty()).count();
    assert_eq!(
        (&measure["count"], &measure["pairs"]["count"]),
        (&count.into(), &whole.count().into())
    );
}

#[test]
fn a_snapshot_of_a_mirrored_run_goes_on_mirrored() {
    let place = Place::new("mirrored");
    let run = |words: &str| stdout(&ends(&place, words, 0));
    let base = "queue --customers 50 --latency uniform:1ms..9ms --replication 5 --antithetic -q";
    let whole = run(&format!("run {base} --json"));
    let saved = run(&format!("run {base} --json --snapshot saved --snapshot-at 20s"));
    assert_eq!(saved, whole);
    assert_eq!(run("resume saved --json -q"), whole);
    assert!(run(&format!("run {base} --record trace")).contains("50"));
    ends(&place, "replay trace", 0);
}

#[test]
fn what_pairs_do_not_allow_is_refused() {
    let refused = |words: &str, told: &str| {
        let output = run(words);
        assert_eq!(output.status.code(), Some(2), "{words}: {}", stdout(&output));
        assert!(stderr(&output).contains(told), "{words}: {}", stderr(&output));
    };
    let queue = "queue --customers 20 --antithetic --set load=0.2,0.5";
    refused(&format!("sweep {queue} --replications 5"), "5 is odd: say --replications 6");
    refused(&format!("sweep {queue} --precision 1%"), "--antithetic: --precision stops");
    refused(
        &format!("sweep {queue} --best min --of mean_wait --indifference 0.1"),
        "--antithetic: --indifference takes",
    );
    refused(&format!("compare {queue}"), "--antithetic: a comparison takes its replications");
}

#[test]
fn goals_and_the_best_are_answered_by_pairs() {
    let place = Place::new("answered");
    let swept = place.swept("days", STUDY);
    let out = place.join("days");
    let summary: Value = serde_json::from_slice(&swept["summary.json"]).expect("JSON");
    let wait = &summary["points"][0]["measures"][1];
    assert_eq!(wait["name"], "mean_wait");
    // One point, one goal: the interval of the answer is that of the table.
    let study = STUDY.replace("--set load=0.4,0.7", "--load 0.4");
    let one = place.swept("one", &study);
    let one: Value = serde_json::from_slice(&one["summary.json"]).expect("JSON");
    let output = place.sweep("one", &format!("{study} --goal mean_wait<0.1 --json")).output();
    let told: Value = serde_json::from_slice(&output.expect("it runs").stdout).expect("JSON");
    let close = |one: &Value, other: &Value| {
        let [one, other] = [one, other].map(|of| of.as_f64().expect("a number"));
        (one - other).abs() < 1e-9
    };
    let (answer, wait) = (&told["goals"][0]["points"][0], &one["points"][0]["measures"][1]);
    assert_eq!(answer["answer"], "no");
    assert!(close(&answer["low"], &wait["low"]) && close(&answer["high"], &wait["high"]));
    let report = run(&format!("report {} --best min --of mean_wait", out.display()));
    assert!(stdout(&report).starts_with("load 0.4 has the lowest mean_wait of all 2 points"));
}
