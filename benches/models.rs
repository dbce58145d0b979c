//! Whole models, from an empty simulation to the collected result, and replications of small ones.

#[path = "replications.rs"]
mod replications;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagfall::experiment::{Experiment, Finished, Replications};
use flagfall::model::{Measured, Model};
use flagfall::{Config, Span};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use replications::{OneMessage, customers, settings, taxis as few_taxis};
use std::hint::black_box;

/// Replications of one experiment.
const REPLICATIONS: u64 = 1_000;

fn config() -> Config {
    Config::new(42).latency(DEFAULT_LATENCY)
}

fn bench<M: Model>(criterion: &mut Criterion, name: &str, model: &M) {
    let events = model.run(config()).expect("no errors").events;
    let mut group = criterion.benchmark_group("models");
    group.throughput(Throughput::Elements(events)).sample_size(10);
    group.bench_function(name, |bencher| {
        bencher.iter(|| black_box(model.run(config()).expect("no errors").events));
    });
    group.finish();
}

fn taxis(fleet: u32, rides: u32) -> TaxiFleet {
    let mut fleet = TaxiFleet {
        fleet,
        durations: Durations::Drawn { rides, seconds: 1..=5 },
        every: Span::from_nanos(4_000_000_000 / u64::from(fleet)),
        keep_polls: false,
        ..TaxiFleet::default()
    };
    fleet.polls = fleet.polls_needed(DEFAULT_LATENCY.allowance()).expect("few polls");
    fleet
}

fn models(criterion: &mut Criterion) {
    bench(criterion, "taxi day of the notebook", &TaxiFleet::default());
    bench(criterion, "1,000 taxis, 20,000 rides", &taxis(1_000, 20_000));
    bench(criterion, "100,000 taxis, 100,000 rides", &taxis(100_000, 100_000));
    let training = ParameterTraining { workers: 1_000, reads: 160, ..Default::default() };
    bench(criterion, "parameter server, 1,000 workers", &training);
    let tree =
        ActorTree { supervisors: 50, workers: 20, epochs: 5, done: 0.9, ..ActorTree::default() };
    bench(criterion, "tree of 1,000 workers", &tree);
    let log = MessageLog { workers: 1_000, messages: 50, polls: 60, ..MessageLog::default() };
    bench(criterion, "message actor, 1,000 workers", &log);
}

/// An experiment on one thread: to build, run and measure each replication, and to drop it.
fn replicated<M: Measured + Sync>(criterion: &mut Criterion, name: &str, model: &M) {
    let run = |_, replication| {
        let run = model.run(settings(replication)).map_err(|error| error.to_string())?;
        Ok::<_, String>(Finished::of(model, &run))
    };
    let mut group = criterion.benchmark_group("replications");
    group.throughput(Throughput::Elements(REPLICATIONS)).sample_size(20);
    group.bench_function(name, |bencher| {
        let experiment =
            || Experiment::new(Replications::Fixed(REPLICATIONS)).on_this_thread().run(1, run);
        bencher.iter(|| black_box(experiment().expect("all rows")));
    });
    group.finish();
}

fn replications(criterion: &mut Criterion) {
    replicated(criterion, "one message", &OneMessage);
    replicated(criterion, "10 taxi rides", &few_taxis());
    replicated(criterion, "100 customers", &customers());
}

criterion_group!(benches, models, replications);
criterion_main!(benches);
