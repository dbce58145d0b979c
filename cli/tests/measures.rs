//! What the runs of the models come to, held to what can be worked out by hand.

use flagfall::model::{Measured, Model};
use flagfall::{Config, FaultPlan, Measures, Span, VirtualTime};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::{ActorTree, WorkerState};
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};

fn config() -> Config {
    Config::new(42).latency(DEFAULT_LATENCY)
}

fn measured<M: Measured>(model: &M, config: Config) -> Measures {
    model.measures(&model.run(config).expect("no errors"))
}

/// Names, units and numbers, all of them and in this order.
fn check(found: &Measures, wanted: &[(&str, &str, Option<f64>)]) {
    let found = found.as_slice().iter();
    let found: Vec<_> = found.map(|found| (&*found.name, &*found.unit, found.value)).collect();
    assert_eq!(found, wanted);
}

fn secs(millis: u64) -> VirtualTime {
    VirtualTime::from_millis(millis)
}

#[test]
fn of_the_parameter_server() {
    // Workers start at 0.368 s, three hops and 365 ms after the driver; a gradient of 1 takes
    // 1.5 s and a hop, and is taken off. The last of 20 reads arrives at 19.039 s, when 12 of each
    // worker have, and the run ends at 20.042 s, after the 13th.
    check(
        &measured(&ParameterTraining::default(), config()),
        &[
            ("parameter_mean", "1", Some(-39.0)),
            ("last_read_mean", "1", Some(-36.0)),
            ("reads", "1", Some(20.0)),
            ("workers_started", "1", Some(3.0)),
            ("last_worker_start", "s", Some(0.368)),
            ("virtual_time", "s", Some(20.042)),
        ],
    );
}

#[test]
fn of_the_parameter_server_on_too_few_cpus() {
    // The third waits for a hundred gradients of 1.5 s.
    let long = ParameterTraining { reads: 160, ..ParameterTraining::default() };
    let found = measured(&long, config().cpus(2));
    assert_eq!(found.get("last_worker_start"), Some(150.368));
    let short = measured(&ParameterTraining::default(), config().cpus(2));
    assert_eq!(short.get("workers_started"), Some(2.0));
    assert_eq!(short.get("parameter_mean"), Some(-26.0));
}

#[test]
fn of_a_parameter_server_without_parameters() {
    let empty = ParameterTraining { dimension: 0, reads: 0, workers: 0, ..Default::default() };
    let found = measured(&empty, config());
    for undefined in ["parameter_mean", "last_read_mean", "last_worker_start"] {
        assert_eq!(found.get(undefined), None, "{undefined}");
    }
    assert_eq!(found.get("reads"), Some(0.0));
}

#[test]
fn of_the_message_actor() {
    // Workers start within half a second, and send every second from then on. The last poll,
    // a little after 9 s, has eight messages of each; the ninth is never polled.
    check(
        &measured(&MessageLog::default(), config()),
        &[
            ("received", "1", Some(27.0)),
            ("polled", "1", Some(24.0)),
            ("polled_share", "1", Some(24.0 / 27.0)),
            ("largest_poll", "1", Some(3.0)),
            ("lost", "1", Some(0.0)),
            ("virtual_time", "s", Some(10.02)),
        ],
    );
}

#[test]
fn of_a_message_actor_that_nothing_reaches() {
    let plan: FaultPlan = "link **/worker[*] -> ** loss 1".parse().expect("a plan");
    let found = measured(&MessageLog::default(), config().faults(plan));
    assert_eq!(found.get("received"), Some(0.0));
    assert_eq!(found.get("polled_share"), None);
    assert_eq!(found.get("lost"), Some(27.0));
}

#[test]
fn of_the_tree() {
    // Every worker is done at the second of two inspections, and none dies before the end:
    // three workers and their supervisor.
    use WorkerState::{Done, Running};
    let script = vec![vec![Running, Done, Done], vec![Done; 3]];
    let tree = ActorTree { script, ..ActorTree::default() };
    let found = measured(&tree, config());
    let end = found.get("virtual_time").expect("an end");
    check(
        &found,
        &[
            ("inspections", "1", Some(2.0)),
            ("deaths", "1", Some(4.0)),
            ("workers_killed", "1", Some(3.0)),
            ("workers_orphaned", "1", Some(0.0)),
            ("restarts", "1", Some(0.0)),
            ("checkpoints", "1", Some(3.0)),
            ("virtual_time", "s", Some(end)),
        ],
    );
    assert!((1.0..1.1).contains(&end), "{end}");
}

