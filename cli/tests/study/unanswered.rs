//! Questions that the results of a study or a comparison do not answer, or that it cannot be asked.

use super::Place;
use crate::command::{json, run, stderr, stdout};
use serde_json::Value;
use std::fs;

/// What the study prints, of which replications failed.
fn with_failures(arguments: &str) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments}: {}", stderr(&output));
    assert!(stderr(&output).contains("replications failed"), "{}", stderr(&output));
    stdout(&output)
}

fn shown(arguments: &str) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments}: {}", stderr(&output));
    stdout(&output)
}

fn refused(arguments: &str, why: &str) {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}: {}", stdout(&output));
    assert!(stderr(&output).contains(why), "{arguments}: {}", stderr(&output));
}

/// All replications of the first point fail.
const FAILING: &str = "sweep taxi --rides 20 --set max-events=120,1000000";

/// Without taxis, there is no utilization of them.
const UNDEFINED: &str = "taxi --rides 20 --set fleet=0,2,3";

#[test]
fn a_point_without_values_leaves_the_best_open_and_the_table_there() {
    let folder = Place::new("no-value");
    let out = folder.join("days");
    let asked = "--best min --of refused_share";
    let why = "no answer which has the lowest refused_share: max-events 120 has no value of \
               refused_share.";
    let study = format!("{FAILING} --replications 5 {asked} --out {}", out.display());
    for command in [study.clone(), study.clone()] {
        let text = with_failures(&command);
        assert!(text.starts_with(why), "{text}");
        assert!(text.contains("taxi: 2 points, 10 replications (5 failed)"), "{text}");
    }
    let report = shown(&format!("report {} {asked}", out.display()));
    assert!(report.starts_with(why), "{report}");
    // The point without a mean is last.
    let told: Value =
        serde_json::from_str(&with_failures(&format!("{study} --json"))).expect("JSON");
    assert_eq!(told["answer"], why);
    assert_eq!(told["best"]["ranking"][0]["point"], 1);
    assert_eq!(told["best"]["ranking"][1]["mean"], Value::Null);
    assert_eq!(told["best"]["ranking"][0]["can_be_best"], Value::Null);
}

#[test]
fn a_choice_with_a_point_without_values_is_no_error_and_can_be_shown_again() {
    let folder = Place::new("no-choice");
    for procedure in ["kn", "rinott"] {
        let out = folder.join(procedure);
        let study = format!(
            "{FAILING} --best min --of refused_share --indifference 0.01 --procedure {procedure} \
             --out {}",
            out.display()
        );
        let why = "nothing is chosen for the lowest refused_share: max-events 120 has no value of \
                   refused_share (";
        for command in [&study, &study] {
            let text = with_failures(command);
            assert!(text.starts_with(why), "{text}");
            assert!(text.contains("40 replications in all)."), "{text}");
        }
        let report = shown(&format!("report {} --quiet", out.display()));
        assert!(report.starts_with(why), "{report}");
        let told: Value =
            serde_json::from_str(&with_failures(&format!("{study} --json"))).expect("JSON");
        assert!(told["answer"].as_str().expect("a text").starts_with(why), "{told}");
        assert_eq!(told["best"]["chosen"], Value::Null);
    }
}

#[test]
fn a_comparison_says_that_the_best_is_open() {
    let compare = format!("compare {UNDEFINED} --best max --of utilization");
    let why = "no answer which has the highest utilization: fleet=0 has no value of utilization.";
    let fixed = format!("{compare} --replications 5");
    assert!(shown(&fixed).starts_with(why), "{}", shown(&fixed));
    let told = json(&format!("{fixed} --json"));
    assert_eq!((&told["answer"], &told["best"]["scenarios"]), (&why.into(), &Value::Null));
    let choice = format!("{compare} --indifference 0.1");
    let why = "nothing is chosen for the highest utilization: fleet=0 has no value of utilization \
               (Kim and Nelson, ";
    assert!(shown(&choice).starts_with(why), "{}", shown(&choice));
    let told = json(&format!("{choice} --json"));
    assert!(told["answer"].as_str().expect("a text").starts_with(why), "{told}");
    assert_eq!(told["best"]["chosen"], Value::Null);
}

#[test]
fn a_choice_names_the_unit_and_says_of_what_the_replications_are() {
    let folder = Place::new("chosen-words");
    let options = "taxi --rides 30 --set fleet=2,5 --best max --of commission --indifference 1";
    let sweep = shown(&format!("sweep {options} --out {}", folder.join("days").display()));
    let said = "is chosen for the highest commission: this choice is right with a chance of at \
                least 95 %, if all others are worse by 1 $ or more (Kim and Nelson,";
    assert!(sweep.starts_with(&format!("fleet 5 {said} 40 replications in all).")), "{sweep}");
    let compare = shown(&format!("compare {options}"));
    assert!(compare.starts_with(&format!("fleet=5 {said} 20 replications of each).")), "{compare}");
    let few = format!("sweep {options} --most 25 --out {}", folder.join("few").display());
    let few = shown(&few.replace("--indifference 1", "--indifference 0.0001"));
    let why = "nothing is chosen for the highest commission: 25 replications of each (--most) do not \
               decide it (Kim and Nelson, ";
    assert!(few.starts_with(why), "{few}");
}

