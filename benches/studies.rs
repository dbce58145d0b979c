//! What a study costs beside its runs, and what a second core gains: pairs of the same
//! replications, one after the other in a plain loop, by an experiment on one thread with
//! its rows kept in a folder, and on two threads. As in `digest.rs`, a ratio counts only
//! where the plain loops before and after agree within 5 %; medians of those.
//!
//! `cargo bench --bench studies`: two minutes. With `--test`, one small round.

use flagfall::Config;
use flagfall::experiment::{Experiment, Finished, Grid, Replications};
use flagfall::models::taxi_fleet::{Durations, TaxiFleet};
use flagfall::models::{DEFAULT_LATENCY, Model};
use flagfall::study::{Before, Folder, Manifest};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The points: fleets of two, four and eight.
const FLEETS: [u32; 3] = [2, 4, 8];

struct Days {
    models: Vec<TaxiFleet>,
    replications: u64,
    folder: PathBuf,
}

impl Days {
    fn new(rides: u32, replications: u64) -> Self {
        let durations = Durations::Drawn { rides, seconds: 1..=5 };
        let polls = 15.max(rides + 10);
        let model = |fleet| TaxiFleet {
            fleet,
            durations: durations.clone(),
            polls,
            keep_polls: false,
            ..TaxiFleet::default()
        };
        let name = format!("flagfall-bench-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        Self { models: FLEETS.map(model).to_vec(), replications, folder }
    }

    fn run(&self, point: usize, replication: u64) -> Finished {
        let config = Config::new(42).latency(DEFAULT_LATENCY).replication(replication);
        let model = &self.models[point];
        Finished::of(model, &model.run(config).expect("a day without limits"))
    }

    fn plain(&self) -> f64 {
        let start = Instant::now();
        let mut rows = Vec::new();
        for point in 0..self.models.len() {
            rows.extend((0..self.replications).map(|replication| self.run(point, replication)));
        }
        std::hint::black_box(rows);
        start.elapsed().as_secs_f64()
    }

    /// From an empty folder to all files.
    fn study(&self, threads: usize) -> f64 {
        let _ = std::fs::remove_dir_all(&self.folder);
        let start = Instant::now();
        let fleets = FLEETS.map(|fleet| fleet.to_string()).join(",");
        let factor = format!("fleet={fleets}").parse().expect("a factor");
        let grid = Grid::new(vec![factor]).expect("three points");
        let asked = Replications::Fixed(self.replications);
        let manifest = Manifest::new("taxi", 42, &grid, &[], &asked, 0.95);
        let (mut folder, before) =
            Folder::open(&self.folder, &manifest, false).expect("a new folder");
        assert_eq!(before, Before::New);
        let run = |point, replication| Ok::<_, String>(self.run(point, replication));
        let results = Experiment::new(asked)
            .threads(threads)
            .run_into(3, Default::default(), run, |columns, rows| folder.keep(columns, rows))
            .expect("all rows");
        folder.finish(&manifest, &results, &|_, _| String::new()).expect("all files");
        start.elapsed().as_secs_f64()
    }
}

fn compare(name: &str, rounds: usize, days: &Days) {
    let mut before = days.plain();
    let (mut plain, mut one, mut gain) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (on_one, on_two) = (days.study(1), days.study(2));
        let after = days.plain();
        if rounds == 1 || (before / after).ln().abs() < 0.05 {
            let loops = f64::midpoint(before, after);
            plain.push(loops);
            one.push(on_one / loops);
            gain.push(loops / on_two);
        }
        before = after;
    }
    if plain.is_empty() {
        return println!("{name:<10} no two plain loops agree: the machine is too busy");
    }
    let runs = 3.0 * days.replications as f64;
    println!(
        "{name:<10} {:>8.1} {:>10.3} {:>12.3} {:>7}",
        median(&mut plain) * 1e6 / runs,
        median(&mut one),
        median(&mut gain),
        plain.len()
    );
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let rounds = if test { 1 } else { 15 };
    let scale = |count: u64| if test { 10 } else { count };
    println!("rides a day  us a day  study/loop  loop/2 threads  rounds");
    for (rides, replications) in [(10, 10_000), (100, 2_000), (1_000, 300)] {
        compare(&rides.to_string(), rounds, &Days::new(rides, scale(replications)));
    }
    let _ = std::fs::remove_dir_all(Path::new(&Days::new(1, 1).folder));
}
