//! Copies and files of a running simulation, beside its states alone.

use criterion::{Criterion, criterion_group, criterion_main};
use flagfall::model::Model;
use flagfall::{Config, Simulation, Span};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use flagfall_cli::models::{Branching, resume_run, save_run};
use std::hint::black_box;

/// A fleet in the middle of its day.
fn fleet(taxis: u32) -> TaxiFleet {
    TaxiFleet {
        fleet: taxis,
        durations: Durations::Drawn { rides: 4 * taxis, seconds: 1..=5 },
        every: Span::from_nanos(4_000_000_000 / u64::from(taxis)),
        keep_polls: false,
        polls: 20,
        ..TaxiFleet::default()
    }
}

fn forks(criterion: &mut Criterion) {
    let fleet = fleet(10_000);
    let mut simulation = Simulation::new(Config::new(42).latency(DEFAULT_LATENCY));
    simulation.register(&TaxiFleet::types());
    let handles = fleet.start(&mut simulation);
    simulation.run_until("8s".parse().expect("a time")).expect("no errors");
    let mut file = Vec::new();
    save_run(&fleet, &simulation, &handles, &[], &mut file).expect("it is saved");

    let mut group = criterion.benchmark_group("10,000 taxis");
    group.sample_size(20);
    group.bench_function("fork", |bencher| {
        bencher.iter(|| black_box(simulation.fork().expect("it has opted in")));
    });
    group.bench_function("save", |bencher| {
        bencher.iter(|| {
            let mut file = Vec::new();
            save_run(&fleet, &simulation, &handles, &[], &mut file).expect("it is saved");
            black_box(file)
        });
    });
    group.bench_function("resume", |bencher| {
        bencher.iter(|| black_box(resume_run::<TaxiFleet>(file.as_slice()).expect("it was saved")));
    });
    group.finish();
}

criterion_group!(benches, forks);
criterion_main!(benches);
