//! Scenario files: the same runs as by options, and clear words about mistakes.

mod mistakes;
mod random;
mod schema;
mod study;

use flagfall::{Config, Latency, Limits, Span, TiePolicy, VirtualTime};
use flagfall_cli::Scenario;
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::{ActorTree, WorkerState};
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::queue::{Queue, ServiceLaw};
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own, gone at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("flagfall-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn flagfall(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flagfall")).args(arguments).output().expect("it runs")
}

fn run(scenario: &Path, rest: &[&str]) -> Output {
    let path = scenario.to_str().expect("a path");
    flagfall(&[&["run", path][..], rest].concat())
}

#[test]
fn a_scenario_is_its_options() {
    let folder = Folder::new("scenario-options");
    folder.file("plan.txt", "link * -> * loss 0.05");
    let scenario = folder.file(
        "day.toml",
        "model = \"taxi\"\n# a small day\nseed = 7\nfleet = 2\ndurations = [2, 5, 1, \"1.5s\"]\n\
         latency = \"2ms\"\nsummary = true\nverbose = false\nfaults = \"plan.txt\"\n\
         fault = [\"slow driver/** by 1.5\", \"link * -> * duplicate 0.1\"]\n\
         link = [\"driver->driver/dispatcher=5ms\"]\n",
    );
    let plan = folder.0.join("plan.txt");
    let options = [
        "run",
        "taxi",
        "--seed",
        "7",
        "--fleet",
        "2",
        "--durations",
        "2,5,1,1.5s",
        "--latency",
        "2ms",
        "--summary",
        "--faults",
        plan.to_str().expect("a path"),
        "--fault",
        "slow driver/** by 1.5",
        "--fault",
        "link * -> * duplicate 0.1",
        "--link",
        "driver->driver/dispatcher=5ms",
        "--json",
        "-q",
    ];
    let (by_file, by_options) = (run(&scenario, &["--json", "-q"]), flagfall(&options));
    assert!(by_file.status.success(), "{}", String::from_utf8_lossy(&by_file.stderr));
    assert_eq!(by_file.stdout, by_options.stdout);
    assert!(!by_file.stdout.is_empty());
    // What stands beside the file counts.
    let other = run(&scenario, &["--seed=8", "--json", "-q"]);
    assert_ne!(other.stdout, by_file.stdout);
    let text = String::from_utf8(other.stdout).expect("text");
    assert!(text.contains("\"seed\":8"), "{text}");
}

/// What a model writes of itself runs to the same digest.
fn repeats<S: Scenario>(folder: &Folder, model: &S, config: &Config) {
    let digest = model.run(config.clone()).expect("no errors").digest.expect("a digest");
    let path = folder.file("written.toml", &model.scenario(config));
    let output = run(&path, &["--json", "--summary"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{error}{}", model.scenario(config));
    assert!(error.contains(&digest.to_string()), "{error}\n{}", model.scenario(config));
}

#[test]
fn models_write_scenarios_that_repeat() {
    let folder = Folder::new("scenario-written");
    let plan = "link driver -> driver/** loss 0.01 duplicate 0.1\nslow \"driver/ta xi\" by 1.5";
    let limits = Limits {
        events: 1_000_000,
        live_actors: 1_000,
        end_time: VirtualTime::from_nanos(3_600_000_000_000),
        ..Limits::default()
    };
    let config = Config::new(u64::MAX / 3)
        .replication(3)
        .latency(Latency::Exponential { mean: Span::from_micros(1_500) })
        .link("driver", "driver/dispatcher", Latency::Fixed(Span::from_millis(5)))
        .faults(plan.parse().expect("a plan"))
        .limits(limits);
    let plain = Config::new(42).latency(DEFAULT_LATENCY);
    let short = plain.clone().horizon(VirtualTime::from_nanos(3_500_000_000));
    let shuffled = plain.clone().ties(TiePolicy::Shuffled(7));
    for config in [&plain, &config, &shuffled, &short] {
        repeats(&folder, &TaxiFleet::default(), config);
        repeats(&folder, &ParameterTraining { gradient: -0.1, ..Default::default() }, config);
        let service_law = ServiceLaw::Erlang(3);
        let warm_up = Span::from_millis(2_500);
        let queue = Queue {
            servers: 2,
            load: 0.75,
            customers: 40,
            service_law,
            warm_up,
            ..Default::default()
        };
        repeats(&folder, &queue, config);
        repeats(
            &folder,
            &MessageLog { messages: 3, ..Default::default() },
            &config.clone().cpus(2),
        );
    }
    let durations = ["1.5s", "250ms", "3s"].map(|span| span.parse().expect("a span"));
    let drivers = ["Zoë \"Z\" \\ O", "b\tc"].map(str::to_owned).to_vec();
    let durations = Durations::Given(durations.to_vec());
    repeats(&folder, &TaxiFleet { drivers, durations, ..Default::default() }, &plain);
    let none = TaxiFleet { durations: Durations::Given(vec![]), ..Default::default() };
    repeats(&folder, &none, &plain);
    let crashes = vec![(0, Span::from_millis(1_500)), (1, Span::from_millis(700))];
    repeats(&folder, &ActorTree { crashes, done: 0.8, ..Default::default() }, &plain);
    let script = vec![
        vec![WorkerState::Running, WorkerState::Done, WorkerState::Done],
        vec![WorkerState::Done; 3],
    ];
    repeats(&folder, &ActorTree { script, ..Default::default() }, &plain);
}

#[test]
fn options_of_the_command_may_stand_before_the_file() {
    let folder = Folder::new("scenario-before");
    let scenario = folder.file("day.toml", "model = \"taxi\"\ndurations = [2, 5, 1]\n");
    let path = scenario.to_str().expect("a path");
    for before in [&["verify", "--runs", "2", "--threads=0"][..], &["ties", "--budget", "9"]] {
        let output = flagfall(&[before, &[path, "--fleet", "2"]].concat());
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{before:?}: {talk}");
    }
}
