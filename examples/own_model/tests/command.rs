//! The whole command line over a model of one's own.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn till(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
    let command = command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().expect("the command runs")
}

fn words(line: &str) -> Output {
    till(&line.split_whitespace().collect::<Vec<_>>())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What a command that is done has printed.
fn done(line: &str) -> String {
    let output = words(line);
    assert_eq!(output.status.code(), Some(0), "{line}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What a command that is not done has told.
fn told(line: &str, code: i32) -> String {
    let output = words(line);
    assert_eq!(output.status.code(), Some(code), "{line}: {}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "", "{line}");
    text(&output.stderr)
}

fn json(line: &str) -> Value {
    serde_json::from_str(&done(line)).expect("one JSON object")
}

/// A name in the temporary folder, free again at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("till-{}-{name}", std::process::id())))
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("a plain name")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It may never have been written.
        std::fs::remove_file(&self.0).ok();
    }
}

#[test]
fn the_glue_is_less_than_twenty_lines() {
    let glue = include_str!("../src/main.rs");
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines = glue.lines().filter(is_code).filter(|line| line.trim() != "}").count();
    assert!(lines < 20, "{lines} lines of code");
}

#[test]
fn a_run_prints_its_measures() {
    let printed = done("run till --rush 1m,2m");
    let names: Vec<_> = printed.lines().map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(names, ["served", "left", "waited_share", "mean_wait", "longest_wait"]);
    assert!(printed.starts_with("served        120\n"), "{printed}");
    let run = json("run till --rush 1m,2m --patience 30s --json -q");
    assert_eq!(run["system"], "till");
    assert_eq!(run["parameters"]["tills"], 1);
    assert_eq!(run["parameters"]["patience"], "30s");
    assert_eq!(run["parameters"]["rush"], serde_json::json!(["1m", "2m"]));
    assert_eq!(run["parameters"]["regular"], false);
    let measures = &run["measures"];
    let all = measures["served"].as_u64().unwrap() + measures["left"].as_u64().unwrap();
    assert_eq!((all, measures["left"] != 0), (120, true));
    assert_eq!(run["units"]["mean_wait"], "s");
    assert_eq!(json("run till --customers 0 --json -q")["measures"]["waited_share"], Value::Null);
}

#[test]
fn the_seed_decides_the_run() {
    let digest = |line: &str| json(line)["digest"].clone();
    let usual = digest("run till --json -q");
    assert_eq!(digest("run till --json -q --seed 42"), usual);
    assert_ne!(digest("run till --json -q --seed 7"), usual);
    assert_ne!(digest("run till --json -q --replication 1"), usual);
}

#[test]
fn the_program_says_its_own_name() {
    let version = done("--version");
    assert!(version.starts_with("till 0.3.0 (flagfall "), "{version}");
    assert_eq!(
        done("list"),
        format!("{:<18} Customers at the tills of a shop, in one line\n", "till")
    );
    let help = done("--help");
    assert!(help.starts_with("Customers at the tills of a shop, in one line\n"), "{help}");
    let subcommands =
        ["", "run", "trace", "diff", "replay", "verify", "sweep", "ties", "fork", "run till"];
    for command in subcommands {
        let help = done(&format!("{command} --help"));
        assert!(help.contains("Usage: till"), "{help}");
        let named =
            help.lines().filter(|line| line.contains("flagfall ") || line.contains("taxi "));
        assert_eq!(named.count(), 0, "{help}");
    }
    assert!(done("run till --help").contains("Mean span that a customer is served"));
    assert!(done("completions bash").contains("_till()"));
}

#[test]
fn a_scenario_file_is_its_options() {
    let options = "run till --seed 7 --tills 2 --every 45s --rush 10m,20m --regular --json -q";
    assert_eq!(done("run shop.toml --json -q"), done(options));
    assert_ne!(done("run shop.toml --tills 3 --json -q"), done(options));
    let file = Place::new("wrong.toml");
    std::fs::write(&file.0, "model = \"till\"\ncustmers = 2\n").expect("a file");
    let error = told(&format!("run {}", file.name()), 3);
    assert!(
        error.contains("line 2, column 1") && error.contains("did you mean customers?"),
        "{error}"
    );
}

#[test]
fn a_recorded_run_is_replayed_and_compared() {
    let (one, two) = (Place::new("one.trace"), Place::new("two.trace"));
    done(&format!("run shop.toml -q --record {}", one.name()));
    done(&format!("run shop.toml -q --seed 8 --record {}", two.name()));
    assert!(done(&format!("replay {}", one.name())).starts_with("equal: "));
    let summary = done(&format!("trace {} --summary", one.name()));
    for line in ["program     till 0.3.0", "command     till run till", "tills: 2", "rush: 10m,20m"]
    {
        assert!(summary.contains(line), "{line}: {summary}");
    }
    let differ = words(&format!("diff {} {}", one.name(), two.name()));
    assert_eq!(differ.status.code(), Some(1));
    let differ = text(&differ.stdout);
    assert!(differ.contains("seed"), "{differ}");
}

#[test]
fn runs_are_verified() {
    assert!(done("verify till --regular --threads 2").starts_with("equal: "));
    assert!(done("verify shop.toml --runs 3").starts_with("equal: "));
}

#[test]
fn ties_are_searched_by_their_measures() {
    let line = "till --latency 0 --customers 3 --rush 90s --regular";
    let found = done(&format!("ties {line}"));
    assert!(found.contains("2 outcomes of 4 orders"), "{found}");
    assert!(found.contains("longest_wait ") && found.contains("--ties \"6=1\""), "{found}");
    assert_ne!(done(&format!("run {line} -q --ties 6=1")), done(&format!("run {line} -q")));
    told_or_printed(&format!("ties --expect-one {line}"), 1);
}

fn told_or_printed(line: &str, code: i32) {
    assert_eq!(words(line).status.code(), Some(code), "{line}");
}

#[test]
fn branches_are_run_again() {
    let fork: Value = json("fork --at 10m --branches 2 --json -q till --rush 20m");
    assert_eq!(fork["origin"], "rerun");
    let plain = json("run till --rush 20m --json -q");
    for branch in fork["branches"].as_array().expect("branches") {
        assert_eq!(
            (&branch["digest"], &branch["measures"]),
            (&plain["digest"], &plain["measures"])
        );
    }
    let seeded = json("fork --at 10m --seeds 1,2 --json -q till --rush 20m");
    assert_ne!(seeded["branches"][0]["measures"], seeded["branches"][1]["measures"]);
}

#[test]
fn a_study_has_the_measures_as_columns() {
    let folder = Place::new("study");
    let line = format!("sweep till --set tills=1,2 --replications 5 --out {}", folder.name());
    let table = done(&line);
    assert!(table.contains("mean_wait"), "{table}");
    let read = |name: &str| std::fs::read_to_string(folder.0.join(name)).expect("a file");
    let rows = read("rows.csv");
    let head = rows.lines().next().expect("a head");
    assert!(
        head.starts_with("point,tills,replication,served,left,waited_share,mean_wait"),
        "{head}"
    );
    assert_eq!(rows.lines().count(), 11);
    let summary: Value = serde_json::from_str(&read("summary.json")).expect("JSON");
    assert_eq!(summary["model"], "till");
    let mean = |point: usize| {
        let measures = summary["points"][point]["measures"].as_array().expect("measures");
        let wait = measures.iter().find(|measure| measure["name"] == "mean_wait");
        wait.expect("a mean wait")["mean"].as_f64().expect("a number")
    };
    assert!(mean(0) > mean(1));
    // The same row by itself: replications of one number draw the same at all points.
    let row = json("run till --tills 2 --replication 3 --json -q");
    let found = rows.lines().find(|line| line.starts_with("1,2,3,")).expect("its row");
    assert!(found.contains(row["digest"].as_str().expect("a digest")), "{found}");
    std::fs::remove_dir_all(&folder.0).expect("it was there");
}

#[test]
fn mistakes_are_told() {
    assert!(told("run till --tills 0", 2).contains("0 is not in 1.."));
    assert!(told("run till --every soon", 2).contains("--every"));
    assert!(told("run till --every 30s", 2).contains("customers come faster than one till"));
    assert!(told("run taxi", 2).contains("unrecognized subcommand 'taxi'"));
    let snapshot = told("run till --snapshot day.snap --snapshot-at 5s", 2);
    assert!(snapshot.contains("till cannot be saved"), "{snapshot}");
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("day.snap").exists());
    let limit = told("run till --max-events 5", 1);
    assert!(limit.contains("again: till run till --max-events 5"), "{limit}");
}
