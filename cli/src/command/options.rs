//! Options into models and settings, with the checks that need more than
//! one option.

use super::args::{
    ActorTreeArgs, Common, LimitArgs, MessagesArgs, ParameterServerArgs, QueueArgs, TaxiArgs,
    WorkerArgs,
};
use super::exit::Failure;
use super::room::{self, Kept};
use super::values::durations_in;
use crate::disk;
use crate::models::actor_tree::ActorTree;
use crate::models::message_log::MessageLog;
use crate::models::parameter_server::ParameterTraining;
use crate::models::queue::Queue;
use crate::models::taxi_fleet::{Durations, STAFF, TaxiFleet};
use crate::words::shown;
use flagfall::digest::Ingredients;
use flagfall::network::{FaultPlan, Latency};
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Limits};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// A tree that needs more inspections than this, on average, is refused.
const MOST_INSPECTIONS: f64 = 1e6;

/// What the identifiers of actors, events and messages hold.
const MOST_IDS: u64 = u32::MAX as u64 - 1;

/// A file of durations is no longer than this, in bytes: room for millions.
const MOST_DURATIONS: u64 = 16 << 20;

/// A day that needs more polls than this wants a word from the user.
const MOST_POLLS: u32 = 1_000_000;

pub(super) fn config(common: &Common) -> Result<Config, Failure> {
    let mut config = Config::new(common.seed)
        .replication(common.replication)
        .latency(common.latency.clone())
        .limits(limits(&common.limits))
        .ties(common.ties.policy(common.seed))
        .event_list(common.event_list.into())
        .digest(!common.no_digest)
        .ingredients(common.digest);
    for path in &common.digest_of {
        config = config.digest_of(path.as_str());
    }
    for link in &common.links {
        config = config.link(&link.from, &link.to, link.latency.clone());
    }
    config = config.faults(faults(common)?);
    config.horizon = common.horizon.map(|span| VirtualTime::ZERO + span);
    Ok(match common.cpus {
        Some(cpus) => config.cpus(cpus),
        None => config,
    })
}

fn limits(args: &LimitArgs) -> Limits {
    let mut limits = Limits::default();
    limits.events = args.max_events.unwrap_or(limits.events);
    limits.events_per_instant = args.max_events_per_instant.unwrap_or(limits.events_per_instant);
    limits.live_actors = args.max_actors.unwrap_or(limits.live_actors).min(MOST_IDS);
    limits.owners = args.max_owners.unwrap_or(limits.owners);
    limits.remembered_names = args.max_names.unwrap_or(limits.remembered_names);
    limits.pending_events = args.max_pending.unwrap_or(limits.pending_events).min(MOST_IDS);
    limits.mailbox_length = args.max_mailbox.unwrap_or(limits.mailbox_length).min(MOST_IDS);
    let end_time = args.end_time.map(|span| VirtualTime::from_nanos(span.as_nanos()));
    limits.end_time = end_time.unwrap_or(limits.end_time);
    limits
}

pub(super) fn taxi_fleet(args: &TaxiArgs, config: &Config) -> Result<TaxiFleet, Failure> {
    let durations = match (&args.durations, &args.durations_file) {
        (Some(list), _) => Durations::Given(list.0.clone()),
        (None, Some(path)) => Durations::Given(read_durations(path)?),
        (None, None) => Durations::Drawn {
            rides: args.rides.unwrap_or(10),
            seconds: args.ride_seconds.clone().map_or(1..=5, |range| range.0),
        },
    };
    let drivers = args.drivers.clone().unwrap_or_else(|| STAFF.map(str::to_owned).to_vec());
    check_names(&drivers)?;
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
        // What is shown changes no digest: one of results is of all of them.
        keep_polls: !args.common.summary || config.ingredients.contains(Ingredients::RESULTS),
        warm_up: args.warm_up,
    };
    fleet.polls = match args.polls {
        Some(polls) => polls,
        None => polls_needed(&fleet, config)?,
    };
    let rides = match &fleet.durations {
        Durations::Given(durations) => durations.len() as u64,
        Durations::Drawn { rides, .. } => u64::from(*rides),
    };
    room::check(&[
        // More taxis than actors may live are never there.
        Kept::by("--fleet", u64::from(fleet.fleet).min(config.limits.live_actors), 300),
        Kept::by("--rides", rides, 190),
        Kept::by("--polls", if fleet.keep_polls { fleet.polls.into() } else { 0 }, 55),
    ])?;
    Ok(fleet)
}