#[test]
fn of_a_tree_with_a_crash() {
    // The crash is a death more and a restart; each worker saves each of five epochs.
    let crashes = vec![(1, Span::from_millis(2_500))];
    let tree = ActorTree { epochs: 5, crashes, ..ActorTree::default() };
    let found = measured(&tree, config());
    let counts = ["deaths", "restarts", "checkpoints"].map(|name| found.get(name));
    assert_eq!(counts, [Some(5.0), Some(1.0), Some(15.0)]);
}

/// Two taxis, four rides: taxi 0 drives from 0.367 s to 3.367 s, taxi 1 from 1.367 s to
/// 5.367 s, and the rides asked for at 2.366 s and 3.366 s are refused. The run ends with the
/// fifteenth poll, at 15.032 s.
fn four_rides(warm_up: Span) -> TaxiFleet {
    let durations = Durations::Given([3, 4, 2, 5].map(Span::from_secs).to_vec());
    TaxiFleet { fleet: 2, durations, warm_up, ..TaxiFleet::default() }
}

#[test]
fn of_the_taxis() {
    let fleet = four_rides(Span::ZERO);
    let run = fleet.run(config()).expect("no errors");
    let asked: Vec<VirtualTime> = run.result.rides.iter().map(|ride| ride.asked).collect();
    assert_eq!(asked, [366, 1_366, 2_366, 3_366].map(secs));
    assert_eq!(run.virtual_time, secs(15_032));
    check(
        &fleet.measures(&run),
        &[
            ("rides", "1", Some(4.0)),
            ("refused", "1", Some(2.0)),
            ("refused_share", "1", Some(0.5)),
            ("completed", "1", Some(2.0)),
            ("ride_time", "s", Some(7.0)),
            ("commission", "$", Some(1.75)),
            ("taxi_cash", "$", Some(7.0)),
            ("utilization", "1", Some(7_000.0 / (2.0 * 15_032.0))),
        ],
    );
    let series = fleet.series(&run);
    assert_eq!(series[0].values, [0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn of_the_taxis_after_a_warm_up() {
    // (warm-up, rides, refused, milliseconds driven after it), each in milliseconds.
    for (warm_up, rides, refused, driven) in [
        (366, 4, 2, 7_000),
        (367, 3, 2, 7_000),
        (2_000, 2, 2, 1_367 + 3_367),
        (3_000, 1, 1, 367 + 2_367),
        (5_000, 0, 0, 367),
        (6_000, 0, 0, 0),
    ] {
        let fleet = four_rides(Span::from_millis(warm_up));
        let run = fleet.run(config()).expect("no errors");
        let found = fleet.measures(&run);
        let share = (rides > 0).then(|| f64::from(refused) / f64::from(rides));
        let whole = 2.0 * (15_032 - warm_up) as f64;
        check(
            &found,
            &[
                ("rides", "1", Some(f64::from(rides))),
                ("refused", "1", Some(f64::from(refused))),
                ("refused_share", "1", share),
                ("completed", "1", Some(2.0)),
                ("ride_time", "s", Some(7.0)),
                ("commission", "$", Some(1.75)),
                ("taxi_cash", "$", Some(7.0)),
                ("utilization", "1", Some(f64::from(driven) / whole)),
            ],
        );
        // The warm-up is in the series.
        assert_eq!(fleet.series(&run)[0].values.len(), 4);
    }
    // Longer than the day: nothing is left to be measured.
    let found = measured(&four_rides(Span::from_mins(1)), config());
    assert_eq!((found.get("rides"), found.get("refused_share")), (Some(0.0), None));
    assert_eq!(found.get("utilization"), None);
}

#[test]
fn of_the_taxis_at_a_horizon() {
    // At 4 s the first ride is over, and the second has 1.367 s to go.
    let found = measured(&four_rides(Span::ZERO), config().horizon(secs(4_000)));
    assert_eq!(found.get("completed"), Some(1.0));
    assert_eq!(found.get("utilization"), Some((3_000.0 + 2_633.0) / 8_000.0));
}
