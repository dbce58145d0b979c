//! Closed forms, from first principles: rates in, averages out.
//!
//! Sources: A. K. Erlang (1917) for loss and delay; L. Kleinrock, "Queueing
//! Systems", volume 1 (1975), chapters 3 (birth and death) and 5 (M/G/1);
//! A. Cobham (1954) for priorities; P. J. Burke (1956) and J. R. Jackson (1957)
//! for queues in a row; C. Palm (1957) for impatience.

/// How likely each number of customers is, if one more comes at rate
/// `birth(n)` and one goes at rate `death(n)`: in equilibrium as many steps
/// lead from n to n + 1 as back, p(n) birth(n) = p(n + 1) death(n + 1)
/// (Kleinrock, section 3.1). Cut off after `most` customers.
pub(crate) fn birth_death(
    most: u32,
    birth: impl Fn(f64) -> f64,
    death: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let mut weights = vec![1.0];
    for n in 0..most {
        let last = weights[weights.len() - 1];
        weights.push(last * birth(f64::from(n)) / death(f64::from(n + 1)));
    }
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// The mean of `value(n)` under those probabilities.
pub(crate) fn mean_of(probabilities: &[f64], value: impl Fn(f64) -> f64) -> f64 {
    (0_u32..).zip(probabilities).map(|(n, p)| p * value(f64::from(n))).sum()
}

/// Mean number in an M/M/1 system at that load (Kleinrock, 3.24).
pub(crate) fn number_in_mm1(load: f64) -> f64 {
    load / (1.0 - load)
}

/// Mean wait in M/G/1 by Pollaczek and Khinchine (Kleinrock, 5.113): the work
/// that is found in service, and that of those who came before.
pub(crate) fn wait_in_mg1(rate: f64, mean: f64, mean_square: f64) -> f64 {
    rate * mean_square / 2.0 / (1.0 - rate * mean)
}

/// How likely a customer of M/M/c has to wait, by Erlang's delay formula
/// (Kleinrock, 3.40); `offered` is arrival rate times mean service.
pub(crate) fn erlang_c(servers: u32, offered: f64) -> f64 {
    let term = |n: u32| (1..=n).fold(1.0, |product, k| product * offered / f64::from(k));
    let queue = term(servers) / (1.0 - offered / f64::from(servers));
    queue / ((0..servers).map(term).sum::<f64>() + queue)
}

/// A class of customers of M/G/1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Class {
    pub(crate) rate: f64,
    pub(crate) mean: f64,
    pub(crate) mean_square: f64,
}

/// Mean wait of each class of M/G/1 if a free server takes the first class
/// that somebody waits in and finishes what it has begun (Cobham, 1954): what
/// is left of the service under way, over the shares of the time that this
/// class and the one before it leave free.
pub(crate) fn cobham(classes: &[Class]) -> Vec<f64> {
    let found: f64 = classes.iter().map(|class| class.rate * class.mean_square / 2.0).sum();
    let mut free = 1.0;
    let wait = |class: &Class| {
        let before = free;
        free -= class.rate * class.mean;
        found / (before * free)
    };
    classes.iter().map(wait).collect()
}

#[cfg(test)]
fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9 * other.abs().max(1.0)
}

#[test]
fn formulas_agree_where_models_meet() {
    // M/M/1 four ways, at load 0.6: 1.5 services of wait.
    assert!(close(number_in_mm1(0.6) - 0.6, 0.6 * 1.5), "Little's law");
    assert!(close(wait_in_mg1(0.6, 1.0, 2.0), 1.5));
    assert!(close(erlang_c(1, 0.6) / (1.0 - 0.6), 1.5));
    let alone = Class { rate: 0.6, mean: 1.0, mean_square: 2.0 };
    assert!(close(cobham(&[alone])[0], 1.5));
    // Without limits, birth and death give Erlang's formula.
    let states = birth_death(400, |_| 2.1, |n| n.min(3.0));
    assert!(close(states[3..].iter().sum(), erlang_c(3, 2.1)));
    // The work that waits does not depend on the order of service
    // (Kleinrock's conservation law).
    let half = Class { rate: 0.3, ..alone };
    let waits = cobham(&[half, half]);
    assert!(close(0.5 * (waits[0] + waits[1]), 1.5));
}
