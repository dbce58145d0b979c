//! `flagfall run`: a run and its output.

use super::args::{Common, System};
use super::exit::Failure;
use super::header;
use super::output::{Stdout, peak_memory_bytes, talk};
use super::own::program;
use super::pace::Pace;
use super::record::Recording;
use super::snapshot::{Saving, check_missed, run_on};
use super::system::{self, Runnable, Visitor};
use crate::report::Plain;
use crate::words::{counted, one_line};
use flagfall::model::{Model, Run};
use flagfall::panics::caught;
use flagfall::record::Record;
use flagfall::{Config, Simulation, Unanswered};
use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Runs a system that is named by those arguments.
pub(super) fn run(system: &System, arguments: &[OsString]) -> Result<(), Failure> {
    system::visit(system, RunOnce { arguments })
}

/// One run, and what it came to on stdout.
struct RunOnce<'a> {
    arguments: &'a [OsString],
}

impl Visitor for RunOnce<'_> {
    type Output = ();

    fn visit<S: Runnable>(self, model: &S, config: Config, common: &Common) -> Result<(), Failure> {
        if common.verbose {
            talk(format_args!("again: {}\n{model:?}\n{config:?}", command_line()));
        }
        let saving = Saving::new(&common.snapshot, None)?;
        saving.as_ref().map_or(Ok(()), |saving| saving.check(&config))?;
        let config = config.draws(common.record.is_some());
        let mut simulation = Simulation::new(config.clone());
        let recording = match &common.record {
            Some(path) => {
                let header = header::of(model, &config, header::words(self.arguments)?);
                Some(Recording::start(&mut simulation, path, &header)?)
            }
            None => None,
        };
        let trace = common.trace.then(|| Trace::start(&mut simulation, common.json));
        let pace =
            common.pace.as_ref().map(|pace| Pace::start(&mut simulation, pace, trace.as_ref()));
        simulation.register(&S::types());
        let start = Instant::now();
        let ran = without_panic_messages(|| {
            let handles = model.start(&mut simulation);
            run_on(model, &mut simulation, &handles, saving.as_ref())
        });
        let wall = start.elapsed();
        if let Some(trace) = trace {
            trace.finish()?;
        }
        if let Some(pace) = pace {
            pace.report(common.verbose);
        }
        if let Some(recording) = recording {
            match &ran {
                Ok((run, _)) => recording.finish(run.digest)?,
                Err(_) => recording.abandon()?,
            }
        }
        let (run, missed) = ran?;
        // A model may have set its own where the command line says nothing.
        let config = simulation.config();
        Ending { model, run: &run, config, simulation: &simulation }.report(common, wall)?;
        check_missed(missed, run.virtual_time)
    }
}

/// A run that is over.
pub(super) struct Ending<'a, S: Runnable> {
    pub(super) model: &'a S,
    pub(super) run: &'a Run<S::Result>,
    pub(super) config: &'a Config,
    pub(super) simulation: &'a Simulation,
}

impl<S: Runnable> Ending<'_, S> {
    /// Writes what it came to, and talks about it. That it got stuck is a failure all
    /// the same.
    pub(super) fn report(&self, common: &Common, wall: Duration) -> Result<(), Failure> {
        let Self { model, run, config, simulation } = *self;
        let mut out = Stdout::new();
        out.report(|out| model.report(out, run, config, common))?;
        out.finish()?;
        if let Some(note) = model.note().filter(|_| !common.quiet) {
            talk(format_args!("note: {note}"));
        }
        tell_unknown_paths(simulation);
        let stuck = check_stuck(simulation);
        match (&stuck, run.counts.lost) {
            (Ok(()), _) => tell_unanswered(config, simulation),
            (Err(_), 0) => {}
            (Err(_), lost) => {
                talk(format_args!("note: the fault plan lost {}", counted(lost, "message")));
            }
        }
        if !common.quiet {
            summarize(model.name(), config, run, wall, common.verbose);
        }
        stuck
    }
}

/// Most mistakes in links and plans are names.
fn tell_unknown_paths(simulation: &Simulation) {
    for path in simulation.unused_paths() {
        let path = one_line(&path);
        talk(format_args!("note: no actor was ever named {path}; --trace shows the names"));
    }
}

