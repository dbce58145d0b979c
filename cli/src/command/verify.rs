//! `flagfall verify`: runs one scenario several times, one after another and side by side, and
//! compares the records.

use super::options::{RunOptions, VerifyArgs, threads_or_cores};
use super::own::AnyModel;
use super::program::Program;
use super::running::{observed, run_model};
use super::scenario::Scenario;
use super::talk::{Failure, talk, without_panic_messages};
use super::traces::{Held, against_run, different, equal, header_of, hold};
use crate::report::difference::Comparison;
use crate::words::counted;
use flagfall::trace::{Checked, TraceError, TraceFile, TraceWriter};
use flagfall::{Config, Simulation};
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::sync::Arc;

/// The most bytes that the trace of the first run may take in memory.
const MOST_MEMORY: usize = 1 << 30;

/// What comes of it.
pub(crate) enum Verified {
    /// All runs are equal: how many ran side by side, how many records each has, its digest,
    /// and its error if all failed.
    Equal { side_by_side: u32, records: u64, digest: Option<String>, failed: Option<Failure> },
    /// Where two runs part.
    Different(Box<Comparison>),
    /// All records are equal, and the ends are not: what is told of them.
    OtherEnd(String),
}

pub(crate) fn verify(
    scenario: Scenario,
    args: &VerifyArgs,
    program: &Program,
) -> Result<(), Failure> {
    let (name, seed) = (scenario.model.name(), scenario.options.seed);
    let RunOptions { json, quiet, .. } = scenario.options;
    let runs = Runs {
        in_turn: args.runs,
        side_by_side: args.threads.unwrap_or_else(one_a_cpu),
        chain: args.show.chain,
        begin: &|_| {},
    };
    match verified(scenario, &runs, program)? {
        Verified::Different(told) => different(json, &told),
        Verified::OtherEnd(told) => {
            talk(format_args!("error: {told}"));
            Err(Failure::Different)
        }
        Verified::Equal { side_by_side: ran, records, digest, failed } => {
            if ran < runs.side_by_side {
                let wanted = runs.side_by_side;
                talk(format_args!("note: {ran} of {wanted} threads could be started"));
            }
            if !quiet {
                let digest = digest.as_deref().unwrap_or("off");
                talk(format_args!(
                    "{name}: seed {seed}, {} one after another and {ran} side by side, all \
                     equal, digest {digest}",
                    counted(args.runs, "run"),
                ));
            }
            equal(json, records, true, &[])?;
            // All failed in the same way, but failed.
            failed.map_or(Ok(()), Err)
        }
    }
}

/// As many runs side by side as there are CPUs, and two at least.
pub(crate) fn one_a_cpu() -> u32 {
    threads_or_cores(None).max(2) as u32
}

/// Which runs are made.
pub(crate) struct Runs<'a> {
    /// How many one after another.
    pub(crate) in_turn: u32,
    /// How many side by side, after those.
    pub(crate) side_by_side: u32,
    /// How many of the events that led to a difference are told.
    pub(crate) chain: usize,
    /// What is done with each simulation before its run begins.
    pub(crate) begin: &'a (dyn Fn(&mut Simulation) + Sync),
}

/// Makes the runs and compares them.
pub(crate) fn verified(
    mut scenario: Scenario,
    runs: &Runs<'_>,
    program: &Program,
) -> Result<Verified, Failure> {
    let options = &scenario.options;
    let others = [
        ("--record", options.record.is_some()),
        ("--html", options.html.is_some()),
        ("--trace", options.trace),
        ("--pace", options.pace.is_some()),
    ];
    if let Some((option, _)) = others.iter().find(|(_, given)| *given) {
        return Err(Failure::Usage(format!("{option} is for run: verify shows only differences")));
    }
    let config = scenario.prepare()?.draws(true);
    let model = &scenario.model;
    let (first, ran, found) = without_panic_messages(|| {
        let first = first(model, &config, (program, runs))?;
        let (ran, found) = compare(model, &config, &first, runs)?;
        Ok((first, ran, found))
    })?;
    if let Some((run, held)) = found {
        return parted((&first, &run), held, runs.chain);
    }
    let records = first.open().map_err(|error| own_mistake(&error))?.totals().entries;
    let First { digest, failed, .. } = first;
    Ok(Verified::Equal { side_by_side: ran, records, digest, failed })
}

