//! The horizon: where a run ends without an error, for whatever runs models.

#[cfg(feature = "cli")]
mod command {
    use std::path::PathBuf;
    use std::process::{Command, Output};

    /// A folder of its own, gone at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("flagfall-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }

        fn file(&self, name: &str) -> String {
            self.0.join(name).to_str().expect("a path").to_owned()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn flagfall(arguments: &str) -> Output {
        let words = arguments.split_whitespace();
        Command::new(env!("CARGO_BIN_EXE_flagfall")).args(words).output().expect("it runs")
    }

    /// What it printed, and told.
    fn done(arguments: &str) -> (String, String) {
        let output = flagfall(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments}: {told}");
        (String::from_utf8(output.stdout).expect("text"), told)
    }

    #[test]
    fn a_run_ends_there() {
        for system in ["taxi", "parameter-server", "actor-tree --epochs 9", "messages", "queue"] {
            let (out, told) = done(&format!("run {system} --horizon 4500ms --json"));
            assert!(out.contains("\"virtual_time_s\":4.5,"), "{out}");
            assert!(told.contains("virtual time 4.5s") && !told.contains("note:"), "{told}");
        }
    }

    #[test]
    fn beyond_the_end_it_changes_nothing() {
        for system in ["taxi", "parameter-server", "actor-tree", "messages", "queue"] {
            let (all, _) = done(&format!("run {system} --json -q"));
            let (same, _) = done(&format!("run {system} --json -q --horizon 30d"));
            assert_eq!(all, same);
        }
    }

    /// Who still waits then may be answered later.
    #[test]
    fn nobody_is_said_to_be_stuck() {
        let fault = "--fault=slow\u{a0}**\u{a0}by\u{a0}1.5".replace('\u{a0}', " ");
        let run = |rest: &[&str]| {
            let words =
                [&["run", "actor-tree", "--epochs", "9", fault.as_str()][..], rest].concat();
            let output =
                Command::new(env!("CARGO_BIN_EXE_flagfall")).args(words).output().expect("it runs");
            assert!(output.status.success());
            String::from_utf8(output.stderr).expect("text")
        };
        assert!(
            !run(&["--horizon", "3s"]).contains("has waited for"),
            "{}",
            run(&["--horizon", "3s"])
        );
    }

    #[test]
    fn traces_snapshots_and_searches_keep_it() {
        let folder = Folder::new("horizon");
        let (trace, snapshot) = (folder.file("day.trace"), folder.file("day.snap"));
        let (whole, _) = done("run taxi --horizon 6s --json -q");
        done(&format!("run taxi --horizon 6s -q --record {trace}"));
        let (_, told) = done(&format!("replay {trace}"));
        assert!(!told.contains("differ"), "{told}");
        done("verify --runs 2 --threads 2 taxi --horizon 6s");
        done("ties taxi --latency 0 --durations 2,1,1 --horizon 2s --expect-one");

        done(&format!("run taxi --horizon 6s -q --snapshot {snapshot} --snapshot-at 3s"));
        let (resumed, _) = done(&format!("resume {snapshot} --json -q"));
        assert_eq!(resumed, whole);
        let (later, _) =
            done(&format!("fork --from {snapshot} --branches 1 --json --set horizon=7s"));
        assert!(later.contains("\"virtual_time_s\":7.0,"), "{later}");
        let (ends, _) = done("fork --at 3s --branches 1 --json taxi --horizon 6s");
        assert!(ends.contains("\"virtual_time_s\":6.0,"), "{ends}");

        for (arguments, text) in [
            ("fork --at 7s taxi --horizon 6s", "ends at its horizon, 6s, before --at 7s"),
            (
                &*format!("run taxi --horizon 6s -q --snapshot {snapshot} --snapshot-at 7s"),
                "the run was over at 6s: nothing was saved at 7s",
            ),
        ] {
            let output = flagfall(arguments);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{told}");
            assert!(told.contains(text), "{told}");
        }
    }
}

use flagfall::models::queue::Queue;
use flagfall::models::{DEFAULT_LATENCY, Model};
use flagfall::{Config, Outcome, Simulation, VirtualTime};

/// Up to there, the run is what it is without; the event due at that instant is in it.
#[test]
fn it_cuts_the_run_and_changes_nothing_before() {
    let queue = Queue { customers: 50, ..Queue::default() };
    let config = Config::new(7).latency(DEFAULT_LATENCY);
    let whole = queue.run(config.clone()).expect("no errors").result.visits;
    let horizon = whole[20].arrived;
    let cut = queue.run(config.clone().horizon(horizon)).expect("no errors");
    assert_eq!(cut.virtual_time, horizon);
    let arrived: Vec<VirtualTime> = cut.result.visits.iter().map(|visit| visit.arrived).collect();
    let expected: Vec<VirtualTime> = whole[..=20].iter().map(|visit| visit.arrived).collect();
    assert_eq!(arrived, expected);

    let mut simulation = Simulation::new(config.horizon(horizon));
    let handles = queue.start(&mut simulation);
    assert_eq!(simulation.run().expect("no errors"), Outcome::Reached);
    assert_eq!(simulation.run().expect("no errors"), Outcome::Reached, "and again");
    assert!(simulation.pending_events() > 0);
    simulation.set_horizon(None);
    assert_eq!(simulation.run().expect("no errors"), Outcome::Idle);
    assert_eq!(queue.collect(&simulation, &handles).visits, whole);
}
