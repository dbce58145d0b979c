//! `flagfall run`: options into a model and a configuration, the run, and
//! its output.

use super::args::{
    ActorTreeArgs, Common, LimitArgs, MessagesArgs, ParameterServerArgs, System, TaxiArgs,
};
use super::exit::Failure;
use super::output::{Stdout, peak_memory_bytes, talk};
use super::values::durations_in;
use crate::models::actor_tree::ActorTree;
use crate::models::message_log::MessageLog;
use crate::models::parameter_server::ParameterTraining;
use crate::models::taxi_fleet::{Durations, STAFF, TaxiFleet};
use crate::models::{Model, Run};
use crate::network::Latency;
use crate::record::Record;
use crate::report::{json, text};
use crate::simulation::{Config, Limits, Simulation};
use crate::time::{Span, VirtualTime};
use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A tree that needs more inspections than this, on average, is refused.
const MOST_INSPECTIONS: f64 = 1e6;

/// A day that needs more polls than this wants a word from the user.
const MOST_POLLS: u32 = 1_000_000;

pub(super) fn run(system: System) -> Result<(), Failure> {
    match system {
        System::Taxi(args) => {
            let fleet = taxi_fleet(&args)?;
            let lang = args.common.lang.into();
            execute("taxi", &fleet, &args.common, |out, run, config| {
                if args.common.json {
                    json::taxi(out, (&fleet, run), config, lang, args.common.summary)
                } else {
                    text::taxi(out, &fleet, &run.result, lang)
                }
            })
        }
        System::ParameterServer(args) => {
            let model = parameter_training(&args)?;
            execute("parameter-server", &model, &args.common, |out, run, config| {
                if args.common.json {
                    json::parameter_server(out, (&model, run), config, args.common.summary)
                } else {
                    text::parameter_server(out, &run.result)
                }
            })
        }
        System::ActorTree(args) => {
            let model = actor_tree(&args)?;
            execute("actor-tree", &model, &args.common, |out, run, config| {
                if args.common.json {
                    json::actor_tree(out, (&model, run), config, args.common.summary)
                } else {
                    text::actor_tree(out, &run.result)
                }
            })
        }
        System::Messages(args) => {
            let model = message_log(&args)?;
            execute("messages", &model, &args.common, |out, run, config| {
                if args.common.json {
                    json::message_log(out, (&model, run), config, args.common.summary)
                } else {
                    text::message_log(out, &run.result)
                }
            })
        }
    }
}

/// Runs a model and writes what it came to.
fn execute<M: Model + fmt::Debug>(
    name: &str,
    model: &M,
    common: &Common,
    report: impl FnOnce(&mut dyn Write, &Run<M::Result>, &Config) -> io::Result<()>,
) -> Result<(), Failure> {
    let config = config(common);
    if common.verbose {
        talk(format_args!("again: {}\n{model:?}\n{config:?}", command_line()));
    }
    let mut simulation = Simulation::new(config.clone());
    let trace = common.trace.then(|| Trace::start(&mut simulation, common.json));
    let start = Instant::now();
    let ran = without_panic_messages(|| run_model(model, &mut simulation));
    let wall = start.elapsed();
    if let Some(trace) = trace {
        trace.finish()?;
    }
    let run = ran?;
    let mut out = Stdout::new();
    out.write(|out| report(out, &run, &config))?;
    out.finish()?;
    for link in &common.links {
        for path in [&link.from, &link.to].into_iter().filter(|path| !simulation.has_path(path)) {
            talk(format_args!("note: no actor was ever named {path}; --trace shows the names"));
        }
    }
    if !common.quiet {
        summarize(name, &config, &run, wall, common.verbose);
    }
    Ok(())
}

fn run_model<M: Model>(model: &M, simulation: &mut Simulation) -> Result<Run<M::Result>, Failure> {
    let run = model.run_in(simulation);
    run.map_err(|error| Failure::Run { error: Box::new(error), again: command_line() })
}

/// A panic in a handler comes back as an error that tells more than the
/// standard message; printing both would say it twice.
fn without_panic_messages<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Err(Failure::Bug { text: text.to_owned(), again: command_line() })
    })
}

/// Prints every record as it happens. With `--json`, stdout is kept for the
/// object.
struct Trace {
    out: Rc<RefCell<BufWriter<Box<dyn Write>>>>,
}

