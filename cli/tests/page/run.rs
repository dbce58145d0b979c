//! `flagfall run ... --html`: the page of one run.

use super::command::Copy;
use crate::command::{run, stderr, stdout};
use std::fs;

const RUN: &str = "run taxi --rides 20 --every=2s";

#[test]
fn the_page_has_all_parameters_and_results() {
    let place = Copy::new("one-run");
    let file = place.place("run.html");
    let plain = run(&format!("{RUN} -q"));
    let output = run(&format!("{RUN} -q --html {}", file.display()));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), stdout(&plain), "the page changes nothing else");
    let page = fs::read_to_string(&file).expect("a page");
    assert!(page.contains("<title>taxi: flagfall run</title>"));
    // The command runs as it stands, and makes the same run.
    let (_, rest) = page.split_once("<code class=\"code\">flagfall ").expect("a command");
    let (command, _) = rest.split_once("</code>").expect("its end");
    assert_eq!(stdout(&run(command)), stdout(&plain), "{command}");
    // Defaults included.
    for part in ["<dt>fleet</dt>", "<dt>rides</dt><dd>20</dd>", "<dt>every</dt><dd>2s</dd>"] {
        assert!(page.contains(part), "{part}");
    }
    let object = stdout(&run(&format!("{RUN} -q --json --summary")));
    let object: serde_json::Value = serde_json::from_str(&object).expect("one JSON object");
    for (name, value) in object["measures"].as_object().expect("measures") {
        let cell =
            format!("<th scope=\"row\">{name}</th><td>{}</td>", value.as_f64().expect("one"));
        assert!(page.contains(&cell), "{cell}");
    }
    let facts = format!("seed 42 · replication 0 · virtual time {}s", object["virtual_time_s"]);
    assert!(page.contains(&facts), "{facts}");
    // The same bytes, on standard output alone.
    let again = run(&format!("{RUN} -q --html -"));
    assert_eq!(stdout(&again), page);
}

#[test]
fn a_run_that_fails_has_a_page() {
    let place = Copy::new("failed-run");
    let file = place.place("run.html");
    let output = run(&format!("{RUN} --max-events 50 --html {}", file.display()));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let page = fs::read_to_string(&file).expect("a page");
    assert!(page.contains("It fails:") && page.contains("The run has no results."));
    assert!(page.contains("50"), "the limit is named");
}

#[test]
fn a_page_is_for_one_run() {
    for (command, told) in [
        ("sweep taxi --html x.html --out x", "--html"),
        ("compare taxi --set fleet=2,3 --html x.html", "--html"),
        ("verify taxi --html x.html", "--html is for run"),
        ("run taxi --html no/such/folder/x.html", "make the folder first"),
    ] {
        let output = run(command);
        let code = if told.starts_with("make") { 3 } else { 2 };
        assert_eq!(output.status.code(), Some(code), "{command}: {}", stderr(&output));
        assert!(stderr(&output).contains(told), "{command}: {}", stderr(&output));
    }
}
