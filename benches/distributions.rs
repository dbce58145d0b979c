//! What a draw of each distribution costs, beside the word that it takes.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagfall::random::{Distribution, Stream, StreamName};
use rand::Rng;
use std::hint::black_box;

const DRAWS: u64 = 1_000;

const LAWS: &[&str] = &[
    "uniform(low=1, high=5)",
    "exponential(mean=2)",
    "normal(mean=4, sd=1)",
    "lognormal(mean=240, cv=0.5)",
    "gamma(shape=2.5, scale=1)",
    "gamma(shape=0.5, scale=1)",
    "erlang(stages=4, mean=3)",
    "weibull(shape=2, scale=3)",
    "beta(a=2, b=3)",
    "triangular(low=1, mode=2, high=5)",
    "poisson(mean=8)",
    "binomial(trials=100, p=0.1)",
    "geometric(p=0.2)",
    "empirical(3, 4, 5, 8)",
    "mixture(1: exponential(mean=2), 3: exponential(mean=1))",
    "truncated(normal(mean=4, sd=1), low=0)",
];

fn distributions(criterion: &mut Criterion) {
    let name = StreamName { seed: 42, replication: 0, actor: 7, incarnation: 0, purpose: "bench" };
    let mut stream = Stream::open(&name);
    let mut group = criterion.benchmark_group("distributions");
    group.throughput(Throughput::Elements(DRAWS)).sample_size(20);
    group.bench_function("word", |bencher| {
        bencher.iter(|| (0..DRAWS).fold(0, |sum: u64, _| sum.wrapping_add(stream.next_u64())));
    });
    for text in LAWS {
        let law: Distribution = text.parse().expect("the text is right");
        group.bench_function(*text, |bencher| {
            let law = black_box(&law);
            bencher.iter(|| (0..DRAWS).fold(0.0, |sum, _| sum + law.draw(&mut stream)));
        });
    }
    group.finish();
}

criterion_group!(benches, distributions);
criterion_main!(benches);