/// A request that goes on beside its actor's work may have been lost.
fn tell_unanswered(config: &Config, simulation: &Simulation) {
    const MOST: usize = 5;
    // After the horizon, answers may still come.
    let cut = config.horizon.is_some() && simulation.pending_events() > 0;
    if config.faults.is_empty() || cut {
        return;
    }
    let unanswered = simulation.unanswered();
    for Unanswered { asker, asked, since } in unanswered.iter().take(MOST) {
        let note = format!("note: {asker} has waited for an answer from {asked} since {since}");
        talk(format_args!("{}", one_line(&note)));
    }
    if let Some(more) = unanswered.len().checked_sub(MOST + 1) {
        let waiting = if more == 0 {
            "1 other waits".to_owned()
        } else {
            format!("{} others wait", more + 1)
        };
        talk(format_args!("note: and {} more for answers", waiting));
    }
}

/// What a run in which somebody waits for what can no longer come is told as: its numbers
/// are not what the model meant, though they may be of use to find out why.
pub(super) fn check_stuck(simulation: &Simulation) -> Result<(), Failure> {
    let checked = simulation.unless_stuck(());
    checked.map_err(|error| Failure::Run { error: Box::new(error), again: command_line() })
}

pub(super) fn run_model<M: Model>(
    model: &M,
    simulation: &mut Simulation,
) -> Result<Run<M::Result>, Failure> {
    let run = model.run_in(simulation).and_then(|run| simulation.unless_stuck(run));
    run.map_err(|error| Failure::Run { error: Box::new(error), again: command_line() })
}

/// A panic in a handler comes back as an error that tells more than the
/// standard message; printing both would say it twice.
pub(super) fn without_panic_messages<T>(
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result =
        caught(work).unwrap_or_else(|panic| Err(Failure::of_panic(&panic, command_line())));
    std::panic::set_hook(hook);
    result
}

type Buffered = BufWriter<Box<dyn Write>>;

/// Prints every record as it happens. With `--json`, stdout is kept for the
/// object.
#[derive(Clone)]
pub(super) struct Trace {
    out: Rc<RefCell<Plain<Buffered>>>,
}

impl Trace {
    pub(super) fn start(simulation: &mut Simulation, to_stderr: bool) -> Self {
        let out: Box<dyn Write> =
            if to_stderr { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
        let out = Plain(BufWriter::with_capacity(1 << 16, out));
        let out = Rc::new(RefCell::new(out));
        let trace = Self { out: Rc::clone(&out) };
        simulation.observe(move |record: &Record<'_>| {
            let record = record.to_string();
            if let Err(error) = writeln!(out.borrow_mut(), "{}", one_line(&record)) {
                Self::lose_reader(&error);
            }
        });
        trace
    }

    /// Hands on what has been written.
    pub(super) fn show(&self) {
        if let Err(error) = self.out.borrow_mut().flush() {
            Self::lose_reader(&error);
        }
    }

    /// An observer cannot stop the run, and without a reader there is no
    /// reason to go on.
    fn lose_reader(error: &io::Error) -> ! {
        std::process::exit(Failure::output(error).tell());
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        self.out.borrow_mut().flush().map_err(|error| Failure::output(&error))
    }
}

/// The line on stderr that closes every run.
pub(super) fn summarize<T>(
    name: &str,
    config: &Config,
    run: &Run<T>,
    wall: Duration,
    verbose: bool,
) {
    let digest = run.digest.map_or_else(|| "off".to_owned(), |digest| digest.to_string());
    let memory = peak_memory_bytes()
        .map_or_else(String::new, |bytes| format!(", memory {:.1} MB", bytes as f64 / 1e6));
    let secs = wall.as_secs_f64();
    talk(format_args!(
        "{name}: seed {}, virtual time {}, {}, wall {:.3} ms{memory}, digest {digest}",
        config.seed,
        run.virtual_time,
        counted(run.events, "event"),
        secs * 1e3,
    ));
    if verbose {
        let counts = run.counts;
        talk(format_args!(
            "messages: {} sent, {} handled, {} undeliverable, {} cancelled, {} lost, \
             {} duplicated, {} pending; \
             {:.0} events/s",
            counts.sent,
            counts.handled,
            counts.undeliverable,
            counts.cancelled,
            counts.lost,
            counts.duplicated,
            counts.pending(),
            run.events as f64 / secs.max(1e-9),
        ));
    }
}

/// This command again, to be copied into a shell.
pub(super) fn command_line() -> String {
    shell_line(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()))
}

/// A command with those words, to be copied into a shell.
pub(super) fn shell_line(words: impl Iterator<Item = String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    let quote = |word: String| {
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else if word.contains(char::is_control) {
            // What bash, zsh and ksh read back as it was; it stays on its line.
            let word = word.replace('\\', r"\\").replace('\'', r"\'");
            format!("$'{}'", one_line(&word))
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    let words: Vec<String> = words.map(quote).collect();
    format!("{} {}", program().name(), words.join(" "))
}
