//! What `run` prints of each system.

use super::{json, run, stderr, stdout};

#[test]
fn the_taxi_day_is_printed_as_recorded() {
    crate::support::check_golden("taxi-seed-42.txt", &stdout(&run("run taxi --seed 42")));
}

#[test]
fn the_summary_line_is_on_stderr_and_can_be_silenced() {
    let output = run("run taxi --seed 42");
    let line = stderr(&output);
    assert_eq!(line.lines().count(), 1, "{line}");
    for part in ["taxi: seed 42", "virtual time 15.032s", "122 events", "wall", "digest"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert_eq!(stderr(&run("run taxi -q")), "");
    let verbose = stderr(&run("run taxi -v --every 2s"));
    assert!(verbose.starts_with("again: flagfall run taxi -v --every 2s\n"), "{verbose}");
    assert!(verbose.contains("undeliverable") && verbose.contains("events/s"), "{verbose}");
}

#[test]
fn the_same_seed_prints_the_same_and_the_default_is_42() {
    assert_eq!(stdout(&run("run taxi --seed 7")), stdout(&run("run taxi --seed 7")));
    assert_ne!(stdout(&run("run taxi --seed 7")), stdout(&run("run taxi --seed 8")));
    assert_eq!(stdout(&run("run taxi")), stdout(&run("run taxi --seed 42")));
    let help = stdout(&run("run taxi --help"));
    assert!(help.contains("[default: 42]"), "{help}");
}

#[test]
fn taxi_json_has_the_promised_fields() {
    let day = json("run taxi --durations 2,5,1,3,1,4,4,4,4,2 --json -q");
    assert_eq!(day["schema"], "flagfall/run/2");
    assert_eq!(day["system"], "taxi");
    assert_eq!(day["seed"], 42);
    assert_eq!(day["durations"], serde_json::json!([2, 5, 1, 3, 1, 4, 4, 4, 4, 2]));
    assert_eq!(day["messages"].as_array().map(Vec::len), Some(19));
    assert_eq!(day["messages"][0], "Course de 2 secondes envoyée à Daniel");
    assert_eq!(day["polls"].as_array().map(Vec::len), Some(15));
    let ride = serde_json::json!(
        {"index": 9, "duration": 2, "driver": null, "refused": true, "completed": false}
    );
    assert_eq!(day["rides"][9], ride);
    assert_eq!(day["rides"][1]["driver"], "Petra");
    assert_eq!(day["refused"], serde_json::json!([9]));
    assert_eq!(day["measures"]["completed"], 9);
    assert_eq!(day["measures"]["ride_time"], 28);
    assert_eq!(day["measures"]["commission"], 7.0);
    assert_eq!(day["virtual_time_s"], 15.032);
    assert_eq!(day["events"], 118);
    assert_eq!(day["digest"].as_str().map(str::len), Some(32));

    let summary = json("run taxi --durations 2,5,1,3,1,4,4,4,4,2 --json --summary -q");
    assert!(summary.as_object().expect("an object").values().all(|value| !value.is_array()));
    assert_eq!(summary["digest"], day["digest"]);
    assert_eq!(summary["measures"]["commission"], 7.0);
}

#[test]
fn the_other_systems_have_theirs() {
    let reads = json("run parameter-server --json -q");
    assert_eq!(
        reads["reads"][2],
        serde_json::json!([2, [-3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0, -3.0]])
    );
    let tree = json("run actor-tree --json -q --states RUNNING,DONE,DONE;DONE,DONE,DONE");
    assert_eq!(
        tree["states"],
        serde_json::json!([["RUNNING", "DONE", "DONE"], ["DONE", "DONE", "DONE"]])
    );
    assert_eq!(tree["deaths"].as_array().map(Vec::len), Some(3));
    assert_eq!(tree["deaths"][0]["worker"], "driver/supervisor[0]/worker[0]");
    assert_eq!(tree["deaths"][0]["cause"], "killed");
    let log = json("run messages --json -q");
    assert_eq!(log["polls"][2][0], "Message 0 from worker 0.");
    for system in ["parameter-server", "actor-tree", "messages", "queue"] {
        let summary = json(&format!("run {system} --json --summary -q"));
        assert_eq!(summary["system"], system);
    }
}

#[test]
fn digests_are_those_of_the_library() {
    let recorded = crate::support::fixture("digests.txt");
    for (options, name) in [
        ("taxi", "taxi"),
        ("parameter-server", "parameter-server"),
        ("actor-tree", "actor-tree"),
        ("actor-tree --supervisors 2 --epochs 3 --crash 0@1.5s", "actor-tree with a crash"),
        ("messages", "messages"),
        ("queue", "queue"),
        ("queue --servers 3 --service-law erlang:4 --customers 500", "queue with three servers"),
    ] {
        for list in ["ladder", "priority-queue"] {
            for trace in ["", "--trace"] {
                let run = json(&format!("run {options} --json -q --event-list {list} {trace}"));
                let line = format!(
                    "{name} seed 42 latency 1ms: {} events, {}",
                    run["events"],
                    run["digest"].as_str().expect("a digest"),
                );
                assert!(recorded.lines().any(|recorded| recorded == line), "{line}");
            }
        }
    }
}

#[test]
fn english_is_a_translation() {
    let output = stdout(&run("run taxi --durations 2,1 --fleet 1 --lang en"));
    assert!(output.contains("'Ride of 2 seconds sent to Daniel'"), "{output}");
    assert!(output.contains("'All taxis are busy'"), "{output}");
    assert!(output.contains("'Commission of 0.5 received from Daniel'"), "{output}");
    assert!(output.ends_with("Total commission collected 0.5\n"), "{output}");
}

#[test]
fn traces_have_a_line_for_each_event() {
    let output = stdout(&run("run taxi --trace -q"));
    let first = "0.000000000 driver Start\n";
    assert!(output.starts_with(first), "{output}");
    assert!(output.contains("dispatcher AssignRide { duration: 3s }\n"), "{output}");
    assert!(output.contains("driver/dispatcher/taxi[0] RideOver"), "{output}");
    let traced = run("run taxi --trace --json -q");
    assert_eq!(stderr(&traced).lines().count(), 122);
    assert_eq!(json("run taxi --json -q")["events"], 122);
}
