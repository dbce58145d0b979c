//! The taxi day as JSON.

use super::{List, Seconds, seconds, write};
use crate::models::taxi_fleet::{Day, Durations, Notice, Ride, TaxiFleet};
use crate::report::Language;
use flagfall::Config;
use flagfall::model::{Measured, Run};
use flagfall::time::Span;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct RideRow {
    index: usize,
    duration: Seconds,
    driver: Option<String>,
    refused: bool,
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
    struct Body<L: Serialize> {
        fleet: u32,
        every_s: f64,
        price: f64,
        commission: f64,
        #[serde(flatten)]
        lists: Option<L>,
    }
    let day = &run.result;
    let body = Body {
        fleet: fleet.fleet,
        every_s: fleet.every.as_secs_f64(),
        price: (fleet.price * Span::from_secs(1)).dollars(),
        commission: (fleet.commission * Span::from_secs(1)).dollars(),
        lists: (!summary).then(|| taxi_lists(fleet, day, language)),
    };
    write(out, "taxi", (config, run), &fleet.measures(run), body)
}

fn taxi_lists<'a>(fleet: &'a TaxiFleet, day: &'a Day, language: Language) -> impl Serialize + 'a {
    #[derive(Serialize)]
    struct Lists<D, M, P, U, R, J> {
        durations: D,
        messages: M,
        polls: P,
        unpolled_messages: U,
        rides: R,
        refused: J,
    }
    let say = move |notice: &Notice| language.notice(fleet, notice);
    let row = move |(index, ride): (usize, &Ride)| RideRow {
        index,
        duration: seconds(ride.duration),
        driver: ride.taxi.map(|taxi| fleet.driver_name(taxi).into_owned()),
        refused: ride.taxi.is_none(),
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
        polls: List(move || day.polls.iter().map(move |poll| List(move || poll.iter().map(say)))),
        unpolled_messages: List(move || day.unpolled.iter().map(say)),
        rides: List(move || day.rides.iter().enumerate().map(row)),
        refused: List(move || day.refused()),
    }
}
