//! flagfall and its peers on the same workloads; see README.md.

#![cfg_attr(feature = "desim", feature(coroutines, coroutine_trait, stmt_expr_attributes))]

mod engines;
mod expectation;
mod table;
mod worker;
mod workload;

use crate::engines::Engine;
use crate::table::Report;
use crate::worker::Measurement;
use crate::workload::{Kind, Workload};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
flagfall and its peers on the same workloads, interleaved, as a Markdown table

  --rounds N       runs of each engine on each workload, 5 unless given
  --workload NAME  this workload only; may be repeated
  --engine NAME    this engine only; may be repeated
  --all-columns    flagfall with the digest alone and with streams alone, too
  --scale F        this fraction of the full size: 0.02 for a quick look
  --no-simpy       without SimPy, which takes most of the time
  --python PATH    the Python that has SimPy, python3 unless given
  --json FILE      all single measurements, too
  --instructions   count instructions under valgrind instead of time: the same on a
                   busy machine, and 50 times slower; one round, without SimPy
  --growth         flagfall alone, as it comes and bare: PHOLD with 1,024 to
                   1,048,576 events pending
  --help           this text, and the names
";

struct Options {
    rounds: usize,
    workloads: Vec<Workload>,
    engines: Vec<Engine>,
    all_columns: bool,
    scale: f64,
    simpy: bool,
    python: PathBuf,
    json: Option<PathBuf>,
    instructions: bool,
    growth: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("--worker") => work(&arguments[1..]),
        _ if arguments.iter().any(|argument| argument == "--help") => {
            help();
            Ok(())
        }
        _ => parse(&arguments).and_then(|options| compare(options, &arguments)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("{USAGE}\nworkloads: {}", names(&Workload::all()));
    println!("engines: {}", names(&Engine::ALL.map(Engine::name)));
}

fn names<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

/// `--worker ENGINE WORKLOAD COUNT`: runs it here and prints the measurement.
fn work(arguments: &[String]) -> Result<(), String> {
    let [engine, workload, count] = arguments else {
        return Err("--worker takes an engine, a workload and a count".to_owned());
    };
    let count = count.parse().map_err(|_| format!("{count} is no count"))?;
    let workload = Workload { count, ..parse_workload(workload)? };
    let measurement = worker::run(parse_engine(engine)?, &workload);
    println!("{}", serde_json::to_string(&measurement).map_err(|error| error.to_string())?);
    Ok(())
}

// --- arguments -------------------------------------------------------------

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        rounds: 5,
        workloads: Vec::new(),
        engines: Vec::new(),
        all_columns: false,
        scale: 1.0,
        simpy: true,
        python: "python3".into(),
        json: None,
        instructions: false,
        growth: false,
    };
    let mut arguments = arguments.iter();
    while let Some(option) = arguments.next() {
        let mut value =
            || arguments.next().ok_or_else(|| format!("{option} needs a value; see --help"));
        match option.as_str() {
            "--rounds" => options.rounds = parse_positive(value()?)?,
            "--workload" => options.workloads.push(parse_workload(value()?)?),
            "--engine" => options.engines.push(parse_engine(value()?)?),
            "--all-columns" => options.all_columns = true,
            "--scale" => options.scale = parse_positive(value()?)?,
            "--no-simpy" => options.simpy = false,
            "--python" => options.python = value()?.into(),
            "--json" => options.json = Some(value()?.into()),
            "--instructions" => (options.instructions, options.rounds) = (true, 1),
            "--growth" => options.growth = true,
            _ => return Err(format!("{option} is no option; see --help")),
        }
    }
    Ok(options)
}

fn parse_positive<T: std::str::FromStr + PartialOrd + Default>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| *number > T::default());
    number.ok_or_else(|| format!("{text} is not a number above 0"))
}

fn parse_workload(name: &str) -> Result<Workload, String> {
    Workload::named(name)
        .ok_or_else(|| format!("{name} is no workload: one of {}", names(&Workload::all())))
}

fn parse_engine(name: &str) -> Result<Engine, String> {
    let known = Engine::ALL.map(Engine::name);
    Engine::named(name).ok_or_else(|| format!("{name} is no engine: one of {}", names(&known)))
}

