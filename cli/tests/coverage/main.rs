//! Whether intervals cover the truth as often as they say: a thousand studies of whole
//! runs, whose truth is known exactly. Apart from the other tests, because it is run in
//! release, too; in debug there are fewer studies, and they are smaller.
//!
//! Seeds are fixed, so that this does not fail by chance. The figures are printed:
//! `cargo test --release --test coverage -- --nocapture`.

mod truths;

use flagfall::model::Measured;
use flagfall::statistics::{Interval, Tally};
use flagfall::{Config, Span};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::queue::Queue;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use truths::{mean_wait_of_the_first, refused_share};

/// How many studies there are.
const STUDIES: u64 = if cfg!(debug_assertions) { 200 } else { 1_000 };

/// How often an interval may cover: in release, 95 % within three standard errors.
const ALLOWED: std::ops::RangeInclusive<f64> =
    if cfg!(debug_assertions) { 0.90..=0.99 } else { 0.93..=0.97 };

/// One study: replications of the model under a seed of their own.
fn study<M: Measured>(model: &M, measure: &str, seed: u64, replications: u64) -> Tally {
    let found: Vec<f64> = (0..replications)
        .map(|replication| {
            let config = Config::new(seed).replication(replication).latency(DEFAULT_LATENCY);
            let run = model.run(config.digest(false)).expect("no errors");
            model.measures(&run).get(measure).expect("it is defined")
        })
        .collect();
    Tally::of(&found).expect("numbers")
}

/// The share of studies whose interval covers the truth, by threads side by side.
fn check<M: Measured + Sync>(model: &M, (measure, truth): (&str, f64), replications: u64) {
    const THREADS: u64 = 2;
    let share = |first: u64| -> Vec<Tally> {
        let seeds = (first..STUDIES).step_by(THREADS as usize);
        seeds.map(|seed| study(model, measure, seed, replications)).collect()
    };
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || share(first))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    let interval = |tally: &Tally| Interval::of(tally, 0.95).expect("several replications");
    let covered = tallies.iter().filter(|tally| interval(tally).covers(truth)).count();
    let means: Vec<f64> = tallies.iter().map(|tally| interval(tally).mean).collect();
    let all = Interval::of(&Tally::of(&means).expect("numbers"), 0.95).expect("many studies");
    let name = std::any::type_name::<M>();
    println!(
        "{name}: {covered} of {STUDIES} intervals of {replications} replications cover {measure} \
         {truth:.6}; the mean of all is {all:.6}"
    );
    let found = covered as f64 / STUDIES as f64;
    assert!(ALLOWED.contains(&found), "{name}: {found}");
    // The truth is that of what was simulated, to four standard errors of all runs.
    assert!((all.mean - truth).abs() < all.half_width * 4.0 / 1.96, "{name}: {all:.6}, {truth}");
    // A truth that were one in fifty off would be noticed.
    assert!(all.half_width < 0.02 * truth || cfg!(debug_assertions), "{name}: {all:.6}");
}

#[test]
fn of_the_queue() {
    // Means of short runs at high loads are skewed, and Student's interval covers them less
    // often than it says: of 100 customers at load 0.6, ten runs each, 179 of 200.
    let customers = if cfg!(debug_assertions) { 200 } else { 1_000 };
    let queue = Queue { load: 0.5, customers, ..Queue::default() };
    // Services take a second on average.
    let truth = mean_wait_of_the_first(customers, 0.5);
    check(&queue, ("mean_wait", truth), if cfg!(debug_assertions) { 20 } else { 30 });
}

fn fleet(fleet: u32, durations: Durations) -> TaxiFleet {
    // One poll, long after the last ride.
    let poll_every = Span::from_secs(10_000);
    TaxiFleet { fleet, durations, polls: 1, poll_every, keep_polls: false, ..TaxiFleet::default() }
}

#[test]
fn of_the_taxi_fleet() {
    let day = fleet(3, Durations::Drawn { rides: 60, seconds: 1..=5 });
    let truth = refused_share(3, 60, Span::from_secs(1), 1..=5);
    check(&day, ("refused_share", truth), 20);
}

/// Every day that there can be, each as likely as the others.
#[test]
fn the_truth_of_the_taxi_fleet_is_that_of_all_days() {
    for (taxis, rides, every, (shortest, longest)) in [
        (1, 5, Span::from_secs(1), (1, 3)),
        (2, 6, Span::from_secs(1), (1, 3)),
        (2, 5, Span::from_millis(700), (0, 3)),
        (3, 5, Span::from_millis(300), (1, 3)),
        (2, 4, Span::from_secs(2), (2, 5)),
    ] {
        let choices: u64 = longest - shortest + 1;
        let days = choices.pow(rides);
        let (mut refused, mut all) = (0, 0);
        for day in 0..days {
            let length = |ride| shortest + day / choices.pow(ride) % choices;
            let lengths = (0..rides).map(|ride| Span::from_secs(length(ride))).collect();
            let model = TaxiFleet { every, ..fleet(taxis, Durations::Given(lengths)) };
            let run = flagfall::model::Model::run(&model, Config::new(1).latency(DEFAULT_LATENCY));
            let day = run.expect("no errors").result;
            refused += day.refused().len();
            all += day.rides.len();
        }
        assert_eq!(all as u64, days * u64::from(rides));
        let found = refused as f64 / all as f64;
        let truth = refused_share(taxis, rides, every, shortest..=longest);
        assert!((found - truth).abs() < 1e-12, "{taxis} taxis, {rides} rides: {found} {truth}");
        assert!(found > 0.0);
    }
}

#[test]
fn the_truth_of_the_queue_is_what_can_be_said_by_hand() {
    for load in [0.3, 0.6, 0.9] {
        assert_eq!(mean_wait_of_the_first(1, load), 0.0);
        // The second meets the first if it comes before the end of its service.
        let second = load / (1.0 + load);
        assert!((mean_wait_of_the_first(2, load) - second / 2.0).abs() < 1e-12);
    }
    // In the long run, who comes waits for load / (1 - load) services.
    let long = mean_wait_of_the_first(20_000, 0.6);
    assert!((long - 1.5).abs() < 0.001, "{long}");
}