/// As many polls as the last ride needs, unless nobody would want to see
/// them.
fn polls_needed(fleet: &TaxiFleet, config: &Config) -> Result<u32, Failure> {
    let links = config.links.iter().map(|(_, _, latency)| latency);
    let latencies = links.chain(config.faults.latencies()).chain([&config.latency]);
    let hop = latencies.map(Latency::allowance).max().unwrap_or_default();
    fleet.polls_needed(hop).filter(|polls| *polls <= MOST_POLLS).ok_or_else(|| {
        Failure::Usage(format!(
            "until the last ride is over the driver would poll more than {MOST_POLLS} times: \
             give --polls, or poll less often with --poll-every"
        ))
    })
}

/// The printed messages know drivers by name alone.
fn check_names(drivers: &[String]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for name in drivers {
        if name.trim().is_empty() {
            return Err(Failure::Usage("--drivers has a driver without a name".to_owned()));
        }
        if !seen.insert(name) {
            return Err(Failure::Usage(format!("--drivers has two drivers named {name}")));
        }
    }
    Ok(())
}

/// A driver that never sleeps would poll for ever at one instant.
fn nonzero(span: Span, option: &str) -> Result<(), Failure> {
    if span.is_zero() {
        return Err(Failure::Usage(format!("{option} is 0: write a span above 0, like 1s")));
    }
    Ok(())
}

/// Reads a file, or standard input where it is called `-`, unless it is longer than so
/// many bytes: reading it takes many times its length in memory. The remedy is for those
/// whose file is.
pub(super) fn read_at_most(path: &Path, bytes: u64, remedy: &str) -> Result<String, Failure> {
    let text = if path == Path::new("-") {
        disk::at_most(io::stdin().lock(), bytes).and_then(disk::utf8)
    } else {
        disk::text(path, bytes)
    };
    let name = shown(path);
    text.map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            Failure::Files(format!("{name} is longer than {bytes} bytes: {remedy}"))
        }
        _ => Failure::Files(format!("cannot read {name}: {error}")),
    })
}

fn faults(common: &Common) -> Result<FaultPlan, Failure> {
    let mut plan = common.faults.as_deref().map(read_faults).transpose()?.unwrap_or_default();
    for text in &common.fault_rules {
        let rules: FaultPlan =
            text.parse().map_err(|error| Failure::Usage(format!("--fault '{text}': {error}")))?;
        plan = rules.rules().iter().cloned().fold(plan, FaultPlan::rule);
    }
    Ok(plan)
}

fn read_faults(path: &Path) -> Result<FaultPlan, Failure> {
    let plan = read_at_most(path, 1 << 20, "say more with each rule, by patterns")?.parse();
    plan.map_err(|error| Failure::Files(format!("{}: {error}", shown(path))))
}

fn read_durations(path: &Path) -> Result<Vec<Span>, Failure> {
    let name = shown(path);
    let text =
        read_at_most(path, MOST_DURATIONS, "draw the rides, with --rides and --ride-seconds")?;
    let durations =
        durations_in(&text).map_err(|error| Failure::Files(format!("{name}: {error}")))?;
    if durations.is_empty() {
        let remedy = "write one length of a ride in seconds on each line";
        return Err(Failure::Files(format!("{name}: no durations: {remedy}")));
    }
    Ok(durations)
}

