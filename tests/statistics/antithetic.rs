//! Antithetic pairs: their interval, and what they saved.

use crate::network::arrivals;
use flagfall::digest::Digest;
use flagfall::random::{Stream, StreamName};
use flagfall::statistics::{Antithetic, Interval, Tally, student_quantile};
use flagfall::{Config, FaultPlan, Latency, Simulation, Span};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

fn pairs_of(pairs: &[(f64, f64)]) -> Antithetic {
    let mut all = Antithetic::new();
    for (first, second) in pairs {
        all.add(*first, *second).unwrap();
    }
    all
}

proptest! {
    #[test]
    fn the_interval_is_that_of_the_means(
        pairs in prop::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64), 2..40),
    ) {
        let antithetic = pairs_of(&pairs);
        let means: Vec<f64> = pairs.iter().map(|(x, y)| x / 2.0 + y / 2.0).collect();
        let means = Tally::of(&means).unwrap();
        prop_assert_eq!(antithetic.interval(0.95), Interval::of(&means, 0.95));
        // Var((X + Y) / 2) = (Var X + Var Y + 2 Cov) / 4.
        let (first, second): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let [one, other] = [first, second].map(|values| Tally::of(&values).unwrap());
        let (x, y) = (one.mean().unwrap(), other.mean().unwrap());
        let products: f64 = pairs.iter().map(|of| (of.0 - x) * (of.1 - y)).sum();
        let apart = one.variance().unwrap() + other.variance().unwrap();
        let ratio = 1.0 + 2.0 * products / (pairs.len() as f64 - 1.0) / apart;
        prop_assert!((antithetic.variance_ratio().unwrap() - ratio).abs() < 1e-9);
        // The number of independent replications is the smallest with such an interval.
        let widest = antithetic.interval(0.9).unwrap().half_width;
        let half = |count: u64| {
            let reach = student_quantile(count - 1, 0.95).unwrap();
            reach * (apart / 2.0 / count as f64).sqrt()
        };
        if let Some(count) = antithetic.independent(0.9) {
            prop_assert!(half(count) <= widest * (1.0 + 1e-12));
            prop_assert!(count == 2 || half(count - 1) >= widest * (1.0 - 1e-12));
        }
    }
}

#[test]
fn a_linear_function_is_known_without_error() {
    let open = |pair| {
        Stream::open(&StreamName {
            seed: 1,
            replication: pair,
            actor: 0,
            incarnation: 0,
            purpose: "u",
        })
    };
    // 3 u + 2: both halves together are 7 less 3 times the spacing of u.
    let pairs: Vec<(f64, f64)> = (0..10)
        .map(|pair| [open(pair), open(pair).mirrored()].map(|mut of| 3.0 * of.unit() + 2.0).into())
        .collect();
    let antithetic = pairs_of(&pairs);
    assert!((antithetic.means().mean().unwrap() - 3.5).abs() < 1e-15);
    assert!(antithetic.variance_ratio().unwrap() < 1e-25);
    // No finite number of independent ones is as good; where all means are equal, there is no
    // interval to compare with.
    assert!(antithetic.independent(0.95).is_none_or(|count| count > 1 << 40));
    let equal = pairs_of(&[(1.0, 3.0), (2.0, 2.0), (0.0, 4.0)]);
    assert_eq!((equal.variance_ratio(), equal.independent(0.95)), (Some(0.0), None));
    assert_eq!(pairs_of(&[(1.0, 2.0)]).variance_ratio(), None);
    assert!(Antithetic::new().add(1.0, f64::NAN).is_err());
}

/// What a process draws, what the run draws, and the digest.
fn run(config: Config) -> (Vec<Span>, Vec<u64>, Option<Digest>) {
    let mut simulation = Simulation::new(config);
    let words = vec![simulation.stream("run").below(1 << 32)];
    let log = Rc::new(RefCell::new((Vec::new(), words)));
    let kept = Rc::clone(&log);
    simulation.process("one", async move |p| {
        let mut stream = p.stream("draws");
        for _ in 0..20 {
            let (word, span) = (stream.below(1 << 32), stream.span(Span::ZERO..=SECOND));
            p.sleep(span).await;
            let mut kept = kept.borrow_mut();
            kept.0.push(span);
            kept.1.push(word);
        }
    });
    simulation.run().unwrap();
    let (spans, words) = log.take();
    (spans, words, simulation.digest())
}

const SECOND: Span = Span::from_secs(1);

#[test]
fn the_second_of_a_pair_draws_the_mirror_image_of_the_first() {
    let config = || Config::new(9).antithetic(true);
    for first in [0, 6] {
        let (spans, words, digest) = run(config().replication(first));
        let (mirrored, other, _) = run(config().replication(first + 1));
        assert!(spans.iter().zip(&mirrored).all(|(one, other)| *one + *other == SECOND));
        // A power of two: the upper bits of a word are the number.
        assert!(words.iter().zip(&other).all(|(one, other)| one + other == (1 << 32) - 1));
        assert_eq!((spans.len(), words.len(), mirrored.len()), (20, 21, 20));
        // The first is the plain replication.
        assert_eq!(digest, run(Config::new(9).replication(first)).2);
    }
}

#[test]
fn so_do_the_network_and_its_faults() {
    let pair = |config: Config| {
        [0, 1].map(|replication| {
            let config = config.clone().antithetic(true).replication(replication);
            arrivals(config, 1, 200, SECOND)
        })
    };
    let latency: Latency = "uniform:1ms..9ms".parse().unwrap();
    let on_link: FaultPlan = "link ** -> sink latency uniform:1ms..9ms".parse().unwrap();
    for config in [Config::new(5).latency(latency), Config::new(5).faults(on_link)] {
        let [first, second] = pair(config).map(|arrived| {
            arrived.iter().map(|of| of.0.as_nanos() % 1_000_000_000).collect::<Vec<_>>()
        });
        assert_eq!((first.len(), second.len()), (200, 200));
        assert!(first.iter().zip(&second).all(|(one, other)| one + other == 10_000_000));
    }
    // Each message is lost in one run of the two.
    let lossy: FaultPlan = "link ** -> sink loss 0.5".parse().unwrap();
    let mut left: Vec<u32> =
        pair(Config::new(5).faults(lossy)).iter().flatten().map(|of| of.2).collect();
    left.sort_unstable();
    let count = left.len();
    left.dedup();
    assert_eq!((count, left.len()), (200, 200));
}