#[test]
fn one_replication_is_not_called_equal_differences() {
    let folder = Place::new("one-replication");
    let out = folder.join("days");
    let sweep = format!(
        "sweep taxi --rides 20 --set fleet=2,3 --replications 1 --best min --of refused_share --out {}",
        out.display()
    );
    let text = shown(&sweep);
    assert!(text.contains("no interval, one value only"), "{text}");
    assert!(!text.contains("differences are equal"), "{text}");
}

#[test]
fn goals_that_nothing_decides_say_what_is_missing() {
    let folder = Place::new("undecided");
    let goal = |name: &str, options: &str, goal: &str| {
        let out = folder.join(name);
        shown(&format!("sweep {options} --goal {goal} --out {}", out.display()))
    };
    let one = goal("one", "taxi --rides 20 --fleet 2 --replications 1", "commission<7.5");
    assert!(
        one.starts_with(
            "commission < 7.5 is undecided, as there is one value of commission only (95 %)."
        ),
        "{one}"
    );
    let none = goal("none", "taxi --rides 20 --fleet 0 --replications 5", "utilization<0.5");
    assert!(
        none.starts_with(
            "utilization < 0.5 is undecided, as there is no value of utilization (95 %)."
        ),
        "{none}"
    );
    // Each point has its reason, and those with an estimate have it.
    let mixed = format!("{UNDEFINED} --replications 5");
    let mixed = goal("mixed", &mixed, "utilization<0.6");
    assert!(mixed.contains("is undecided at all 3 points; about "), "{mixed}");
    assert!(
        mixed.contains(
            " would decide at fleet 2 and fleet 3 and there is no value of utilization at fleet 0 ("
        ),
        "{mixed}"
    );
    assert!(mixed.contains("undecided: no value"), "{mixed}");
}

#[test]
fn what_cannot_be_compared_is_refused_before_a_run() {
    let folder = Place::new("not-asked");
    let out = folder.join("days");
    let asked = format!("--best min --of refused_share --out {}", out.display());
    let many =
        format!("seed={}", (0..1001).map(|seed| seed.to_string()).collect::<Vec<_>>().join(","));
    for (command, why) in [
        (format!("sweep taxi --fleet 3 {asked}"), "vary an option with --set"),
        (
            format!("sweep taxi --set {many} {asked}"),
            "--best: there are 1001 points, and 1000 are the most",
        ),
        (
            format!("sweep taxi --set fleet=2,3 --indifference 20 --fewest 5 {asked}"),
            "cannot be used with",
        ),
        (
            format!("sweep taxi --set fleet=2,3 --indifference 20 --shard 1/2 {asked}"),
            "a sweep with --indifference cannot be run in parts, because each round depends on the \
             round before: leave --shard out, or use `compare`",
        ),
    ] {
        refused(&command, why);
        assert!(!out.exists(), "{command} ran");
    }
}

#[test]
fn a_folder_of_a_comparison_says_where_its_questions_are_asked() {
    let folder = Place::new("asked-of-comparison");
    let out = folder.join("days");
    let compare = format!(
        "compare taxi --rides 20 --set fleet=2,3 --replications 20 --of refused_share --out {}",
        out.display()
    );
    shown(&compare);
    for measure in ["refused_share", "0.refused_share"] {
        refused(
            &format!("report {} --best min --of {measure}", out.display()),
            "give --best to `compare`, with",
        );
    }
    let best = shown(&format!("{compare} --best min"));
    assert!(best.starts_with("fleet=3 has the lowest refused_share"), "{best}");
    refused(
        &format!("report {} --goal refused_share<0.9", out.display()),
        "write 0.refused_share for that of the first",
    );
    let goal = shown(&format!("report {} --goal 0.refused_share<0.9", out.display()));
    assert!(goal.starts_with("0.refused_share < 0.9 holds"), "{goal}");
}

#[test]
fn a_choice_on_the_command_line_replaces_the_replications_of_a_scenario_file() {
    let folder = Place::new("chosen-beside");
    let chosen = |name: &str, lines: &str, options: &str| -> Value {
        let file = folder.join(&format!("{name}.toml"));
        let text = format!("model = \"taxi\"\nrides = 30\n{lines}\n[grid]\nfleet = [2, 5]\n");
        fs::write(&file, text).expect("a file");
        let out = folder.join(name);
        let (file, out) = (file.display(), out.display());
        json(&format!("sweep {file} --best max --indifference 1 {options} --json --out {out}"))
    };
    for (name, lines, options) in [
        ("replications", "replications = 5", "--of commission"),
        ("precision", "precision = \"1%\"\nof = \"commission\"", ""),
        ("neither", "", "--of commission"),
    ] {
        let told = chosen(name, lines, options);
        assert_eq!(told["best"]["chosen"], 1, "{name}");
        assert_eq!(told["points"][0]["replications"], 20, "{name}");
    }
}