/// Memory with a bound.
struct Memory(Cursor<Vec<u8>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.get_ref().len() + bytes.len() > MOST_MEMORY {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Memory {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.0.seek(place)
    }
}

type Shared = Cursor<Arc<[u8]>>;

struct First {
    trace: Arc<[u8]>,
    digest: Option<String>,
    failed: Option<Failure>,
}

impl First {
    fn open(&self) -> Result<TraceFile<Shared>, TraceError> {
        TraceFile::open(Cursor::new(Arc::clone(&self.trace)))
    }
}

/// The failure of a trace in memory, which cannot be damaged.
fn own_mistake(error: &TraceError) -> Failure {
    Failure::Bug(error.to_string())
}

fn first(
    model: &AnyModel,
    config: &Config,
    (program, runs): (&Program, &Runs<'_>),
) -> Result<First, Failure> {
    let mut simulation = Simulation::new(config.clone());
    (runs.begin)(&mut simulation);
    let header = header_of(model, config, (program, Vec::new()));
    let writer = TraceWriter::new(Memory(Cursor::default()), &header)
        .map_err(|error| own_mistake(&error))?;
    let writer = observed(&mut simulation, Some(writer), |writer, record| {
        let goes_on = writer.as_mut().is_some_and(|writer| writer.record(record).is_ok());
        *writer = writer.take().filter(|_| goes_on);
        goes_on
    });
    let ran = run_model(model, &mut simulation);
    let Some(writer) = writer.take() else {
        return Err(Failure::Usage(format!(
            "the trace of the first run takes more than {} MB of memory, after {}: \
             use run --record and replay, or bound it with --max-events",
            MOST_MEMORY >> 20,
            counted(simulation.events(), "event")
        )));
    };
    let digest = simulation.digest().map(|digest| digest.to_string());
    let Memory(written) = writer.finish(None).map_err(|error| own_mistake(&error))?;
    Ok(First { trace: written.into_inner().into(), digest, failed: ran.err() })
}

type Odd = Option<(String, Held<Shared>)>;

/// Makes the other runs: how many ran side by side, and the first run that differs, if any.
fn compare(
    model: &AnyModel,
    config: &Config,
    first: &First,
    runs: &Runs<'_>,
) -> Result<(u32, Odd), Failure> {
    let hold = || {
        let held = first.open().and_then(|trace| hold(model, config, trace, runs.begin));
        held.map_err(|error| own_mistake(&error))
    };
    let known = first.failed.as_ref().map(Failure::text);
    let odd = |held: &Held<_>| !matches!(held.checked, Checked::Equal(_)) || held.failed != known;
    for run in 1..runs.in_turn {
        let held = hold()?;
        if odd(&held) {
            return Ok((0, Some((format!("run {}", run + 1), held))));
        }
    }
    let side_by_side = std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, hold);
        // If the system cannot start more threads, the others are compared.
        let running: Vec<_> =
            (0..runs.side_by_side).map_while(|number| start(number).ok()).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().map(join).collect::<Vec<Result<_, Failure>>>()
    });
    let ran = side_by_side.len() as u32;
    for (thread, held) in side_by_side.into_iter().enumerate() {
        let held = held?;
        if odd(&held) {
            return Ok((ran, Some((format!("run {} of those side by side", thread + 1), held))));
        }
    }
    Ok((ran, None))
}

/// In what a run differs from the first.
fn parted(
    (first, run): (&First, &str),
    held: Held<Shared>,
    chain: usize,
) -> Result<Verified, Failure> {
    let Held { checked, mut trace, failed } = held;
    let names = ["run 1".to_owned(), run.to_owned()];
    let Checked::Different(found) = checked else {
        let end = |error: Option<String>| error.unwrap_or_else(|| "well".to_owned());
        return Ok(Verified::OtherEnd(format!(
            "all records are equal, but run 1 ends {}, and {run} ends {}",
            end(first.failed.as_ref().map(Failure::text)),
            end(failed),
        )));
    };
    let told = against_run(&mut trace, *found, names, chain);
    told.map(|told| Verified::Different(Box::new(told))).map_err(|error| own_mistake(&error))
}
