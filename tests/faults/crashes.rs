//! Crashes, and kills, which no link carries.

use super::{assert_share, at, planned};
use crate::engine::Log;
use flagfall::{Actor, Context, Record, RecordKind, Simulation, VirtualTime};
use std::collections::BTreeMap;
use std::rc::Rc;

struct Idle;

impl Actor for Idle {
    type Message = ();
    fn handle(&mut self, (): (), _: &mut Context<'_, ()>) {}
}

/// Owns two, and a third from its first message on.
struct Owner;

impl Actor for Owner {
    type Message = u32;
    fn handle(&mut self, number: u32, context: &mut Context<'_, u32>) {
        context.spawn(("worker", number), Idle);
    }
}

/// Who died when and why, in the order of the deaths.
fn deaths(plan: &str) -> Vec<String> {
    let mut simulation = Simulation::new(planned(plan));
    let log: Log<String> = Log::default();
    let deaths = Rc::clone(&log);
    simulation.observe(move |record: &Record<'_>| {
        if let RecordKind::Died(cause) = record.kind {
            let time = record.time;
            deaths.borrow_mut().push(format!("{time} {} {cause}", record.receiver));
        }
    });
    let owner = simulation.spawn("owner", Owner);
    simulation.send(&owner, 0);
    simulation.send(&owner, 1);
    simulation.send_at(at("10s"), &owner, 2).unwrap();
    simulation.run().unwrap();
    log.take()
}

#[test]
fn actors_crash_at_their_times() {
    let check = |plan: &str, expected: &[&str]| assert_eq!(deaths(plan), expected, "{plan}");
    check("crash owner/worker[1] at 3s", &["3s owner/worker[1] crashed"]);
    check("crash nobody at 3s\ncrash owner/worker[3] at 3s", &[]);
    // Whoever is born later is not meant.
    let two = ["5s owner/worker[0] crashed", "5s owner/worker[1] crashed"];
    check("crash owner/worker[*] at 5s", &two);
    check("crash **/worker[*] after 5s", &[two[0], two[1], "15s owner/worker[2] crashed"]);
    // What a crashed actor owns goes with it, though no message gets through.
    check(
        "partition ** | **\ncrash owner at 6s",
        &["6s owner crashed", "6s owner/worker[0] owner died", "6s owner/worker[1] owner died"],
    );
    // The first crash counts.
    check(
        "crash owner/worker[0] at 9s\ncrash owner/* at 2s",
        &["2s owner/worker[0] crashed", "2s owner/worker[1] crashed"],
    );
}

#[test]
fn drawn_crashes_are_exponential_and_each_actors_own() {
    let lifetimes = |plan: &str| {
        let mut simulation = Simulation::new(planned(plan));
        let log: Log<(String, f64)> = Log::default();
        let deaths = Rc::clone(&log);
        simulation.observe(move |record: &Record<'_>| {
            deaths.borrow_mut().push((record.receiver.to_string(), record.time.as_secs_f64()));
        });
        for number in 0..4_000 {
            simulation.spawn(("worker", number), Idle);
        }
        simulation.run().unwrap();
        let deaths: BTreeMap<String, f64> = log.take().into_iter().collect();
        deaths
    };
    let all = lifetimes("crash worker[*] at exponential:1h");
    assert_eq!(all.len(), 4_000);
    let mean = all.values().sum::<f64>() / 4_000.0;
    assert!((mean - 3_600.0).abs() < 4.0 * 3_600.0 / 4_000_f64.sqrt(), "{mean}");
    let early = all.values().filter(|time| **time < 3_600.0 * std::f64::consts::LN_2).count();
    assert_share(early as u64, 4_000, 0.5, "below the median");
    // Nobody's crash depends on another's rule.
    let one = lifetimes(
        "crash worker[5] at 1s\ncrash worker[*] after uniform:1h..2h\ncrash worker[7] at exponential:1h",
    );
    assert_eq!(one["worker[5]"], 1.0);
    assert!(one["worker[7]"] == all["worker[7]"] || one["worker[7]"] >= 3_600.0);
}

#[test]
fn kills_go_through_partitions() {
    let mut simulation =
        Simulation::new(planned("partition ** | **\nlink ** -> ** loss 1 latency 1h"));
    let victim = simulation.spawn("victim", Idle);
    let killer = victim;
    simulation.process("killer", async move |p| p.kill(&killer));
    simulation.run().unwrap();
    assert!(!simulation.is_alive(victim.id()));
    assert_eq!(simulation.now(), VirtualTime::ZERO);
}
