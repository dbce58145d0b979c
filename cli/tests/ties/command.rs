//! `flagfall ties` and `flagfall run --ties`.

use crate::command::{run, stderr, stdout};
use serde_json::Value;

fn object(arguments: &str) -> Value {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn each_outcome_is_what_a_run_under_its_choices_prints() {
    let options = "taxi --latency 0 --durations 2,1,1 --json -q";
    let found = object(&format!("ties {options}"));
    assert_eq!((&found["schema"], &found["complete"]), (&"flagfall/ties/1".into(), &true.into()));
    let outcomes = found["outcomes"].as_array().expect("outcomes");
    assert!(outcomes.len() > 1);
    let mut orders = 0;
    let mut share = 0.0;
    for outcome in outcomes {
        let ties = outcome["ties"].as_str().expect("choices");
        assert_eq!(outcome["result"], object(&format!("run {options} --ties {ties}")), "{ties}");
        orders += outcome["orders"].as_u64().expect("a number");
        share += outcome["share"].as_f64().expect("a number");
    }
    assert_eq!(found["orders"], orders);
    assert!((share - 1.0).abs() < 1e-9, "{share}");
    let decisive = found["decisive"].as_array().expect("ties");
    assert!(!decisive.is_empty());
    for tie in decisive {
        assert!(tie["first"]["record"].as_str().unwrap().contains("dispatcher"), "{tie}");
        let outcome = &outcomes[tie["outcome"].as_u64().expect("a place") as usize];
        let ties = tie["ties"].as_str().expect("choices");
        let again = object(&format!("run {options} --ties {ties}"));
        assert_eq!(again["messages"], outcome["result"]["messages"], "{ties}");
    }
}

#[test]
fn people_are_told_how_much_was_searched_and_what_to_copy() {
    let options = "taxi --latency 0 --durations 2,1,1";
    let output = run(&format!("ties {options}"));
    let text = stdout(&output);
    assert!(text.lines().next().unwrap().ends_with("complete"), "{text}");
    let line = text.lines().find(|line| line.contains("the other way round")).expect("a tie");
    let ties = line.split("--ties \"").nth(1).expect("choices").trim_end_matches('"');
    let other = stdout(&run(&format!("run {options} -q --ties {ties}")));
    assert_ne!(other, stdout(&run(&format!("run {options} -q"))));
    assert!(stderr(&output).contains("wall"), "{}", stderr(&output));
    let few = stdout(&run(&format!("ties {options} --budget 2 --samples 30")));
    assert!(
        few.contains("there may be more") && few.contains("30 shuffles, seeds 42 to 71"),
        "{few}"
    );
}

/// The rides of which Ray collected 5.5 five times and 5.75 once.
#[test]
fn outcomes_are_grouped_by_a_measure_and_shares_are_no_probability() {
    let options = "ties taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4 --of commission -q";
    let text = stdout(&run(options));
    let (head, groups) = text.split_once("\ncommission, with the shares").expect("groups");
    assert!(head.starts_with("1920 outcomes of 732031635897188352 orders"), "{head}");
    let lines: Vec<&str> = groups.lines().skip(1).collect();
    let [first, second, said] = lines[..] else { panic!("{groups}") };
    assert!(first.starts_with(" 99.90 %  commission 5.75  in 1728 outcomes  --ties"), "{first}");
    assert!(second.starts_with("  0.10 %  commission 5.5  in 192 outcomes  --ties"), "{second}");
    assert!(said.starts_with("a share of orders is not a probability"), "{said}");
    for (line, total) in [(first, "5.75"), (second, "5.5")] {
        let ties = line.split('"').nth(1).expect("choices");
        let options = "run taxi --latency 0 --durations 2,3,1,4,4,2,1,1,1,4 -q --ties";
        let day = stdout(&run(&format!("{options} {ties}")));
        assert!(day.ends_with(&format!("Commission totale collectée {total}\n")), "{day}");
    }
    let found = object("ties taxi --latency 0 --durations 2,1,1 --of commission --json -q");
    let groups = found["of"]["groups"].as_array().expect("groups");
    let outcomes: u64 = groups.iter().map(|group| group["outcomes"].as_u64().unwrap()).sum();
    assert_eq!(outcomes as usize, found["outcomes"].as_array().expect("outcomes").len());
    // The lists differ, and the total does not.
    let one = run("ties taxi --latency 0 --durations 2,1,1 --of commission --expect-one -q");
    assert_eq!(one.status.code(), Some(0), "{}", stdout(&one));
    let none = run("ties taxi --latency 0 --durations 2,1 --of total");
    assert_eq!(none.status.code(), Some(2));
    assert!(stderr(&none).contains("there is no such measure; there are"), "{}", stderr(&none));
}

#[test]
fn one_outcome_can_be_expected() {
    let options = "ties taxi --latency 0 --expect-one -q --durations";
    assert_eq!(run(&format!("{options} 2")).status.code(), Some(0));
    let several = run(&format!("{options} 2,1,1"));
    assert_eq!(several.status.code(), Some(1));
    assert!(stderr(&several).contains("outcomes, and one was expected"), "{}", stderr(&several));
    // One was found, and others are not ruled out.
    let rest = "--latency 0 --budget 3 --samples 2 --expect-one -q";
    let unknown = run(&format!("ties parameter-server --epochs 2 {rest}"));
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("not every order was accounted for"), "{}", stderr(&unknown));
}

