//! The engine: what an event costs in programs that do little else.

mod workloads;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use flagfall::{Config, Latency, Simulation, Span};
use workloads::{
    ask, claims, hold, mailbox, parameter_server, phold, queue, ring, sleepers, store, timers,
};

const EVENTS: u64 = 100_000;

/// A simulation that has handled so many events, and stops after `EVENTS`
/// more.
fn warmed_up(make: impl Fn(Config) -> Simulation, config: Config, warm_up: u64) -> Simulation {
    let mut simulation = make(config.max_events(warm_up + EVENTS));
    for _ in 0..warm_up {
        assert!(simulation.step().expect("no errors"), "workloads go on for ever");
    }
    simulation
}

fn bench(
    criterion: &mut Criterion,
    name: &str,
    make: impl Fn(Config) -> Simulation + Copy,
    config: &Config,
) {
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(EVENTS)).sample_size(10);
    // All first events, and some more, are behind.
    let warm_up = 2 * make(config.clone()).pending_events().max(10_000);
    group.bench_function(name, |bencher| {
        bencher.iter_batched(
            || warmed_up(make, config.clone(), warm_up),
            |mut simulation| {
                simulation.run().expect_err("the limit ends it");
                simulation
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn engine(criterion: &mut Criterion) {
    let after = |latency| Config::new(42).latency(Latency::Fixed(latency)).digest(false);
    let (none, second) = (after(Span::ZERO), after(Span::from_secs(1)));
    bench(criterion, "ring, delay 1", ring, &second);
    bench(criterion, "ring, delay 1, digest on", ring, &second.clone().digest(true));
    bench(criterion, "ring, no delay", ring, &none);
    for (processes, each) in [(1_024, 1), (1_024, 16), (65_536, 1)] {
        let name = format!("phold {processes} x {each}");
        bench(criterion, &name, |config| phold(config, processes, each), &none);
    }
    bench(criterion, "hold", hold, &none);
    bench(criterion, "ask", ask, &none);
    bench(criterion, "mailbox", mailbox, &second);
    bench(criterion, "parameter server", parameter_server, &none);
    bench(criterion, "timers", timers, &none);
    bench(criterion, "processes that sleep", sleepers, &none);
    bench(criterion, "processes that queue for a resource", queue, &none);
    bench(criterion, "actors that queue for a resource", claims, &none);
    bench(criterion, "processes at a store", store, &none);
}

criterion_group!(benches, engine);
criterion_main!(benches);
