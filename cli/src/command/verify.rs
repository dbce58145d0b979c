//! `flagfall verify`: runs of one scenario, one after another and side by side,
//! compared record by record.

use super::again::{Held, hold};
use super::args::{Common, System};
use super::diff::{against_run, different, equal};
use super::exit::Failure;
use super::header;
use super::output::talk;
use super::run::{run_model, without_panic_messages};
use super::system::{self, Runnable, Visitor};
use super::trace_args::VerifyArgs;
use crate::words::counted;
use flagfall::panics::Enough;
use flagfall::record::Record;
use flagfall::trace::{Checked, TraceError, TraceFile, TraceWriter};
use flagfall::{Config, Simulation};
use std::cell::RefCell;
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::sync::Arc;

/// The trace of the first run is kept in memory up to this size.
const MOST_MEMORY: usize = 1 << 30;

pub(super) fn verify(options: &VerifyArgs, system: &System) -> Result<(), Failure> {
    let common = system.common();
    let others = [
        ("--record", common.record.is_some()),
        ("--trace", common.trace),
        ("--pace", common.pace.is_some()),
    ];
    if let Some((option, _)) = others.iter().find(|(_, given)| *given) {
        return Err(Failure::Usage(format!("{option} is for run: verify shows differences alone")));
    }
    system::visit(system, Verify(options))
}

struct Verify<'a>(&'a VerifyArgs);

/// Memory with an end.
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

/// The first run: its trace, its digest, and its error if it failed.
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

/// A trace in memory cannot be damaged.
fn own_mistake(error: &TraceError) -> Failure {
    Failure::Bug { text: error.to_string(), again: super::run::command_line() }
}

fn first<S: Runnable>(model: &S, config: &Config) -> Result<First, Failure> {
    let mut simulation = Simulation::new(config.clone());
    let header = header::of(model, config, Vec::new());
    let writer = TraceWriter::new(Memory(Cursor::default()), &header)
        .map_err(|error| own_mistake(&error))?;
    let writer = Rc::new(RefCell::new(Some(writer)));
    let observer = Rc::clone(&writer);
    simulation.observe(move |record: &Record<'_>| {
        let mut writer = observer.borrow_mut();
        let full = writer.as_mut().is_some_and(|writer| writer.record(record).is_err());
        if full {
            *writer = None;
            drop(writer);
            Enough::unwind();
        }
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

impl Visitor for Verify<'_> {
    type Output = ();

    fn visit<S: Runnable>(self, model: &S, config: Config, common: &Common) -> Result<(), Failure> {
        let Self(options) = self;
        let config = config.draws(true);
        let threads = options.threads.unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(2, |n| n.get().max(2) as u32)
        });
        let (first, ran, found) = without_panic_messages(|| {
            let first = first(model, &config)?;
            let (ran, found) = compare(model, &config, &first, (options.runs, threads))?;
            Ok((first, ran, found))
        })?;
        if let Some((run, held)) = found {
            return tell(options, common, (&first, &run), held);
        }
        if ran < threads {
            talk(format_args!("note: {ran} of {threads} threads could be started"));
        }
        let records = first.open().map_err(|error| own_mistake(&error))?.totals().entries;
        if !common.quiet {
            let digest = first.digest.as_deref().unwrap_or("off");
            talk(format_args!(
                "{}: seed {}, {} one after another and {ran} side by side, all equal, \
                 digest {digest}",
                model.name(),
                config.seed,
                counted(options.runs, "run"),
            ));
        }
        equal(common.json, records, true, &[])?;
        // All failed in the same way, but failed.
        first.failed.map_or(Ok(()), Err)
    }
}

type Odd = Option<(String, Held<Shared>)>;

/// Runs again and again: how many side by side, and the first run that differs, if one does.
fn compare<S: Runnable>(
    model: &S,
    config: &Config,
    first: &First,
    (runs, threads): (u32, u32),
) -> Result<(u32, Odd), Failure> {
    let hold = || {
        let held = first.open().and_then(|trace| hold(model, config, trace));
        held.map_err(|error| own_mistake(&error))
    };
    let known = first.failed.as_ref().map(Failure::text);
    let odd = |held: &Held<_>| !matches!(held.checked, Checked::Equal(_)) || held.failed != known;
    for run in 1..runs {
        let held = hold()?;
        if odd(&held) {
            return Ok((0, Some((format!("run {}", run + 1), held))));
        }
    }
    let side_by_side = std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, hold);
        // Where the system starts no more, the others still are a comparison.
        let running: Vec<_> = (0..threads).map_while(|number| start(number).ok()).collect();
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

/// Shows in what a run differs from the first.
fn tell(
    options: &VerifyArgs,
    common: &Common,
    (first, run): (&First, &str),
    held: Held<Shared>,
) -> Result<(), Failure> {
    let Held { checked, mut trace, failed } = held;
    let names = ["run 1".to_owned(), run.to_owned()];
    let Checked::Different(found) = checked else {
        let end = |error: Option<String>| error.unwrap_or_else(|| "well".to_owned());
        talk(format_args!(
            "error: all records are equal, but run 1 ends {}, and {run} ends {}",
            end(first.failed.as_ref().map(Failure::text)),
            end(failed),
        ));
        return Err(Failure::Different);
    };
    let told = against_run(&mut trace, *found, names, options.show.chain);
    different(common.json, &told.map_err(|error| own_mistake(&error))?)
}
