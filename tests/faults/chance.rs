//! How often what is drawn happens.

use super::{SECOND, assert_share, planned};
use crate::network::{arrivals, sent};
use flagfall::network::{Empirical, LinkFaults};
use flagfall::{Config, Counts, FaultPlan, Latency, Span};
use std::collections::BTreeMap;

#[test]
fn as_many_are_lost_and_doubled_as_the_plan_says() {
    for (loss, duplicate) in [(0.1, 0.0), (0.5, 0.25), (0.0, 0.02), (0.999, 1.0)] {
        let faults = LinkFaults::new().loss(loss).duplicate(duplicate);
        let config = Config::new(5).faults(FaultPlan::new().link("source[*]", "sink", faults));
        let (arrived, simulation) = sent(config, 4, 10_000, Span::from_millis(1));
        let Counts { lost, duplicated, .. } = simulation.counts();
        assert_share(lost, 40_000, loss, "lost");
        assert_share(duplicated, 40_000 - lost, duplicate, "doubled");
        assert_eq!(arrived.len() as u64, 40_000 - lost + duplicated);
        assert_eq!(simulation.counts().pending(), 0);
        // Each link on its own, and independent of the one before.
        for source in 0..4 {
            let left: Vec<u32> = arrived.iter().filter(|a| a.1 == source).map(|a| a.2).collect();
            let mut there = left.clone();
            there.dedup();
            assert_share(10_000 - there.len() as u64, 10_000, loss, "lost of one source");
        }
    }
}

#[test]
fn losses_in_a_row_are_as_frequent_as_chance_has_them() {
    let config = planned("link ** -> ** loss 0.3");
    let arrived = arrivals(config, 1, 40_000, Span::from_millis(1));
    let mut lost = vec![true; 40_001];
    arrived.iter().for_each(|(_, _, left)| lost[*left as usize] = false);
    let pairs = lost[1..].chunks_exact(2).filter(|pair| pair[0] && pair[1]).count();
    assert_share(pairs as u64, 20_000, 0.09, "both lost");
}

#[test]
fn recorded_latencies_are_drawn_as_often_as_they_were_seen() {
    let millis = [(5, 1), (1, 6), (40, 2), (7, 1)];
    let spans = millis.map(|(millis, weight)| (Span::from_millis(millis), weight));
    let latency = Latency::Empirical(Empirical::weighted(spans).unwrap());
    assert_eq!(latency.allowance(), Span::from_millis(40));
    let plan = FaultPlan::new().link("**", "sink", LinkFaults::new().latency(latency.clone()));
    for config in [Config::new(5).faults(plan), Config::new(5).latency(latency)] {
        let mut seen: BTreeMap<u64, u64> = BTreeMap::new();
        for (time, _, _) in arrivals(config, 1, 20_000, SECOND) {
            *seen.entry(time.as_nanos() % 1_000_000_000 / 1_000_000).or_default() += 1;
        }
        assert_eq!(seen.keys().copied().collect::<Vec<_>>(), [1, 5, 7, 40]);
        for (millis, weight) in millis {
            assert_share(seen[&millis], 20_000, weight as f64 / 10.0, "drawn");
        }
    }
}
