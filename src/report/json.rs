//! The JSON output: one object a run, for programs.
//!
//! Every object begins with `schema` and `system`. Fields are added, never
//! renamed, under one schema number. Lists are written as they are walked,
//! so a million rides need no second copy.

use super::Language;
use crate::actor::DeathCause;
use crate::models::actor_tree::{ActorTree, Growth};
use crate::models::message_log::{Log, MessageLog};
use crate::models::parameter_server::{ParameterTraining, Training};
use crate::models::taxi_fleet::{Day, Durations, Notice, TaxiFleet};
use crate::models::Run;
use crate::simulation::Config;
use crate::time::{Span, VirtualTime};
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The version of the objects' shape.
pub const SCHEMA: &str = "flagfall/run/1";

/// A sequence that is made while it is written.
struct List<F>(F);

impl<F, I> Serialize for List<F>
where
    F: Fn() -> I,
    I: IntoIterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A number of seconds: whole where it is whole.
#[derive(Serialize)]
#[serde(untagged)]
enum Seconds {
    Whole(u64),
    Fraction(f64),
}

fn seconds(span: Span) -> Seconds {
    match span.whole_secs() {
        Some(secs) => Seconds::Whole(secs),
        None => Seconds::Fraction(span.as_secs_f64()),
    }
}

/// What every object begins with.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'a str,
    system: &'a str,
    seed: u64,
    replication: u64,
    latency: String,
    cpus: Option<u32>,
}

/// What every object ends with.
#[derive(Serialize)]
struct Tail {
    virtual_time_s: f64,
    events: u64,
    undeliverable: u64,
    digest: Option<String>,
}

fn head<'a>(system: &'a str, config: &Config) -> Head<'a> {
    Head {
        schema: SCHEMA,
        system,
        seed: config.seed,
        replication: config.replication,
        latency: config.latency.to_string(),
        cpus: config.cpus,
    }
}

fn tail<T>(run: &Run<T>) -> Tail {
    Tail {
        virtual_time_s: run.virtual_time.as_secs_f64(),
        events: run.events,
        undeliverable: run.counts.undeliverable,
        digest: run.digest.map(|digest| digest.to_string()),
    }
}

fn write(out: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object).map_err(io::Error::from)?;
    writeln!(out)
}

#[derive(Serialize)]
struct RideRow {
    index: usize,
    duration: Seconds,
    driver: Option<String>,
    rejected: bool,
    completed: bool,
}

/// The taxi day. With `summary`, without its lists.
///
/// # Errors
/// What writing to `out` returns.
pub fn taxi(
    out: &mut dyn Write,
    (fleet, run): (&TaxiFleet, &Run<Day>),
    config: &Config,
    language: Language,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a, L: Serialize> {
        #[serde(flatten)]
        head: Head<'a>,
        fleet: u32,
        every_s: f64,
        price: f64,
        commission: f64,
        #[serde(flatten)]
        lists: Option<L>,
        rides_total: usize,
        rides_rejected: usize,
        rides_completed: u64,
        ride_seconds: Seconds,
        total_commission: f64,
        taxi_cash: f64,
        #[serde(flatten)]
        tail: Tail,
    }
    let day = &run.result;
    let object = Object {
        head: head("taxi", config),
        fleet: fleet.fleet,
        every_s: fleet.every.as_secs_f64(),
        price: (fleet.price * Span::from_secs(1)).dollars(),
        commission: (fleet.commission * Span::from_secs(1)).dollars(),
        lists: (!summary).then(|| taxi_lists(fleet, day, language)),
        rides_total: day.rides.len(),
        rides_rejected: day.rides.iter().filter(|ride| ride.taxi.is_none()).count(),
        rides_completed: day.rides_completed,
        ride_seconds: seconds(day.ride_time),
        total_commission: day.total_commission.dollars(),
        taxi_cash: day.taxi_cash.dollars(),
        tail: tail(run),
    };
    write(out, &object)
}