impl Trace {
    fn start(simulation: &mut Simulation, to_stderr: bool) -> Self {
        let out: Box<dyn Write> =
            if to_stderr { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
        let out = Rc::new(RefCell::new(BufWriter::with_capacity(1 << 16, out)));
        let trace = Self { out: Rc::clone(&out) };
        simulation.observe(move |record: &Record<'_>| {
            if let Err(error) = writeln!(out.borrow_mut(), "{record}") {
                // An observer cannot stop the run, and without a reader there
                // is no reason to go on.
                std::process::exit(Failure::output(&error).tell());
            }
        });
        trace
    }

    fn finish(self) -> Result<(), Failure> {
        self.out.borrow_mut().flush().map_err(|error| Failure::output(&error))
    }
}

/// The line on stderr that closes every run.
fn summarize<T>(name: &str, config: &Config, run: &Run<T>, wall: Duration, verbose: bool) {
    let digest = run.digest.map_or_else(|| "off".to_owned(), |digest| digest.to_string());
    let memory = peak_memory_bytes()
        .map_or_else(String::new, |bytes| format!(", memory {:.1} MB", bytes as f64 / 1e6));
    let secs = wall.as_secs_f64();
    talk(format_args!(
        "{name}: seed {}, virtual time {}, {} events, wall {:.3} ms{memory}, digest {digest}",
        config.seed,
        run.virtual_time,
        run.events,
        secs * 1e3,
    ));
    if verbose {
        let counts = run.counts;
        talk(format_args!(
            "messages: {} sent, {} handled, {} undeliverable, {} cancelled, {} pending; \
             {:.0} events/s",
            counts.sent,
            counts.handled,
            counts.undeliverable,
            counts.cancelled,
            counts.pending(),
            run.events as f64 / secs.max(1e-9),
        ));
    }
}

/// This command again, to be copied into a shell.
fn command_line() -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    let quote = |word: String| {
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let words: Vec<String> = words.map(quote).collect();
    format!("flagfall {}", words.join(" "))
}

fn config(common: &Common) -> Config {
    let mut config = Config::new(common.seed)
        .replication(common.replication)
        .latency(common.latency)
        .limits(limits(&common.limits))
        .event_list(common.event_list.into())
        .digest(!common.no_digest);
    for link in &common.links {
        config = config.link(&link.from, &link.to, link.latency);
    }
    match common.cpus {
        Some(cpus) => config.cpus(cpus),
        None => config,
    }
}

fn limits(args: &LimitArgs) -> Limits {
    let mut limits = Limits::default();
    limits.events = args.max_events.unwrap_or(limits.events);
    limits.events_per_instant = args.max_events_per_instant.unwrap_or(limits.events_per_instant);
    limits.live_actors = args.max_actors.min(limits.live_actors);
    limits.pending_events =
        args.max_pending.unwrap_or(limits.pending_events).min(limits.pending_events);
    limits.mailbox_length =
        args.max_mailbox.unwrap_or(limits.mailbox_length).min(limits.mailbox_length);
    let end_time = args.end_time.map(|span| VirtualTime::from_nanos(span.as_nanos()));
    limits.end_time = end_time.unwrap_or(limits.end_time);
    limits
}

fn taxi_fleet(args: &TaxiArgs) -> Result<TaxiFleet, Failure> {
    let durations = match (&args.durations, &args.durations_file) {
        (Some(list), _) => Durations::Given(list.0.clone()),
        (None, Some(path)) => Durations::Given(read_durations(path)?),
        (None, None) => Durations::Drawn {
            rides: args.rides.unwrap_or(10),
            seconds: args.ride_seconds.clone().map_or(1..=5, |range| range.0),
        },
    };
    let drivers = args.drivers.clone().unwrap_or_else(|| STAFF.map(str::to_owned).to_vec());
    if args.commission > args.price {
        let (commission, price) = (args.commission, args.price);
        return Err(Failure::Usage(format!(
            "a commission of {commission} is above the price of {price}: \
             the taxi would pay to drive"
        )));
    }
    nonzero(args.poll_every, "--poll-every")?;
    let mut fleet = TaxiFleet {
        fleet: args.fleet.unwrap_or(drivers.len() as u32),
        drivers,
        durations,
        every: args.every,
        price: args.price,
        commission: args.commission,
        polls: 0,
        poll_every: args.poll_every,
        startup: args.startup,
        keep_polls: !args.common.summary,
    };
    fleet.polls = match args.polls {
        Some(polls) => polls,
        None => polls_needed(&fleet, &args.common)?,
    };
    Ok(fleet)
}

