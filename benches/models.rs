//! Whole models, from an empty simulation to the collected result.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagfall::model::Model;
use flagfall::{Config, Span};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use std::hint::black_box;

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

criterion_group!(benches, models);
criterion_main!(benches);