fn taxi_lists<'a>(fleet: &'a TaxiFleet, day: &'a Day, language: Language) -> impl Serialize + 'a {
    #[derive(Serialize)]
    struct Lists<D, M, P, U, R, J> {
        durations: D,
        messages: M,
        polls: P,
        unpolled_messages: U,
        rides: R,
        rejected: J,
    }
    let say = move |notice: &Notice| language.notice(fleet, notice);
    let row = move |(index, ride): (usize, &crate::models::taxi_fleet::Ride)| RideRow {
        index,
        duration: seconds(ride.duration),
        driver: ride.taxi.map(|taxi| fleet.driver_name(taxi).into_owned()),
        rejected: ride.taxi.is_none(),
        completed: ride.completed,
    };
    Lists {
        durations: List(move || {
            let given: &[Span] = match &fleet.durations {
                Durations::Given(given) => given,
                Durations::Drawn { .. } => &[],
            };
            // Drawn durations are those of the rides that were asked for.
            let drawn = if given.is_empty() { day.rides.as_slice() } else { &[] };
            given.iter().copied().chain(drawn.iter().map(|ride| ride.duration)).map(seconds)
        }),
        messages: List(move || day.polls.iter().flatten().chain(&day.unpolled).map(say)),
        polls: List(move || {
            day.polls.iter().map(move |poll| List(move || poll.iter().map(say)))
        }),
        unpolled_messages: List(move || day.unpolled.iter().map(say)),
        rides: List(move || day.rides.iter().enumerate().map(row)),
        rejected: List(move || {
            let refused = |(index, ride): (usize, &crate::models::taxi_fleet::Ride)| {
                ride.taxi.is_none().then_some(index)
            };
            day.rides.iter().enumerate().filter_map(refused)
        }),
    }
}

/// The parameter server's reads.
///
/// # Errors
/// What writing to `out` returns.
pub fn parameter_server(
    out: &mut dyn Write,
    (model, run): (&ParameterTraining, &Run<Training>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        #[serde(flatten)]
        head: Head<'a>,
        workers: u32,
        epochs: u32,
        epoch_s: f64,
        #[serde(flatten)]
        lists: Option<Lists<'a>>,
        parameters: &'a [f64],
        #[serde(flatten)]
        tail: Tail,
    }
    #[derive(Serialize)]
    struct Lists<'a> {
        initial: &'a [f64],
        /// Seconds since the first read as the driver counts them.
        reads: Vec<(Seconds, &'a [f64])>,
        read_times_s: Vec<f64>,
        worker_starts_s: Vec<Option<f64>>,
    }
    let training = &run.result;
    let nominal = |number: usize| {
        model.read_every.checked_mul(number as u64).unwrap_or(Span::MAX)
    };
    let lists = Lists {
        initial: &training.initial,
        reads: training
            .reads
            .iter()
            .enumerate()
            .map(|(number, read)| (seconds(nominal(number)), read.parameters.as_slice()))
            .collect(),
        read_times_s: training.reads.iter().map(|read| read.time.as_secs_f64()).collect(),
        worker_starts_s: training
            .worker_starts
            .iter()
            .map(|start| start.map(VirtualTime::as_secs_f64))
            .collect(),
    };
    let object = Object {
        head: head("parameter-server", config),
        workers: model.workers,
        epochs: model.epochs,
        epoch_s: model.epoch.as_secs_f64(),
        lists: (!summary).then_some(lists),
        parameters: &training.parameters,
        tail: tail(run),
    };
    write(out, &object)
}

