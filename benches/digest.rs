//! What the digest costs: runs with it between runs without, so that a machine
//! that is faster or slower for a while slows both. A ratio counts only where
//! the runs before and after it agree within 5 %; the table has the median of
//! those and the quartiles.
//!
//! `cargo bench --bench digest`: a minute. With `--test`, one round of each.

mod workloads;

use flagfall::model::Model;
use flagfall::{Config, Latency, Simulation, Span};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::message_log::MessageLog;
use flagfall_cli::models::parameter_server::ParameterTraining;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use std::time::Instant;

fn main() {
    let rounds = if std::env::args().any(|argument| argument == "--test") { 1 } else { 150 };
    println!("workload            ns off   ns on   ratio  quartiles     rounds");
    engine(rounds);
    models(rounds);
}

fn engine(rounds: usize) {
    let plain = Config::new(42).latency(Latency::ZERO);
    let second = plain.clone().latency(Latency::Fixed(Span::from_secs(1)));
    let milli = plain.clone().latency(Latency::Fixed(Span::from_millis(1)));
    let measure = |name: &str, config: &Config, start: fn(Config) -> Simulation| {
        compare(name, rounds, |digest| start(config.clone().digest(digest).max_events(150_000)));
    };
    measure("ring_1s", &second, workloads::ring);
    measure("ring_0s", &plain, workloads::ring);
    measure("phold_1024_x_1", &plain, |config| workloads::phold(config, 1_024, 1));
    measure("phold_1024_x_16", &plain, |config| workloads::phold(config, 1_024, 16));
    measure("phold_65536_x_1", &plain, |config| workloads::phold(config, 65_536, 1));
    measure("hold", &plain, workloads::hold);
    measure("mailbox", &milli, workloads::mailbox);
    measure("params", &plain, workloads::parameter_server);
}

fn models(rounds: usize) {
    fn measure<M: Model>(name: &str, rounds: usize, model: &M) {
        compare(name, rounds, |digest| {
            let config = Config::new(42).latency(DEFAULT_LATENCY).digest(digest);
            let mut simulation = Simulation::new(config);
            model.start(&mut simulation);
            simulation
        });
    }
    let fleet = TaxiFleet {
        fleet: 1_000,
        durations: Durations::Drawn { rides: 20_000, seconds: 1..=5 },
        every: Span::from_millis(1),
        polls: 120,
        keep_polls: false,
        ..TaxiFleet::default()
    };
    measure("taxi", rounds, &fleet);
    let training = ParameterTraining { workers: 100, epochs: 400, ..Default::default() };
    measure("parameter-server", rounds, &training);
    let log = MessageLog { workers: 100, messages: 300, polls: 1_000, ..Default::default() };
    measure("messages", rounds, &log);
    let tree = ActorTree { supervisors: 200, epochs: 20, done: 0.5, ..Default::default() };
    measure("actor-tree", rounds, &tree);
}

/// Nanoseconds an event of one run.
fn time(mut simulation: Simulation) -> f64 {
    let start = Instant::now();
    // Ended by its limit, or by itself.
    let _ = simulation.run();
    start.elapsed().as_secs_f64() * 1e9 / simulation.events() as f64
}

fn compare(name: &str, rounds: usize, start: impl Fn(bool) -> Simulation) {
    let mut before = time(start(false));
    let mut rows: Vec<(f64, f64)> = Vec::new();
    for _ in 0..rounds {
        let on = time(start(true));
        let after = time(start(false));
        if rounds == 1 || (before / after).ln().abs() < 0.05 {
            rows.push((f64::midpoint(before, after), on));
        }
        before = after;
    }
    let sorted = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = rows.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        move |quarter: usize| {
            values.get((values.len() * quarter / 4).min(values.len() - 1)).copied()
        }
    };
    if rows.is_empty() {
        return println!("{name:<18} no two runs agree: the machine is too busy");
    }
    let (off, on) = (sorted(|row| row.0), sorted(|row| row.1));
    let ratio = sorted(|row| row.1 / row.0);
    let of = |value: Option<f64>| value.unwrap_or(f64::NAN);
    println!(
        "{name:<18} {:>7.1} {:>7.1} {:>7.3}  {:.3} {:.3} {:>8}",
        of(off(2)),
        of(on(2)),
        of(ratio(2)),
        of(ratio(1)),
        of(ratio(3)),
        rows.len()
    );
}