pub(super) fn parameter_training(args: &ParameterServerArgs) -> Result<ParameterTraining, Failure> {
    let gradients = f64::from(args.epochs) * f64::from(args.workers.workers);
    if !(args.gradient * gradients.max(1.0)).is_finite() {
        return Err(Failure::Usage(format!(
            "{gradients} gradients of {} add up to no finite number",
            args.gradient
        )));
    }
    check_stagger(&args.workers)?;
    let (dimension, polls) = (u64::from(args.dimension), u64::from(args.polls));
    room::check(&[
        Kept::by("--workers", args.workers.workers.into(), 310),
        Kept::by("--polls", polls, 170),
        Kept::by("--dimension", dimension, 6 * 8),
        // Each reading is kept, and shown.
        Kept::by_both(("--dimension", dimension), ("--polls", polls), 2 * 8),
    ])?;
    Ok(ParameterTraining {
        workers: args.workers.workers,
        epochs: args.epochs,
        epoch: args.epoch,
        dimension: args.dimension as usize,
        gradient: args.gradient,
        reads: args.polls,
        read_every: args.every,
        startup: args.workers.startup,
        stagger: args.workers.stagger,
    })
}

pub(super) fn actor_tree(args: &ActorTreeArgs) -> Result<ActorTree, Failure> {
    for crash in &args.crashes {
        if crash.worker >= args.workers {
            return Err(Failure::Usage(format!(
                "--crash {}@{}: there is no worker {} to crash: they are numbered from 0 to {}",
                crash.worker,
                crash.time,
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
    let (supervisors, workers) = (u64::from(args.supervisors), u64::from(args.workers));
    room::check(&[
        Kept::by("--supervisors", supervisors, 400),
        Kept::by_both(("--supervisors", supervisors), ("--workers", workers), 1_250),
        Kept::by_both(("--workers", workers), ("--epochs", args.epochs.into()), 25),
    ])?;
    Ok(tree)
}

/// The last worker must start within virtual time.
fn check_stagger(args: &WorkerArgs) -> Result<(), Failure> {
    let WorkerArgs { workers, startup, stagger } = *args;
    let last = stagger.checked_mul(u64::from(workers)).and_then(|span| span.checked_add(startup));
    match last {
        Some(_) => Ok(()),
        None => Err(Failure::Usage(format!(
            "--stagger {stagger} for {workers} workers is above the longest span, 584 years"
        ))),
    }
}

pub(super) fn message_log(args: &MessagesArgs) -> Result<MessageLog, Failure> {
    check_stagger(&args.workers)?;
    let workers = u64::from(args.workers.workers);
    room::check(&[
        Kept::by("--workers", workers, 390),
        Kept::by("--polls", args.polls.into(), 55),
        Kept::by_both(("--messages", args.messages.into()), ("--workers", workers), 16),
    ])?;
    Ok(MessageLog {
        workers: args.workers.workers,
        messages: args.messages,
        every: args.every,
        polls: args.polls,
        poll_every: args.poll_every,
        actor_startup: args.actor_startup,
        startup: args.workers.startup,
        stagger: args.workers.stagger,
    })
}

pub(super) fn queue(args: &QueueArgs) -> Result<Queue, Failure> {
    let load = args.load;
    if !(load > 0.0 && load.is_finite()) {
        return Err(Failure::Usage(format!("--load is {load}: write a number above 0, like 0.8")));
    }
    nonzero(args.service, "--service")?;
    room::check(&[
        Kept::by("--servers", args.servers.into(), 160),
        Kept::by("--customers", args.customers.into(), 75),
    ])?;
    let queue = Queue {
        servers: args.servers,
        load,
        service: args.service,
        service_law: args.service_law,
        customers: args.customers,
        warm_up: args.warm_up,
    };
    match queue.mean_gap() {
        Span::ZERO => Err(Failure::Usage(format!(
            "at a load of {load}, customers come more often than every nanosecond: lower --load, or \
             raise --service"
        ))),
        Span::MAX => Err(Failure::Usage(format!(
            "at a load of {load}, the next customer comes after the end of time, in 584 years: \
             raise --load, or lower --service"
        ))),
        _ => Ok(queue),
    }
}
