//! One model, one answer: in the library, and under every command.

use super::programs::Asker;
use super::{Folder, printed, told};
use flagfall::{Config, Measures, Simulation, Span};
use flagfall_cli::OwnModel;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;

/// What a run of the library comes to, without any option.
fn library(asker: &Asker, replication: u64) -> (Measures, String) {
    let mut simulation = Simulation::new(Config::new(7).replication(replication));
    let handles = asker.start(&mut simulation);
    simulation.run().expect("no errors");
    let mut measures = Measures::new();
    asker.measure(&simulation, &handles, &mut measures);
    (measures, simulation.digest().expect("a digest").to_string())
}

fn object(words: &[&str]) -> Value {
    serde_json::from_str(&printed("asker", words)).expect("one JSON object")
}

/// Whether those are the measures.
fn same(found: &Value, wanted: &Measures) -> bool {
    wanted.as_slice().iter().all(|wanted| found[&*wanted.name].as_f64() == wanted.value)
}

pub(super) fn one_model_has_one_answer() {
    let of = |questions, think| Asker { questions, think, closes: None, slow: None, reseed: false };
    // 100 questions take no time where messages take none.
    let (measures, _) = library(&of(100, Span::ZERO), 0);
    assert_eq!(measures.get("end"), Some(0.0));
    let run = object(&["run", "asker", "--json", "-q"]);
    assert!(same(&run["measures"], &measures), "{run}");
    let strategy = (0_u64..20, 0_u64..5_000);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 4,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let checked = runner.run(&strategy, |(questions, millis)| {
        everywhere(&of(questions, Span::from_millis(millis)));
        Ok(())
    });
    checked.expect("one answer");
}

fn everywhere(asker: &Asker) {
    let folder = Folder::new("answers");
    let place = |name: &str| folder.0.join(name).to_str().expect("a plain name").to_owned();
    let [first, second] = [0, 1].map(|replication| library(asker, replication));
    let (questions, think) = (asker.questions.to_string(), asker.think.to_string());
    let model = ["asker", "--questions", &questions, "--think", &think, "--seed", "7"];
    let words = |before: &[&'static str], behind: &[&str]| {
        let all = before.iter().copied().chain(model).chain(behind.iter().copied());
        all.map(str::to_owned).collect::<Vec<String>>()
    };
    let line = |words: &[String]| object(&words.iter().map(String::as_str).collect::<Vec<_>>());

    let run = line(&words(&["run"], &["--json", "-q"]));
    assert!(same(&run["measures"], &first.0), "{run}");
    assert_eq!(run["digest"], first.1.as_str());

    // From a scenario file.
    let text =
        format!("model = \"asker\"\nquestions = {questions}\nthink = \"{think}\"\nseed = 7\n");
    let file = folder.file("asker.toml", &text);
    let run = object(&["run", &file, "--json", "-q"]);
    assert_eq!(run["digest"], first.1.as_str());

    // Recorded, read, and made again.
    let trace = place("asker.trace");
    let run = line(&words(&["run"], &["--json", "-q", "--record", &trace]));
    assert_eq!(run["digest"], first.1.as_str());
    assert_eq!(object(&["replay", &trace, "--json"])["equal"], true);
    let verify = words(&["verify", "--runs", "2"], &[]);
    let verify = told("asker", &verify.iter().map(String::as_str).collect::<Vec<_>>(), 0);
    assert!(verify.trim_end().ends_with(&first.1), "{verify}");

    // In a study, and in a comparison.
    let out = place("study");
    let study = words(&["sweep"], &["--replications", "2", "--out", &out, "-q"]);
    printed("asker", &study.iter().map(String::as_str).collect::<Vec<_>>());
    let rows = fs::read_to_string(format!("{out}/rows.csv")).expect("rows");
    for ((measures, digest), row) in [&first, &second].into_iter().zip(rows.lines().skip(1)) {
        let cells: Vec<&str> = row.split(',').collect();
        let numbers = measures.as_slice().iter().zip(&cells[2..]);
        numbers.for_each(|(wanted, cell)| assert_eq!(cell.parse().ok(), wanted.value, "{row}"));
        assert!(cells.contains(&digest.as_str()), "{row} has not {digest}");
    }
    let set = format!("questions={questions},{}", asker.questions + 1);
    let compared = ["compare", "asker", "--set", &set, "--think", &think, "--seed", "7"];
    let compared = object(&[&compared[..], &["--replications", "2", "--json", "-q"]].concat());
    let names = [&first, &second].map(|(measures, _)| measures.get("end").expect("an end"));
    let mean = compared["measures"][1]["scenarios"][0]["mean"].as_f64().expect("a mean");
    assert!((mean - (names[0] + names[1]) / 2.0).abs() < 1e-9 * mean.max(1.0), "{compared}");
}

pub(super) fn what_a_start_overrides_is_told() {
    let end = |run: &Value| run["measures"]["end"].as_f64().expect("an end");
    let asker = ["run", "asker", "--think", "1h", "--closes", "1h"];
    let with = |behind: &[&'static str]| [&asker[..], &["--json"], behind].concat();
    // What the model sets counts where nobody says another thing, and is shown.
    let run = object(&with(&["-q"]));
    assert_eq!((end(&run), run["horizon_s"].as_f64()), (3_600.0, Some(3_600.0)));
    let asked = with(&["--horizon", "3h"]);
    let run = object(&asked);
    assert_eq!((end(&run), run["horizon_s"].as_f64()), (10_800.0, Some(10_800.0)));
    let note = told("asker", &asked, 0);
    let wanted =
        "note: asker sets its horizon to 3600s in its start; --horizon 10800s counts instead\n";
    assert!(note.starts_with(wanted), "{note}");
    // The same horizon twice is no matter.
    assert!(!told("asker", &with(&["--horizon", "1h"]), 0).contains("note"));

    let slow = ["run", "asker", "--slow", "1s", "--json"];
    let run = object(&slow);
    assert_eq!((end(&run), &run["latency"]), (200.0, &Value::from("1s")));
    let asked = [&slow[..], &["--latency", "2s"]].concat();
    let run = object(&asked);
    assert_eq!((end(&run), &run["latency"]), (400.0, &Value::from("2s")));
    assert!(told("asker", &asked, 0).contains("--latency 2s counts instead"));

    // Once in a study, however many its runs.
    let folder = Folder::new("told-once");
    let out = folder.0.join("study").to_str().expect("a plain name").to_owned();
    let study = ["sweep", "asker", "--closes", "1h", "--horizon", "3h", "--replications", "5"];
    let note = told("asker", &[&study[..], &["--out", &out]].concat(), 0);
    assert_eq!(note.matches("counts instead").count(), 1, "{note}");
}

pub(super) fn a_start_may_not_change_the_seed() {
    let error = told("asker", &["run", "asker", "--reseed"], 1);
    let wanted = "error: asker changes the seed in its start, from 42 to 1: ";
    assert!(error.starts_with(wanted), "{error}");
}
