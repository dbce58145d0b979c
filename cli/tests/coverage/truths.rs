//! What replications are expected to come to, exactly: no steady state is assumed.

use flagfall::Span;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The expected mean wait of the first customers of M/M/1 that begins empty, in services.
///
/// The number that a customer finds is a Markov chain (L. Kleinrock, "Queueing Systems",
/// volume 1, section 5.2): between two arrivals, each next thing is an arrival with the chance
/// p = load / (1 + load), and a departure with q = 1 - p while somebody is there. Who finds
/// n customers waits for n services.
pub(crate) fn mean_wait_of_the_first(customers: u32, load: f64) -> f64 {
    let (p, q) = (load / (1.0 + load), 1.0 / (1.0 + load));
    let mut found = vec![1.0];
    let mut waits = 0.0;
    for _ in 0..customers {
        waits += found.iter().zip(0_u32..).map(|(chance, n)| chance * f64::from(n)).sum::<f64>();
        // From n and the one who came, down to m with exactly n + 1 - m departures before the
        // next arrival: sums over n from the top, each q times the one above it.
        let mut next = vec![0.0; found.len() + 1];
        let mut above = 0.0;
        for n in (0..found.len()).rev() {
            above = found[n] + q * above;
            next[n + 1] = p * above;
        }
        // All leave first: what is left.
        next[0] = q * above;
        // Numbers that are met once in 10^18 years change no digit.
        while next.last().is_some_and(|chance| *chance < 1e-18) {
            next.pop();
        }
        found = next;
    }
    waits / f64::from(customers)
}

/// The expected share of refused rides of a day: so many taxis, a ride every so often, each of
/// a whole number of seconds, every one equally likely, under a latency of a millisecond.
///
/// The state is for how many of the next requests each taxi is away, in order; taxis with
/// equal numbers cannot be told apart. A taxi is away from the request to the report, two hops
/// after the ride, which must not fall on a request: their order would decide.
pub(crate) fn refused_share(
    taxis: u32,
    rides: u32,
    every: Span,
    seconds: RangeInclusive<u64>,
) -> f64 {
    let away: Vec<u64> = seconds
        .map(|seconds| {
            let span = Span::from_secs(seconds) + Span::from_millis(2);
            assert!(span.as_nanos() % every.as_nanos() > 0, "a report falls on a request");
            span.as_nanos() / every.as_nanos()
        })
        .collect();
    let each = 1.0 / away.len() as f64;
    let mut states = BTreeMap::from([(vec![0_u64; taxis as usize], 1.0)]);
    let mut refused = 0.0;
    for _ in 0..rides {
        let mut next = BTreeMap::new();
        for (state, chance) in states {
            let free = state.iter().position(|away| *away == 0);
            let later: Vec<u64> = state.iter().map(|away| away.saturating_sub(1)).collect();
            let Some(free) = free else {
                refused += chance;
                *next.entry(later).or_insert(0.0) += chance;
                continue;
            };
            for away in &away {
                let mut state = later.clone();
                state[free] = *away;
                state.sort_unstable();
                *next.entry(state).or_insert(0.0) += chance * each;
            }
        }
        states = next;
    }
    refused / f64::from(rides)
}
