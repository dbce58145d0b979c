//! What is printed: Markdown, and all measurements as JSON.

use crate::engines::Engine;
use crate::worker::Measurement;
use crate::workload::{Kind, Workload};
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};

/// All measurements, and under what they were made.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: String,
    date: String,
    rounds: usize,
    scale: f64,
    command: String,
    measurements: Vec<Measurement>,
}

impl Report {
    pub(crate) fn new(
        rounds: usize,
        scale: f64,
        arguments: &[String],
        measurements: Vec<Measurement>,
    ) -> Self {
        Self {
            machine: machine(),
            date: today(),
            rounds,
            scale,
            command: command(arguments),
            measurements,
        }
    }

    /// The median over the rounds; `None` if the engine did not run it.
    fn median(
        &self,
        engine: Engine,
        workload: &Workload,
        of: impl Fn(&Measurement) -> f64,
    ) -> Option<f64> {
        let name = workload.to_string();
        let mut values: Vec<f64> = self
            .measurements
            .iter()
            .filter(|one| one.engine == engine.name() && one.workload == name)
            .map(of)
            .collect();
        values.sort_by(f64::total_cmp);
        let half = values.len() / 2;
        match values.len() {
            0 => None,
            odd if odd % 2 == 1 => Some(values[half]),
            _ => Some((values[half - 1] + values[half]) / 2.0),
        }
    }

    /// A row per workload, a column per engine.
    pub(crate) fn print(&self, workloads: &[Workload], engines: &[Engine], instructions: bool) {
        let cost = if instructions { "Instructions" } else { "Nanoseconds" };
        self.print_circumstances(&format!("{cost} per unit, median"));
        let mut heads = vec!["workload".to_owned(), "unit".to_owned()];
        heads.extend(engines.iter().map(Engine::to_string));
        heads.push("flagfall / best peer".to_owned());
        let rows = workloads.iter().map(|workload| {
            let median = |engine| self.median(engine, workload, Measurement::cost_of_unit);
            let mut cells = vec![workload.to_string(), workload.unit().to_owned()];
            cells.extend(engines.iter().map(|engine| cell(median(*engine))));
            let peers = engines.iter().filter(|engine| !engine.is_flagfall());
            let best = peers
                .filter_map(|peer| Some((*peer, median(*peer)?)))
                .min_by(|one, other| one.1.total_cmp(&other.1));
            cells.push(match (median(Engine::Flagfall), best) {
                (Some(flagfall), Some((peer, nanos))) => {
                    format!("{:.2} ({peer})", flagfall / nanos)
                }
                _ => ABSENT.to_owned(),
            });
            cells
        });
        print_table(&heads, rows.collect());
        if instructions {
            // The memory is valgrind's.
            return;
        }

        println!("\nPeak memory of the process in MB, median\n");
        heads.pop();
        heads.remove(1);
        let rows =
            workloads.iter().map(|workload| {
                let mut cells = vec![workload.to_string()];
                cells.extend(engines.iter().map(|engine| {
                    cell(self.median(*engine, workload, |one| megabytes(one.peak_kib)))
                }));
                cells
            });
        print_table(&heads, rows.collect());
    }

    /// A row per number of pending events, flagfall alone.
    pub(crate) fn print_growth(&self, workloads: &[Workload], engines: &[Engine]) {
        self.print_circumstances("flagfall on PHOLD, nanoseconds per event, median");
        let heads = ["engine", "pending", "processes", "events each", "ns", "ratio", "peak MB"];
        let rows = engines.iter().flat_map(|engine| {
            let nanos =
                |workload: &Workload| self.median(*engine, workload, Measurement::cost_of_unit);
            let first = workloads.first().and_then(nanos);
            workloads.iter().filter_map(move |workload| {
                let Kind::Hold { processes, each } = workload.kind else { return None };
                let ratio = nanos(workload).zip(first).map(|(one, first)| one / first);
                Some(vec![
                    engine.to_string(),
                    (processes * each).to_string(),
                    processes.to_string(),
                    each.to_string(),
                    cell(nanos(workload)),
                    ratio.map_or(ABSENT.to_owned(), |ratio| format!("{ratio:.2}")),
                    cell(self.median(*engine, workload, |one| megabytes(one.peak_kib))),
                ])
            })
        });
        print_table(&heads.map(str::to_owned), rows.collect());
    }

    fn print_circumstances(&self, title: &str) {
        let Self { machine, date, rounds, scale, command, .. } = self;
        let size = if *scale == 1.0 { String::new() } else { format!(" at {scale} of the size") };
        println!("{title} of {rounds} interleaved rounds{size}, {date}, {machine}\n");
        println!("`{command}`\n");
    }
}

/// For what an engine cannot run.
const ABSENT: &str = "–";

fn cell(value: Option<f64>) -> String {
    match value {
        None => ABSENT.to_owned(),
        Some(value) if value < 100.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.0}"),
    }
}

fn megabytes(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

/// Markdown that can be read as it is, too.
fn print_table(heads: &[String], rows: Vec<Vec<String>>) {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| &row[column]).chain([&heads[column]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let print_row = |row: &[String]| {
        for (cell, width) in row.iter().zip(&widths) {
            print!("| {cell:<width$} ");
        }
        println!("|");
    };
    print_row(heads);
    println!("|{}", widths.iter().map(|width| "-".repeat(width + 2) + "|").collect::<String>());
    rows.iter().for_each(|row| print_row(row));
}

/// Cores and model of the CPU.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown CPU", |(_, model)| model.trim());
    format!("{cores} cores of {model}")
}

/// The date in UTC. From days to a date: H. Hinnant, "chrono-compatible
/// low-level date algorithms" (2013), for days since 1970.
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let days = since.as_secs() / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march = (5 * day + 2) / 153;
    let day = day - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

/// How this was called, for whoever wants to repeat it.
fn command(arguments: &[String]) -> String {
    let desim = cfg!(feature = "desim");
    let mut words = vec![if desim { "RUSTC_BOOTSTRAP=1 cargo run" } else { "cargo run" }];
    words.extend(["--release", "--manifest-path", "benches/peers/Cargo.toml"]);
    words.extend((!desim).then_some("--no-default-features"));
    words.extend((!arguments.is_empty()).then_some("--"));
    words.extend(arguments.iter().map(String::as_str));
    words.join(" ")
}