// --- interleaving ----------------------------------------------------------

/// Processes and the events of each: 1,024 to 1,048,576 pending.
const GROWTH: [(usize, usize); 5] =
    [(1 << 10, 1), (1 << 10, 16), (1 << 16, 1), (1 << 16, 4), (1 << 16, 16)];

fn compare(options: Options, arguments: &[String]) -> Result<(), String> {
    let engines = chosen_engines(&options)?;
    let workloads = chosen_workloads(&options);

    let mut measurements: Vec<Measurement> = Vec::new();
    for round in 1..=options.rounds {
        for workload in &workloads {
            for engine in engines.iter().filter(|engine| engine.runs(workload)) {
                let measurement = if options.instructions {
                    worker::count(*engine, workload)?
                } else {
                    worker::measure(*engine, workload, &options.python)?
                };
                let cost = measurement.cost_of_unit();
                let unit = if options.instructions { "instructions" } else { "ns" };
                eprintln!("round {round}: {workload} on {engine}: {cost:.1} {unit}");
                same_value(workload, &measurement, &measurements)?;
                measurements.push(measurement);
            }
        }
    }

    let report = Report::new(options.rounds, options.scale, arguments, measurements);
    if options.growth {
        report.print_growth(&workloads, &engines);
    } else {
        report.print(&workloads, &engines, options.instructions);
    }
    match options.json {
        None => Ok(()),
        Some(path) => {
            let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
            std::fs::write(&path, json + "\n")
                .map_err(|error| format!("cannot write {}: {error}", path.display()))
        }
    }
}

/// The columns of the table.
fn chosen_engines(options: &Options) -> Result<Vec<Engine>, String> {
    let mut engines = options.engines.clone();
    if engines.is_empty() {
        engines = Engine::ALL.into_iter().filter(|engine| engine.is_built()).collect();
        engines.retain(|engine| options.all_columns || !engine.is_apart());
    }
    if options.growth {
        engines.retain(|engine| engine.is_flagfall());
    }
    if let Some(engine) = engines.iter().find(|engine| !engine.is_built()) {
        return Err(format!(
            "{engine} is not built in: RUSTC_BOOTSTRAP=1 cargo run --release, without \
             --no-default-features"
        ));
    }
    if !options.simpy || options.instructions {
        engines.retain(|engine| *engine != Engine::Simpy);
    }
    if engines.contains(&Engine::Simpy) {
        worker::find_simpy(&options.python)?;
    }
    Ok(engines)
}

/// The rows of the table.
fn chosen_workloads(options: &Options) -> Vec<Workload> {
    let mut workloads = options.workloads.clone();
    if options.growth {
        let hold = |(processes, each)| Workload::full(Kind::Hold { processes, each });
        workloads = GROWTH.map(hold).to_vec();
    } else if workloads.is_empty() {
        workloads = Workload::all();
    }
    workloads.into_iter().map(|workload| workload.scaled(options.scale)).collect()
}

/// Whoever draws from the shared generator must come to the same total of the
/// rides, to the last bit: quarters of whole numbers add up exactly. And as many
/// customers of the bank must leave, and as many other jobs be done in the repair
/// shop, for who draws next is decided by time alone.
fn same_value(
    workload: &Workload,
    measurement: &Measurement,
    others: &[Measurement],
) -> Result<(), String> {
    let shares = |one: &Measurement| {
        one.workload == measurement.workload
            && Engine::named(&one.engine).is_some_and(Engine::shares_draws)
    };
    let is_one_value = matches!(workload.kind, Kind::Taxi { .. } | Kind::Reneging | Kind::Repair);
    if !is_one_value || !shares(measurement) {
        return Ok(());
    }
    match others.iter().find(|other| shares(other) && other.value != measurement.value) {
        None => Ok(()),
        Some(other) => Err(format!(
            "{workload}: {} is {} on {}, but {} on {}",
            workload.expectation().0,
            measurement.value,
            measurement.engine,
            other.value,
            other.engine
        )),
    }
}