#[test]
fn policies_are_read_and_mistakes_are_named() {
    let digest = |ties: &str| {
        object(&format!("run taxi --latency 0 --json --ties {ties}"))["digest"].clone()
    };
    assert_eq!(digest("shuffle"), digest("shuffle:42"));
    assert_ne!(digest("shuffle:1"), digest("fifo"));
    for (arguments, code, told) in [
        ("run taxi --ties 5=1,4=1", 2, "choice 2, `4=1`, is at event 4"),
        ("run taxi --ties often", 2, "write fifo, shuffle, shuffle:SEED"),
        ("run taxi --ties 9999=1", 1, "the choice 9999=1 cannot be made: there was no choice"),
        ("run taxi --ties 1=1", 1, "the choice 1=1 cannot be made: 1 could come next"),
        ("ties taxi --ties shuffle", 2, "--ties is for one run"),
        ("ties taxi --trace", 2, "--trace is for one run"),
        ("ties taxi --pace 1", 2, "--pace is for one run"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {}", stderr(&output));
        assert!(stderr(&output).contains(told), "{arguments}: {}", stderr(&output));
    }
}

#[test]
fn failed_runs_are_outcomes() {
    let found = object("ties taxi --latency 0 --durations 2,1,1 --max-events 30 --json -q");
    for outcome in found["outcomes"].as_array().expect("outcomes") {
        assert_eq!(outcome["result"], Value::Null);
        assert!(outcome["error"].as_str().unwrap().contains("limit of 30 events"), "{outcome}");
    }
}

#[test]
fn a_usual_run_that_fails_is_told_and_nothing_is_recorded() {
    let options = "ties taxi --latency 0 --durations 2,1,1";
    let text = stdout(&run(&format!("{options} --max-events 30")));
    assert!(text.contains("the usual run fails: ") && text.contains("30 events"), "{text}");
    let output = run(&format!("{options} --record day.trace"));
    assert_eq!(output.status.code(), Some(2), "one trace for many runs");
    assert!(stderr(&output).contains("--record is for one run"), "{}", stderr(&output));
}

/// Whatever is due at one instant: the orders of a crowd cannot be counted, and that
/// is found out at once. Going through the sets took minutes here.
#[test]
fn a_crowd_at_one_instant_is_searched_in_little_time() {
    let begun = std::time::Instant::now();
    let crowd = "ties taxi --fleet 200 --rides 200 --latency 0 --every 0 --json -q";
    let found = object(&format!("{crowd} --budget 10 --samples 5"));
    assert_eq!((&found["complete"], &found["orders_exact"]), (&false.into(), &false.into()));
    assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
}
