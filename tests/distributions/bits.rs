//! One of each kind of distribution, and the bits of their draws.
//!
//! The golden test of the command has this file, too: it runs on other machines.

use flagfall::random::{Distribution, Stream, StreamName};

pub(crate) fn stream(seed: u64) -> Stream {
    let purpose = "distributions";
    Stream::open(&StreamName { seed, replication: 0, actor: 0, incarnation: 0, purpose })
}

pub(crate) fn law(text: &str) -> Distribution {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// One of each kind, and some with unusual parameters.
pub(crate) const LAWS: &[&str] = &[
    "constant(value=3)",
    "uniform(low=-3, high=5)",
    "exponential(mean=2.5)",
    "erlang(stages=4, mean=3)",
    "gamma(shape=0.3, scale=2)",
    "gamma(shape=2.5, scale=0.4)",
    "gamma(shape=300, scale=0.01)",
    "weibull(shape=0.7, scale=2)",
    "weibull(shape=3.2, scale=10)",
    "normal(mean=-4, sd=2.5)",
    "lognormal(mean=240, cv=0.5)",
    "lognormal(mu=0.3, sigma=0.8)",
    "triangular(low=1, mode=2, high=5)",
    "triangular(low=1, mode=1, high=5)",
    "triangular(low=1, mode=5, high=5)",
    "pert(low=2, mode=3, high=8)",
    "beta(a=0.5, b=0.7)",
    "beta(a=0.01, b=0.02)",
    "beta(a=800, b=1200)",
    "pareto(shape=2.5, scale=3)",
    "pareto(shape=0.8, scale=3)",
    "log_logistic(shape=3.5, scale=2)",
    "johnson_su(gamma=-1, delta=2, location=3, scale=4)",
    "johnson_sb(gamma=0.5, delta=1.2, location=3, scale=4)",
    "discrete_uniform(low=-2, high=7)",
    "bernoulli(p=0.3)",
    "binomial(trials=10, p=0.3)",
    "binomial(trials=1000000000, p=0.4)",
    "geometric(p=0.15)",
    "poisson(mean=0.4)",
    "poisson(mean=37.5)",
    "poisson(mean=1000000000)",
    "negative_binomial(successes=3, p=0.2)",
    "negative_binomial(successes=0.6, p=0.01)",
    "weighted(0.2: 5, 0.8: 10, 3: -1)",
    "empirical(3.5, 4, 8, 4)",
    "interpolated(3.5, 4, 8, 4)",
    "mixture(1: exponential(mean=2), 3: normal(mean=4, sd=1))",
    "mixture(1: poisson(mean=2), 3: constant(value=4))",
    "shifted(exponential(mean=2), by=-3)",
    "scaled(gamma(shape=2, scale=1), by=60)",
    "truncated(normal(mean=1, sd=2), low=0, high=4)",
    "truncated(poisson(mean=3), low=1)",
    "truncated(gamma(shape=2, scale=1), low=1, high=3)",
];

/// Draws, and probabilities of some.
#[test]
fn distributions_have_the_same_bits_on_all_machines() {
    let mut folded = 0_u64;
    let mut stream = stream(8);
    let mut fold = |value: f64| folded = folded.rotate_left(7) ^ value.to_bits();
    for text in LAWS {
        let law = law(text);
        for at in 0..1000 {
            let draw = law.draw(&mut stream);
            fold(draw);
            if at % 20 == 0 {
                fold(law.cdf(draw));
                fold(law.quantile(f64::from(at) / 1000.0));
            }
        }
        fold(law.mean());
        fold(law.variance());
    }
    assert_eq!(folded, GOLDEN, "{folded:#018x}");
}

/// Made on x86-64.
const GOLDEN: u64 = 0xbd4a_9d65_d2a0_c37a;
