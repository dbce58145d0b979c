//! What a draw of each distribution costs, beside the word that it takes; and what a word costs if
//! there are many streams, beside one generator that all share.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flagfall::Span;
use flagfall::random::{Distribution, Stream, StreamName};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
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

/// The stream of the actor with that number.
fn stream(actor: u64) -> Stream {
    Stream::open(&StreamName { seed: 42, replication: 0, actor, incarnation: 0, purpose: "bench" })
}

/// Streams are drawn from in turn: a word of each, as actors do that are busy by turns.
fn streams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("streams");
    group.sample_size(20);
    let mut shared = ChaCha8Rng::seed_from_u64(42);
    group.throughput(Throughput::Elements(DRAWS)).bench_function("shared ChaCha8Rng", |bencher| {
        bencher.iter(|| (0..DRAWS).fold(0, |sum: u64, _| sum.wrapping_add(shared.next_u64())));
    });
    for many in [1, 1_024, 65_536] {
        let mut all: Vec<Stream> = (0..many).map(stream).collect();
        let turns = many.max(DRAWS) / many;
        group.throughput(Throughput::Elements(turns * many));
        group.bench_function(format!("words, {many} streams"), |bencher| {
            bencher.iter(|| {
                let all = || all.iter_mut().map(Rng::next_u64).fold(0, u64::wrapping_add);
                std::iter::repeat_with(all).take(turns as usize).fold(0, u64::wrapping_add)
            });
        });
        let mean = black_box(Span::from_secs(2));
        group.bench_function(format!("exponentials, {many} streams"), |bencher| {
            let nanos = |stream: &mut Stream| stream.exponential(mean).as_nanos();
            bencher.iter(|| {
                let all = || all.iter_mut().map(nanos).fold(0, u64::wrapping_add);
                std::iter::repeat_with(all).take(turns as usize).fold(0, u64::wrapping_add)
            });
        });
    }
    group.finish();
}

fn distributions(criterion: &mut Criterion) {
    let mut stream = stream(7);
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

criterion_group!(benches, streams, distributions);
criterion_main!(benches);
