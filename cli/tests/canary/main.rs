//! With a nondeterminism planted into the taxi fleet (feature `canary`), `verify`
//! and `replay` find it and show where. Without, everything else here holds the
//! same way: the tests would not pass on a sound build.

use flagfall_cli::{Host, NoResult, Program};
use std::path::Path;
use std::process::{Command, Output};

fn flagfall(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flagfall"))
        .args(arguments.split_whitespace())
        .current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")))
        .output()
        .expect("the command runs")
}

/// Runs a command that must find a difference; what it prints.
fn finds(arguments: &str) -> String {
    let output = flagfall(arguments);
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{arguments}: {out}");
    out
}

/// Fifty free taxis: two runs that choose the same ones by chance are not to be
/// expected.
const FLEET: &str = "taxi --fleet 50 --rides 60";

#[test]
fn verify_finds_it_and_shows_where() {
    for options in ["--runs 2 --threads 0", "--runs 1 --threads 2", "--runs 5 --threads 4"] {
        let out = finds(&format!("verify {FLEET} {options}"));
        // The first ride is the first choice; its message names the taxi.
        assert!(out.starts_with("A: run 1\nB: run "), "{out}");
        assert!(out.contains("records are equal; the next one differs in: "), "{out}");
        assert!(out.contains("* message   "), "{out}");
        assert!(out.contains("driver/dispatcher -> "), "{out}");
        assert!(out.contains("how it came about in B, the latest first:"), "{out}");
        assert!(out.contains("driver/simulation -> driver/dispatcher AssignRide"), "{out}");
    }
    let json = finds(&format!("verify {FLEET} --json"));
    let told: serde_json::Value = serde_json::from_str(&json).expect("an object");
    assert_eq!(told["equal"], false);
    assert_eq!(told["a"]["causes"][0]["receiver"], "driver/dispatcher");
}

#[test]
fn a_host_is_told_of_it() {
    let program = Program::flagfall();
    let words: Vec<String> = FLEET
        .replace(" --fleet ", " --fleet=")
        .replace(" --rides ", " --rides=")
        .split(' ')
        .map(str::to_owned)
        .collect();
    let scenario = Host::new(&program).verify(&words).expect("a scenario");
    let Err(NoResult::Different(told)) = scenario.compare((2, Some(2)), &mut |_| true) else {
        panic!("no difference is found");
    };
    assert!(told.contains("the next one differs in: "), "{told}");
    // Made again for its JSON object, a run is another one, too.
    let run =
        Host::new(&program).scenario(&words).and_then(|day| day.run(None, None, &mut || true));
    let again = run.expect("a run").json().map(str::to_owned);
    assert!(again.is_err_and(|why| why.to_string().contains("made again with another result")));
}

#[test]
fn replay_finds_it_and_shows_where() {
    let recorded = flagfall(&format!("run {FLEET} --record canary.trace -q"));
    assert_eq!(recorded.status.code(), Some(0));
    let out = finds("replay canary.trace");
    assert!(out.starts_with("A: canary.trace\nB: flagfall run taxi"), "{out}");
    assert!(out.contains("records are equal; the next one differs in: "), "{out}");
}

#[test]
fn other_systems_are_as_they_were() {
    for system in ["parameter-server", "actor-tree", "messages"] {
        let output = flagfall(&format!("verify {system} --runs 2 --threads 2"));
        assert_eq!(output.status.code(), Some(0), "{system}");
    }
}
