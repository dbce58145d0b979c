//! The options of the taxi fleet, and its output as in the notebook.

use super::durations::{duration_list, durations_in, nonzero, seconds_range};
use super::memory::{self, Kept};
use super::started::of_the_library;
use crate::command::own::{Ended, OwnModel, Preparation, PrepareError};
use crate::command::talk::read_at_most;
use crate::models::Rate;
use crate::models::taxi_fleet::{Day, Durations, Notice, Ride, STAFF, TaxiFleet};
use crate::report::json::{Fields, seconds};
use crate::report::{Language, python};
use crate::words::shown;
use clap::Args;
use flagfall::Config;
use flagfall::digest::Ingredients;
use flagfall::network::Latency;
use flagfall::time::Span;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes in a file of durations: room for millions.
const MOST_DURATIONS: u64 = 16 << 20;

/// With more polls than this, the user has to give their number.
const MOST_POLLS: u32 = 1_000_000;

/// Taxi fleet: rides are assigned, refused and completed; commission adds up
#[derive(Debug, Args)]
#[command(next_help_heading = "Taxi fleet")]
pub(super) struct TaxiOptions {
    /// Lengths of the rides in seconds, separated by commas
    #[arg(long, value_name = "LIST", value_parser = duration_list,
        conflicts_with_all = ["durations_file", "rides", "ride_seconds"])]
    durations: Option<Box<[Span]>>,
    /// File with the lengths of the rides in seconds, by line or comma; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rides", "ride_seconds"])]
    durations_file: Option<PathBuf>,
    /// How many rides to draw [default: 10]
    #[arg(long, value_name = "N")]
    rides: Option<u32>,
    /// Seconds that a drawn ride takes, ends included [default: 1..=5]
    #[arg(long, value_name = "RANGE", value_parser = seconds_range)]
    ride_seconds: Option<RangeInclusive<u64>>,
    /// Span between two rides
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    every: Span,
    /// Names of the drivers, in the order of the staff [default: Daniel,Petra,Gilbert,Emilien]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    drivers: Option<Vec<String>>,
    /// How many taxis; those beyond the named drivers are called Taxi 5, ... [default: one a driver]
    #[arg(long, value_name = "N")]
    fleet: Option<u32>,
    /// Dollars per second that the customer pays
    #[arg(long, value_name = "RATE", default_value = "1.25")]
    price: Rate,
    /// Dollars per second of it that the dispatcher gets
    #[arg(long, value_name = "RATE", default_value = "0.25")]
    commission: Rate,
    /// How often the driver polls [default: 15, or until all rides are over]
    #[arg(long, value_name = "N")]
    polls: Option<u32>,
    /// Span that the driver sleeps after each poll
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    poll_every: Span,
    /// How long the process of the simulation actor takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    startup: Span,
    /// Rides that are asked for in this span from the start are driven, but not counted in the
    /// measures rides, refused, refused_share; `utilization` also ignores driving in the warm-up
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    warm_up: Span,
    /// The fleet of these options, once it is prepared. All runs share it.
    #[arg(skip)]
    ready: Arc<TaxiFleet>,
}

impl TaxiOptions {
    /// The fleet, with the rides that were read.
    fn model(&self) -> Arc<TaxiFleet> {
        Arc::clone(&self.ready)
    }

    fn fleet(&self, preparation: &Preparation<'_>) -> Result<TaxiFleet, PrepareError> {
        let config = preparation.config;
        let durations = match (&self.durations, &self.durations_file) {
            (Some(list), _) => Durations::Given(list.to_vec()),
            (None, Some(path)) => Durations::Given(read(path).map_err(PrepareError::File)?),
            (None, None) => Durations::Drawn {
                rides: self.rides.unwrap_or(10),
                seconds: self.ride_seconds.clone().unwrap_or(1..=5),
            },
        };
        let drivers = self.drivers();
        let mut fleet = TaxiFleet {
            fleet: self.fleet.unwrap_or(drivers.len() as u32),
            drivers,
            durations,
            every: self.every,
            price: self.price,
            commission: self.commission,
            polls: 0,
            poll_every: self.poll_every,
            startup: self.startup,
            // A digest of results has all of them, whatever is shown.
            keep_polls: preparation.lists || config.ingredients.contains(Ingredients::RESULTS),
            warm_up: self.warm_up,
        };
        fleet.polls = match self.polls {
            Some(polls) => polls,
            None => polls_needed(&fleet, config).map_err(PrepareError::Options)?,
        };
        Ok(fleet)
    }

    fn drivers(&self) -> Vec<String> {
        self.drivers.clone().unwrap_or_else(|| STAFF.map(str::to_owned).to_vec())
    }
}

