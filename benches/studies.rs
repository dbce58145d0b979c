//! What a study costs beside its runs, and what a second core gains. In each round, one
//! after the other: the replications in a plain loop; half of them on each of two plain
//! threads; as an experiment on one thread, without files; as a study from an empty folder
//! to all files, on one thread and on two.
//! Medians of the ratios within the rounds: the machine's pace changes from round to
//! round, and how much faster two plain threads are is what it has to give at all.
//!
//! `cargo bench --bench studies`: about three minutes. With `--test`, one small round.

use flagfall::Config;
use flagfall::experiment::{Experiment, Finished, Grid, Replications};
use flagfall::model::Model;
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use flagfall_cli::study::{Folder, Manifest, Opened, Reopen};
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

    /// Two threads that keep nothing in common.
    fn plain_on_two(&self) -> f64 {
        let start = Instant::now();
        let half = |odd: u64| {
            let mut rows = Vec::new();
            for point in 0..self.models.len() {
                let replications = (0..self.replications).filter(|n| n % 2 == odd);
                rows.extend(replications.map(|replication| self.run(point, replication)));
            }
            std::hint::black_box(rows);
        };
        std::thread::scope(|scope| {
            scope.spawn(|| half(0));
            scope.spawn(|| half(1));
        });
        start.elapsed().as_secs_f64()
    }

    /// Without a folder, on one thread.
    fn experiment(&self) -> f64 {
        let start = Instant::now();
        let run = |point, replication| Ok::<_, String>(self.run(point, replication));
        let experiment = Experiment::new(Replications::Fixed(self.replications));
        std::hint::black_box(experiment.run(self.models.len(), run).expect("all rows"));
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
        let opened = Folder::open(&self.folder, &manifest, Reopen::default());
        let Ok(Opened::New(mut folder)) = opened else { panic!("a new folder: {opened:?}") };
        let run = |point, replication| Ok::<_, String>(self.run(point, replication));
        let results = Experiment::new(asked)
            .threads(threads)
            .run_into(3, Default::default(), run, |columns, rows| folder.keep(columns, rows))
            .expect("all rows");
        folder.finish(&manifest, results, &|_| String::new()).expect("all files");
        start.elapsed().as_secs_f64()
    }
}

fn compare(name: &str, rounds: usize, days: &Days) {
    let mut figures: [Vec<f64>; 6] = Default::default();
    for _ in 0..rounds {
        let (plain, plain_on_two) = (days.plain(), days.plain_on_two());
        let experiment = days.experiment();
        let (study, study_on_two) = (days.study(1), days.study(2));
        let round = [
            plain * 1e6 / (3.0 * days.replications as f64),
            experiment / plain,
            study / plain,
            plain / plain_on_two,
            plain / study_on_two,
            study_on_two / plain_on_two,
        ];
        figures.iter_mut().zip(round).for_each(|(figures, figure)| figures.push(figure));
    }
    let [each, experiment, study, threads, gain, beside] = figures.map(|mut all| median(&mut all));
    println!(
        "{name:<6}{each:>9.1}{experiment:>17.3}{study:>12.3}{threads:>14.3}{gain:>17.3}{beside:>18.3}"
    );
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let rounds = if test { 1 } else { 31 };
    let scale = |count: u64| if test { 10 } else { count };
    println!(
        "rides us a day  experiment/loop  study/loop  loop/threads  loop/study on 2  study on 2/threads"
    );
    for (rides, replications) in [(10, 3_333), (100, 1_000), (1_000, 100)] {
        compare(&rides.to_string(), rounds, &Days::new(rides, scale(replications)));
    }
    let _ = std::fs::remove_dir_all(Path::new(&Days::new(1, 1).folder));
}