/// As many polls as the last ride needs, unless nobody would want to see
/// them.
fn polls_needed(fleet: &TaxiFleet, common: &Common) -> Result<u32, Failure> {
    let links = common.links.iter().map(|link| link.latency);
    let hop = links.chain([common.latency]).map(Latency::allowance).max().unwrap_or_default();
    fleet.polls_needed(hop).filter(|polls| *polls <= MOST_POLLS).ok_or_else(|| {
        Failure::Usage(format!(
            "until the last ride is over the driver would poll more than {MOST_POLLS} times: \
             give --polls, or poll less often with --poll-every"
        ))
    })
}

/// A driver that never sleeps would poll for ever at one instant.
fn nonzero(span: Span, option: &str) -> Result<(), Failure> {
    if span.is_zero() {
        return Err(Failure::Usage(format!("{option} is 0: write a span above 0, like 1s")));
    }
    Ok(())
}

fn read_durations(path: &Path) -> Result<Vec<Span>, Failure> {
    let name = path.display();
    let read = if path == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = read.map_err(|error| Failure::Files(format!("cannot read {name}: {error}")))?;
    let durations =
        durations_in(&text).map_err(|error| Failure::Files(format!("{name}: {error}")))?;
    if durations.is_empty() {
        let remedy = "write one length of a ride in seconds on each line";
        return Err(Failure::Files(format!("{name}: no durations: {remedy}")));
    }
    Ok(durations)
}

fn parameter_training(args: &ParameterServerArgs) -> Result<ParameterTraining, Failure> {
    if !args.gradient.is_finite() {
        return Err(Failure::Usage(format!("a gradient of {} is not a number", args.gradient)));
    }
    check_stagger(args.startup, args.stagger, args.workers)?;
    Ok(ParameterTraining {
        workers: args.workers,
        epochs: args.epochs,
        epoch: args.epoch,
        dimension: args.dimension as usize,
        gradient: args.gradient,
        reads: args.polls,
        read_every: args.every,
        startup: args.startup,
        stagger: args.stagger,
    })
}

fn actor_tree(args: &ActorTreeArgs) -> Result<ActorTree, Failure> {
    for crash in &args.crashes {
        if crash.worker >= args.workers {
            return Err(Failure::Usage(format!(
                "there is no worker {} to crash: they are numbered from 0 to {}",
                crash.worker,
                i64::from(args.workers) - 1
            )));
        }
    }
    let script = args.states.clone().map(|script| script.0).unwrap_or_default();
    if let Some(line) = script.iter().find(|line| line.len() != args.workers as usize) {
        return Err(Failure::Usage(format!(
            "--states gives {} states for {} workers: write one for each",
            line.len(),
            args.workers
        )));
    }
    if !(args.done > 0.0 && args.done <= 1.0) {
        return Err(Failure::Usage(format!(
            "--done is {}: write a chance above 0, at most 1",
            args.done
        )));
    }
    let tree = ActorTree {
        supervisors: args.supervisors,
        workers: args.workers,
        epochs: args.epochs,
        epoch: args.epoch,
        crashes: args.crashes.iter().map(|crash| (crash.worker, crash.time)).collect(),
        done: args.done,
        script,
    };
    // States are random, as in the notebook: all workers at once are seldom
    // done, and a run that would take for ever is better refused.
    let expected = tree.inspections_expected();
    if expected > MOST_INSPECTIONS {
        return Err(Failure::Usage(format!(
            "{} workers, each done with a chance of {}, are all done once in {expected:.0} \
             inspections: raise --done, or give --states",
            tree.workers, tree.done
        )));
    }
    Ok(tree)
}

/// The last worker must start within virtual time.
fn check_stagger(startup: Span, stagger: Span, workers: u32) -> Result<(), Failure> {
    let last = stagger.checked_mul(u64::from(workers)).and_then(|span| span.checked_add(startup));
    match last {
        Some(_) => Ok(()),
        None => Err(Failure::Usage(format!(
            "--stagger {stagger} for {workers} workers is above the longest span, 584 years"
        ))),
    }
}

fn message_log(args: &MessagesArgs) -> Result<MessageLog, Failure> {
    check_stagger(args.startup, args.stagger, args.workers)?;
    Ok(MessageLog {
        workers: args.workers,
        messages: args.messages,
        every: args.every,
        polls: args.polls,
        poll_every: args.poll_every,
        actor_startup: args.actor_startup,
        startup: args.startup,
        stagger: args.stagger,
    })
}
