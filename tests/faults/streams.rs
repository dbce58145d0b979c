//! What no rule shifts.

use super::{SECOND, Sink, Source, planned};
use crate::engine::Log;
use crate::network::arrivals;
use flagfall::{Config, Simulation, Span, VirtualTime};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What arrived from one source, and when.
fn of(source: u32, arrived: &[(VirtualTime, u32, u32)]) -> Vec<(VirtualTime, u32)> {
    arrived.iter().filter(|a| a.1 == source).map(|a| (a.0, a.2)).collect()
}

fn part() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "loss 0.5",
        "loss 1",
        "duplicate 0.5",
        "latency uniform:1ms..9ms",
        "latency empirical:1ms,2ms*3",
        "latency 5ms",
        "bandwidth 1kB/s",
        "loss 0.5 duplicate 0.5 latency exponential:1ms from 5ms to 20ms",
    ])
}

proptest! {
    #[test]
    fn a_rule_for_one_link_changes_no_other(
        seed: u64,
        rule in part(),
        others in part(),
        base in prop::sample::select(vec!["0s", "1ms", "uniform:1ms..3ms", "exponential:2ms"]),
    ) {
        let run = |plan: String| {
            let config = Config::new(seed).latency(base.parse().unwrap());
            arrivals(config.faults(plan.parse().unwrap()), 3, 20, Span::from_millis(3))
        };
        let all = format!("link source[2] -> ** {others}");
        let without = run(all.clone());
        let with = run(format!("link source[0] -> sink {rule}\n{all}\npartition source[0] | sink from 30ms to 40ms"));
        for source in [1, 2] {
            prop_assert_eq!(of(source, &without), of(source, &with));
        }
    }

    #[test]
    fn what_is_lost_or_doubled_does_not_depend_on_the_other_parts(
        seed: u64,
        base in prop::sample::select(vec!["1ms", "uniform:1ms..3ms"]),
        latency in prop::sample::select(vec!["", "latency uniform:1ms..2ms", "latency 5ms"]),
        bandwidth in prop::sample::select(vec!["", "bandwidth 1MB/s"]),
    ) {
        // Messages are far apart: whatever else happens, none waits for another.
        let run = |plan: String| {
            let config = Config::new(seed).latency(base.parse().unwrap());
            arrivals(config.faults(plan.parse().unwrap()), 1, 40, SECOND)
        };
        let left = |plan: String| run(plan).iter().map(|a| a.2).collect::<Vec<_>>();
        let lossy = "link source[0] -> sink loss 0.5 duplicate 0.5".to_owned();
        let both = format!("link ** -> ** loss 0.5 duplicate 0.5 {latency} {bandwidth}");
        prop_assert_eq!(left(lossy.clone()), left(both));
        // And what arrives arrives when it would have.
        let all: BTreeMap<u32, VirtualTime> = run(String::new()).iter().map(|a| (a.2, a.0)).collect();
        let lost = run("link ** -> ** loss 0.5".to_owned());
        prop_assert!(lost.iter().all(|(time, _, left)| all[left] == *time));
        prop_assert!(lost.len() < 40);
    }
}

#[test]
fn a_reborn_sender_draws_anew() {
    let run = |config: Config| {
        let log = Log::default();
        let mut simulation = Simulation::new(config);
        let to = simulation.spawn("sink", Sink { log: Rc::clone(&log) });
        let mut lives = Vec::new();
        for _ in 0..2 {
            let from = simulation.spawn("source", Source { to: *to });
            (10..70).for_each(|number| simulation.send(&from, number));
            simulation.run().unwrap();
            lives.push(log.take().iter().map(|(_, n)| *n).filter(|n| *n < 100).collect::<Vec<_>>());
            simulation.kill_at(simulation.now(), &from).unwrap();
            simulation.run().unwrap();
        }
        lives
    };
    let config = planned("link source -> sink loss 0.5");
    let lives = run(config.clone());
    assert_ne!(lives[0], lives[1]);
    assert_eq!(lives, run(config.clone()));
    assert_ne!(lives, run(config.replication(1)));
}
