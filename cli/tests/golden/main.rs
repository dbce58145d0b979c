//! Digests that must not change: one for each model and profile.

#[path = "../../../tests/distributions/bits.rs"]
mod distributions;
#[path = "../../../tests/fixtures.rs"]
mod fixtures;
#[path = "../../../benches/workloads/mod.rs"]
mod workloads;

use flagfall::experiment::{Experiment, Finished, Grid, Replications};
use flagfall::model::{Measured, Model};
use flagfall::{
    Config, Digest, EventListKind, FaultPlan, Latency, Record, Simulation, Span, VirtualTime,
};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::queue::{Queue, ServiceLaw};
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use flagfall_cli::study::{Manifest, write_csv};
use std::fmt::Write;
use twox_hash::XxHash3_128;
use workloads::{claims, queue, sleepers, store};

const SEEDS: [u64; 3] = [0, 42, u64::MAX];

fn latencies() -> [Latency; 3] {
    [Latency::ZERO, DEFAULT_LATENCY, Latency::Exponential { mean: Span::from_millis(2) }]
}

fn lines<M: Model>(name: &str, model: &M, list: EventListKind) -> String {
    let mut lines = String::new();
    for seed in SEEDS {
        for latency in latencies() {
            let config = Config::new(seed).latency(latency.clone()).event_list(list);
            let run = model.run(config).expect("no errors");
            let digest = run.digest.expect("a digest");
            writeln!(
                lines,
                "{name} seed {seed} latency {latency}: {} events, {digest}",
                run.events
            )
            .expect("writing to a string");
        }
    }
    lines
}

/// Processes and resources, which the models do not use.
fn shop(list: EventListKind) -> String {
    type Program = fn(Config) -> Simulation;
    let plan = "link * -> * loss 0.1 duplicate 0.1\nslow patron[1] by 1.5";
    let plan: FaultPlan = plan.parse().expect("a plan");
    let programs: [(&str, Program); 4] =
        [("sleepers", sleepers), ("queue", queue), ("claims", claims), ("store", store)];
    let mut lines = String::new();
    for (name, program) in programs {
        let mut simulation = program(Config::new(42).event_list(list).faults(plan.clone()));
        simulation.process("noise", async move |p| {
            let mut stream = p.stream("noise");
            loop {
                p.sleep(stream.exponential(Span::from_millis(3))).await;
            }
        });
        simulation.run_until(VirtualTime::from_nanos(200_000_000)).expect("no errors");
        let digest = simulation.digest().expect("a digest");
        writeln!(lines, "{name}: {} events, {digest}", simulation.events()).expect("a string");
    }
    lines
}

/// The digest of the digests of 200 runs: in a thread each time, so many side by
/// side, watched or not.
fn many<M: Model + Default + Sync>(threads: u64, watched: bool) -> Digest {
    const SEEDS: u64 = 200;
    let run = |seed| {
        let mut simulation = Simulation::new(Config::new(seed).latency(DEFAULT_LATENCY));
        if watched {
            simulation.observe(|record: &Record<'_>| drop(record.to_string()));
        }
        let run = M::default().run_in(&mut simulation).expect("no errors");
        run.digest.expect("a digest").value()
    };
    let share = |first: u64| (first..SEEDS).step_by(threads as usize).map(run).collect::<Vec<_>>();
    let found: Vec<Vec<u128>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(move || share(first))).collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).collect()
    });
    let mut digest = Digest::new();
    for seed in 0..SEEDS {
        let value = found[(seed % threads) as usize][(seed / threads) as usize];
        digest.write_u64(value as u64);
        digest.write_u64((value >> 64) as u64);
    }
    digest
}

/// A queue that 1,400 runs of do not take minutes.
struct ShortQueue(Queue);

impl Default for ShortQueue {
    fn default() -> Self {
        Self(Queue { servers: 2, customers: 100, ..Queue::default() })
    }
}