/// The polls until the last ride is over, unless they are too many.
fn polls_needed(fleet: &TaxiFleet, config: &Config) -> Result<u32, String> {
    let links = config.links.iter().map(|(_, _, latency)| latency);
    let latencies = links.chain(config.faults.latencies()).chain([&config.latency]);
    let hop = latencies.map(Latency::allowance).max().unwrap_or_default();
    fleet.polls_needed(hop).filter(|polls| *polls <= MOST_POLLS).ok_or_else(|| {
        format!(
            "until the last ride is over the driver would poll more than {MOST_POLLS} times: \
             give --polls, or poll less often with --poll-every"
        )
    })
}

/// Checks the names of drivers: messages identify drivers by name only.
fn check_names(drivers: &[String]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in drivers {
        if name.trim().is_empty() {
            return Err("--drivers has a driver without a name".to_owned());
        }
        if !seen.insert(name) {
            return Err(format!("--drivers has two drivers named {name}"));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Span>, String> {
    let name = shown(path);
    let remedy = "draw the rides, with --rides and --ride-seconds";
    let text = read_at_most(path, MOST_DURATIONS, remedy).map_err(|failure| failure.text())?;
    let durations = durations_in(&text).map_err(|error| format!("{name}: {error}"))?;
    if durations.is_empty() {
        let remedy = "write one length of a ride in seconds on each line";
        return Err(format!("{name}: no durations: {remedy}"));
    }
    Ok(durations)
}

#[derive(Serialize)]
struct RideRow<S> {
    index: usize,
    duration: S,
    driver: Option<String>,
    refused: bool,
    completed: bool,
}

fn lists(fleet: &TaxiFleet, day: &Day, language: Language, fields: &mut Fields<'_>) {
    let say = |notice: &Notice| language.notice(fleet, notice);
    let row = |(index, ride): (usize, &Ride)| RideRow {
        index,
        duration: seconds(ride.duration),
        driver: ride.taxi.map(|taxi| fleet.driver_name(taxi).into_owned()),
        refused: ride.taxi.is_none(),
        completed: ride.completed,
    };
    let given: &[Span] = match &fleet.durations {
        Durations::Given(given) => given,
        Durations::Drawn { .. } => &[],
    };
    // Drawn durations are known from the rides.
    let drawn = if given.is_empty() { day.rides.as_slice() } else { &[] };
    let durations = given.iter().copied().chain(drawn.iter().map(|ride| ride.duration));
    let of_poll = |poll: &Vec<Notice>| poll.iter().map(say).collect::<Vec<_>>();
    fields
        .list("durations", durations.map(seconds))
        .list("messages", day.polls.iter().flatten().chain(&day.unpolled).map(say))
        .list("polls", day.polls.iter().map(of_poll))
        .list("unpolled_messages", day.unpolled.iter().map(say))
        .list("rides", day.rides.iter().enumerate().map(row))
        .list("refused", day.refused());
}

impl OwnModel for TaxiOptions {
    const NAME: &'static str = "taxi";
    const HAS_LANGUAGES: bool = true;

    fn title(&self, path: &str) -> Option<String> {
        let number = path.strip_prefix("driver/dispatcher/taxi[")?.strip_suffix(']')?;
        Some(self.ready.driver_name(number.parse().ok()?).into_owned())
    }

    of_the_library!(TaxiFleet);

    fn check(&self) -> Result<(), String> {
        check_names(&self.drivers())?;
        let (commission, price) = (self.commission, self.price);
        if commission > price {
            return Err(format!(
                "a commission of {commission} is above the price of {price}: the taxi would pay \
                 to drive"
            ));
        }
        nonzero(self.poll_every, "--poll-every")
    }

    fn prepare(&mut self, preparation: &Preparation<'_>) -> Result<(), PrepareError> {
        let fleet = self.fleet(preparation)?;
        // There are never more taxis than the limit of live actors.
        let taxis = u64::from(fleet.fleet).min(preparation.config.limits.live_actors);
        let kept = memory::check(&[
            Kept::by("--fleet", taxis, 300),
            Kept::by("--rides", fleet.durations.rides() as u64, 190),
            Kept::by("--polls", if fleet.keep_polls { fleet.polls.into() } else { 0 }, 55),
        ]);
        self.ready = Arc::new(fleet);
        kept.map_err(PrepareError::Options)
    }

    fn text(&self, ended: &Ended<'_, Self::Handles>, out: &mut dyn Write) -> io::Result<()> {
        let day = ended.handles.result(ended.simulation);
        for poll in &day.polls {
            let notices =
                poll.iter().map(|notice| ended.language.notice(&ended.handles.model, notice));
            writeln!(out, "{}", python::list(notices))?;
        }
        let total = python::float(day.total_commission.dollars());
        writeln!(out, "{} {total}", ended.language.total_commission())
    }

    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let fleet = &ended.handles.model;
        let dollars = |rate: Rate| (rate * Span::from_secs(1)).dollars();
        fields
            .add("fleet", fleet.fleet)
            .add("every_s", fleet.every.as_secs_f64())
            .add("price", dollars(fleet.price))
            .add("commission", dollars(fleet.commission));
        if ended.lists {
            lists(fleet, ended.handles.result(ended.simulation), ended.language, fields);
        }
    }
}