/// The tree's states and deaths.
///
/// # Errors
/// What writing to `out` returns.
pub fn actor_tree(
    out: &mut dyn Write,
    (model, run): (&ActorTree, &Run<Growth>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        #[serde(flatten)]
        head: Head<'a>,
        supervisors: u32,
        workers: u32,
        epochs: u32,
        #[serde(flatten)]
        lists: Option<Lists<'a>>,
        inspections_total: usize,
        workers_killed: usize,
        workers_orphaned: usize,
        #[serde(flatten)]
        tail: Tail,
    }
    #[derive(Serialize)]
    struct Lists<'a> {
        states: Vec<Vec<&'static str>>,
        inspections: Vec<InspectionRow>,
        deaths: Vec<DeathRow<'a>>,
        supervisor_deaths: Vec<DeathRow<'a>>,
        restarts: Vec<RestartRow>,
        checkpoints: Vec<(u32, u32, u32)>,
    }
    #[derive(Serialize)]
    struct InspectionRow {
        time_s: f64,
        supervisor: u32,
    }
    #[derive(Serialize)]
    struct DeathRow<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        worker: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        supervisor: Option<&'a str>,
        cause: String,
        time_s: f64,
    }
    #[derive(Serialize)]
    struct RestartRow {
        time_s: f64,
        supervisor: u32,
        worker: u32,
    }
    let growth = &run.result;
    let is_worker = |actor: &str| actor.contains("/worker[");
    let deaths = |workers: bool| {
        let chosen = growth.deaths.iter().filter(move |death| is_worker(&death.actor) == workers);
        chosen.map(move |death| DeathRow {
            worker: workers.then_some(death.actor.as_str()),
            supervisor: (!workers).then_some(death.actor.as_str()),
            cause: death.cause.to_string(),
            time_s: death.time.as_secs_f64(),
        })
    };
    let workers_by = |cause: DeathCause| {
        let fell = |death: &&_| {
            let crate::models::actor_tree::Death { actor, cause: of, .. } = death;
            is_worker(actor) && *of == cause
        };
        growth.deaths.iter().filter(fell).count()
    };
    let row = |states: &[crate::models::actor_tree::WorkerState]| {
        states.iter().map(|state| state.as_str()).collect()
    };
    let lists = || Lists {
        states: growth.inspections.iter().map(|inspection| row(&inspection.states)).collect(),
        inspections: growth
            .inspections
            .iter()
            .map(|inspection| InspectionRow {
                time_s: inspection.time.as_secs_f64(),
                supervisor: inspection.supervisor,
            })
            .collect(),
        deaths: deaths(true).collect(),
        supervisor_deaths: deaths(false).collect(),
        restarts: growth
            .restarts
            .iter()
            .map(|restart| RestartRow {
                time_s: restart.time.as_secs_f64(),
                supervisor: restart.supervisor,
                worker: restart.worker,
            })
            .collect(),
        checkpoints: growth
            .checkpoints
            .iter()
            .map(|checkpoint| (checkpoint.supervisor, checkpoint.worker, checkpoint.epochs))
            .collect(),
    };
    let object = Object {
        head: head("actor-tree", config),
        supervisors: model.supervisors,
        workers: model.workers,
        epochs: model.epochs,
        lists: (!summary).then(lists),
        inspections_total: growth.inspections.len(),
        workers_killed: workers_by(DeathCause::Killed),
        workers_orphaned: workers_by(DeathCause::OwnerDied),
        tail: tail(run),
    };
    write(out, &object)
}

/// The message actor's polls.
///
/// # Errors
/// What writing to `out` returns.
pub fn message_log(
    out: &mut dyn Write,
    (model, run): (&MessageLog, &Run<Log>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        #[serde(flatten)]
        head: Head<'a>,
        workers: u32,
        messages_each: u32,
        #[serde(flatten)]
        lists: Option<Lists>,
        messages_polled: usize,
        #[serde(flatten)]
        tail: Tail,
    }
    #[derive(Serialize)]
    struct Lists {
        messages: Vec<String>,
        polls: Vec<Vec<String>>,
        unpolled_messages: Vec<String>,
    }
    let log = &run.result;
    let say = |entries: &[_]| entries.iter().map(ToString::to_string).collect();
    let lists = || Lists {
        messages: log.polls.iter().flatten().chain(&log.unpolled).map(ToString::to_string).collect(),
        polls: log.polls.iter().map(|poll| say(poll)).collect(),
        unpolled_messages: say(&log.unpolled),
    };
    let object = Object {
        head: head("messages", config),
        workers: model.workers,
        messages_each: model.messages,
        lists: (!summary).then(lists),
        messages_polled: log.polls.iter().map(Vec::len).sum(),
        tail: tail(run),
    };
    write(out, &object)
}