impl Model for ShortQueue {
    type Handles = <Queue as Model>::Handles;
    type Result = <Queue as Model>::Result;

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        self.0.start(simulation)
    }

    fn collect(&self, simulation: &Simulation, handles: &Self::Handles) -> Self::Result {
        self.0.collect(simulation, handles)
    }
}

fn line<M: Model + Default + Sync>(name: &str) -> String {
    let alone = many::<M>(1, false);
    for (threads, watched) in [(1, true), (2, false), (4, true), (4, false), (8, false), (8, true)]
    {
        assert_eq!(many::<M>(threads, watched), alone, "{name}, {threads} threads");
    }
    format!("{name}, 200 seeds: {alone}\n")
}

#[test]
fn threads_and_watchers_change_nothing() {
    let lines = [
        line::<TaxiFleet>("taxi"),
        line::<ParameterTraining>("parameter-server"),
        line::<ActorTree>("actor-tree"),
        line::<MessageLog>("messages"),
        line::<ShortQueue>("queue of 100"),
    ];
    fixtures::check_golden("many-digests.txt", &lines.concat());
}

fn all(list: EventListKind) -> String {
    let tree = ActorTree {
        supervisors: 2,
        epochs: 3,
        crashes: vec![(0, Span::from_millis(1_500))],
        ..ActorTree::default()
    };
    let three = Queue {
        servers: 3,
        service_law: ServiceLaw::Erlang(4),
        customers: 500,
        ..Queue::default()
    };
    [
        lines("taxi", &TaxiFleet::default(), list),
        lines("parameter-server", &ParameterTraining::default(), list),
        lines("actor-tree", &ActorTree::default(), list),
        lines("actor-tree with a crash", &tree, list),
        lines("messages", &MessageLog::default(), list),
        lines("queue", &Queue::default(), list),
        lines("queue with three servers", &three, list),
        shop(list),
    ]
    .concat()
}

/// The same bits in debug and release, under every event list, for ever.
#[test]
fn models_have_the_recorded_digests() {
    let digests = all(EventListKind::Ladder);
    assert_eq!(digests, all(EventListKind::PriorityQueue));
    fixtures::check_golden("digests.txt", &digests);
}

/// The rows of a study that has the seeds 0 to 99 as levels: the digest of each run, and the
/// checksum of its CSV.
fn hundred<M: Measured + Default + Sync>(name: &str) -> String {
    let seeds: Vec<String> = (0..100).map(|seed| seed.to_string()).collect();
    let factor = format!("seed={}", seeds.join(",")).parse().expect("a factor");
    let grid = Grid::new(vec![factor]).expect("a grid");
    let replications = Replications::Fixed(1);
    let run = |seed: usize, replication: u64| {
        let config = Config::new(seed as u64).replication(replication).latency(DEFAULT_LATENCY);
        let model = M::default();
        model.run(config).map(|run| Finished::of(&model, &run))
    };
    let experiment = Experiment::new(replications.clone());
    let results = experiment.run(grid.points(), run).expect("equal measures");
    let manifest = Manifest::new(name, 0, &grid, &[], &replications, 0.95);
    let mut csv = Vec::new();
    write_csv(&mut csv, &manifest, &results, &|_| String::new()).expect("memory");
    let mut lines = String::new();
    for row in &results.rows {
        let numbers = row.outcome.as_ref().expect("no errors");
        let digest = numbers.digest.expect("a digest");
        writeln!(lines, "{name} {} {digest:032x}", row.point).expect("a string");
    }
    lines + &format!("{name} rows.csv {:032x}\n", XxHash3_128::oneshot(&csv))
}

/// The tests of the Python package hold its runs and studies, and those of the command, to the
/// same file.
#[test]
fn a_hundred_seeds_have_the_recorded_digests_and_rows() {
    let lines = [
        hundred::<TaxiFleet>("taxi"),
        hundred::<ParameterTraining>("parameter-server"),
        hundred::<ActorTree>("actor-tree"),
        hundred::<MessageLog>("messages"),
        hundred::<Queue>("queue"),
    ];
    fixtures::check_golden("hundred-seeds.txt", &lines.concat());
}
