//! The horizon: where a run ends without an error, for whatever runs models.

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

    /// Nothing else happens, and the clock goes on unless an actor has ended the run; what
    /// is an average over time goes with it.
    #[test]
    fn beyond_the_end_only_the_clock_goes_on() {
        let averages = ["utilization", "mean_queue_length", "mean_number_in_system"];
        let clock = |json: &str| {
            let mut json: serde_json::Value = serde_json::from_str(json).expect("JSON");
            let object = json.as_object_mut().expect("an object");
            let is_queue = object["system"] == "queue";
            let measures = object["measures"].as_object_mut().expect("measures");
            if is_queue {
                averages.iter().for_each(|name| assert!(measures.remove(*name).is_some()));
            }
            measures.remove("virtual_time");
            (object.remove("virtual_time_s"), json)
        };
        let month = Some(serde_json::json!(30.0 * 86_400.0));
        let ended = ["taxi", "parameter-server", "messages"];
        for system in ["taxi", "parameter-server", "actor-tree", "messages", "queue"] {
            let (all, _) = done(&format!("run {system} --json -q"));
            let (same, _) = done(&format!("run {system} --json -q --horizon 30d"));
            let ((end, all), (later, same)) = (clock(&all), clock(&same));
            assert!(all == same, "{system}");
            assert_eq!(later, if ended.contains(&system) { end } else { month.clone() });
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

    /// Saving moves no clock, and up to its horizon a run that fell idle can be saved.
    #[test]
    fn snapshots_of_runs_that_fell_idle() {
        let folder = Folder::new("idle");
        let file = folder.file("tree {time}.snap");
        let run = |words: &[&str]| {
            let words = [&["run", "actor-tree", "--json", "--snapshot", &file], words].concat();
            Command::new(env!("CARGO_BIN_EXE_flagfall")).args(words).output().expect("it runs")
        };
        let late = run(&["--snapshot-at", "5s"]);
        let told = String::from_utf8_lossy(&late.stderr).into_owned();
        assert_eq!(late.status.code(), Some(2), "{told}");
        assert!(told.contains("the run was over at 1.024s: nothing was saved at 5s"), "{told}");
        let (plain, _) = done("run actor-tree --json -q");
        assert_eq!(String::from_utf8_lossy(&late.stdout), plain);

        let rest =
            ["--horizon=9s", "--snapshot-every=400ms", "--snapshot-at=5s", "--snapshot-at=8s"];
        let saved = run(&rest);
        assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
        let mut names: Vec<_> = std::fs::read_dir(&folder.0)
            .expect("a folder")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort_unstable();
        // Between 0.4 s and 0.8 s nothing happens.
        let wanted = ["tree 0.4s.snap", "tree 5s.snap", "tree 8s.snap"];
        assert_eq!(names, wanted);
        let (whole, _) = done("run actor-tree --json -q --horizon 9s");
        assert_eq!(String::from_utf8_lossy(&saved.stdout), whole);
        for name in wanted {
            let file = folder.file(name);
            let words = ["resume", &file, "--json", "-q"];
            let output = Command::new(env!("CARGO_BIN_EXE_flagfall")).args(words).output();
            assert_eq!(String::from_utf8_lossy(&output.expect("it runs").stdout), whole, "{name}");
        }
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

use flagfall::model::Model;
use flagfall::{
    Config, Outcome, Resource, Simulation, SimulationError, Span, TiePolicy, VirtualTime,
};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::queue::Queue;

fn at(secs: u64) -> VirtualTime {
    VirtualTime::from_secs(secs)
}

/// A machine that is in use until 60 s, and is not wanted any more.
fn used_for_a_minute(config: Config) -> (Simulation, Resource) {
    let mut simulation = Simulation::new(config);
    let machine = Resource::new(&mut simulation, "machine", 1);
    simulation.process("customer", async move |p| {
        let _machine = machine.acquire(&p).await;
        p.sleep(Span::from_mins(1)).await;
    });
    (simulation, machine)
}

/// As SimPy's clock does after `run(until=100)`.
#[test]
fn the_clock_goes_on_to_the_end_of_a_run_that_fell_idle() {
    type Run = fn(&mut Simulation) -> Result<Outcome, SimulationError>;
    let horizon = Config::new(1).horizon(at(100));
    let ways: [(Config, Run); 5] = [
        (Config::new(1), |simulation| simulation.run_until(at(100))),
        (Config::new(1), |simulation| simulation.run_before(at(100))),
        (Config::new(1).ties(TiePolicy::Shuffled(1)), |simulation| simulation.run_until(at(100))),
        (horizon.clone(), Simulation::run),
        (horizon, |simulation| {
            simulation.pace(|_: VirtualTime| {});
            simulation.run()
        }),
    ];
    for (config, run) in ways {
        let (mut simulation, machine) = used_for_a_minute(config);
        assert_eq!(run(&mut simulation), Ok(Outcome::Idle { since: at(60) }));
        assert_eq!((simulation.now(), simulation.last_event()), (at(100), at(60)));
        assert_eq!(machine.statistics(&simulation).utilisation, 0.6);
        // And again, in pieces.
        assert_eq!(simulation.run_until(at(110)), Ok(Outcome::Idle { since: at(60) }));
        assert_eq!(simulation.run_before(at(120)), Ok(Outcome::Idle { since: at(60) }));
        assert_eq!((simulation.now(), simulation.last_event()), (at(120), at(60)));
        assert_eq!(machine.statistics(&simulation).utilisation, 0.5);
    }
}

#[test]
fn without_an_end_the_clock_stays_at_the_last_event() {
    for config in [Config::new(1), Config::new(1).horizon(VirtualTime::MAX)] {
        let (mut simulation, machine) = used_for_a_minute(config);
        assert_eq!(simulation.run(), Ok(Outcome::Idle { since: at(60) }));
        assert_eq!(simulation.run_until(VirtualTime::MAX), Ok(Outcome::Idle { since: at(60) }));
        assert_eq!(simulation.run_before(VirtualTime::MAX), Ok(Outcome::Idle { since: at(60) }));
        assert_eq!(simulation.now(), at(60));
        assert_eq!(machine.statistics(&simulation).utilisation, 1.0);
    }
}

#[test]
fn who_ends_a_run_stops_its_clock() {
    let mut simulation = Simulation::new(Config::new(1).horizon(at(100)));
    simulation.process("last", async move |p| {
        p.sleep(Span::from_mins(1)).await;
        p.end_run();
    });
    for _ in 0..2 {
        assert_eq!(simulation.run(), Ok(Outcome::Ended));
        assert_eq!(simulation.now(), at(60));
    }
}

/// Copies know, too, when the last event was.
#[test]
fn a_fork_of_a_run_that_fell_idle_stands_where_it_stands() {
    let queue = Queue { customers: 3, ..Queue::default() };
    let mut simulation = Simulation::new(Config::new(7));
    simulation.register(&<Queue as flagfall_cli::models::Branching>::types());
    queue.start(&mut simulation);
    let Ok(Outcome::Idle { since }) = simulation.run_until(at(500)) else { panic!("it is over") };
    let mut fork = simulation.fork().expect("all types have opted in");
    assert_eq!((fork.now(), fork.last_event()), (at(500), since));
    assert_eq!(fork.run_until(at(900)), Ok(Outcome::Idle { since }));
    assert_eq!((fork.now(), simulation.now()), (at(900), at(500)));
}

/// The last event is known though the clock has moved on without one.
#[test]
fn what_happens_after_a_stop_happens_then() {
    let (mut simulation, _) = used_for_a_minute(Config::new(1));
    assert_eq!(simulation.run_until(at(30)), Ok(Outcome::Reached));
    assert_eq!((simulation.now(), simulation.last_event()), (at(30), at(0)));
    assert!(matches!(simulation.run_until(at(100)), Ok(Outcome::Idle { .. })));
    simulation.process("late", async move |p| {
        assert_eq!(p.now(), at(100));
        p.sleep(Span::from_secs(5)).await;
    });
    assert_eq!(simulation.run_until(at(200)), Ok(Outcome::Idle { since: at(105) }));
    assert_eq!(simulation.now(), at(200));
}

/// Up to there, the run is what it is without; the event due at that instant is in it.
#[test]
fn it_cuts_the_run_and_changes_nothing_before() {
    let queue = Queue { customers: 50, ..Queue::default() };
    let config = Config::new(7).latency(DEFAULT_LATENCY);
    let whole = queue.run(config.clone()).expect("no errors").result;
    let horizon = whole[20].arrived;
    let cut = queue.run(config.clone().horizon(horizon)).expect("no errors");
    assert_eq!(cut.virtual_time, horizon);
    let arrived: Vec<VirtualTime> = cut.result.iter().map(|visit| visit.arrived).collect();
    let expected: Vec<VirtualTime> = whole[..=20].iter().map(|visit| visit.arrived).collect();
    assert_eq!(arrived, expected);

    let mut simulation = Simulation::new(config.horizon(horizon));
    let handles = queue.start(&mut simulation);
    assert_eq!(simulation.run().expect("no errors"), Outcome::Reached);
    assert_eq!(simulation.run().expect("no errors"), Outcome::Reached, "and again");
    assert!(simulation.pending_events() > 0);
    simulation.set_horizon(None);
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(queue.collect(&simulation, &handles), whole);
}
