//! The text output: what the notebook prints, line by line.

use super::{Language, numpy, python};
use crate::models::actor_tree::Growth;
use crate::models::message_log::Log;
use crate::models::parameter_server::Training;
use crate::models::taxi_fleet::{Day, TaxiFleet};
use crate::words::one_line;
use flagfall::measure::Measures;
use std::io::{self, Write};

/// The taxi day: one list a poll, then the total.
///
/// # Errors
/// What writing to `out` returns.
pub fn taxi(
    out: &mut dyn Write,
    fleet: &TaxiFleet,
    day: &Day,
    language: Language,
) -> io::Result<()> {
    for poll in &day.polls {
        let notices = poll.iter().map(|notice| language.notice(fleet, notice));
        writeln!(out, "{}", python::list(notices))?;
    }
    let total = python::float(day.total_commission.dollars());
    writeln!(out, "{} {total}", language.total_commission())
}

/// The parameters, before and while the workers run.
///
/// # Errors
/// What writing to `out` returns.
pub fn parameter_server(out: &mut dyn Write, training: &Training) -> io::Result<()> {
    writeln!(out, "Initial params: {}", numpy::array(&training.initial))?;
    for read in &training.reads {
        writeln!(out, "Updated params: {}", numpy::array(&read.parameters))?;
    }
    Ok(())
}

/// The states of the workers, one list an inspection.
///
/// # Errors
/// What writing to `out` returns.
pub fn actor_tree(out: &mut dyn Write, growth: &Growth) -> io::Result<()> {
    for inspection in &growth.inspections {
        let states = inspection.states.iter().map(|state| state.as_str());
        writeln!(out, "{}", python::list(states))?;
    }
    Ok(())
}

/// The messages, two lines a poll.
///
/// # Errors
/// What writing to `out` returns.
pub fn message_log(out: &mut dyn Write, log: &Log) -> io::Result<()> {
    for poll in &log.polls {
        let entries = poll.iter().map(ToString::to_string);
        writeln!(out, "New messages\n: {}", python::list(entries))?;
    }
    Ok(())
}

/// The measures of a run, one a line.
///
/// # Errors
/// What writing to `out` returns.
pub fn measures(out: &mut dyn Write, measures: &Measures) -> io::Result<()> {
    let measures = measures.as_slice();
    let width =
        measures.iter().map(|measure| one_line(&measure.name).chars().count()).max().unwrap_or(0);
    for measure in measures {
        writeln!(out, "{:width$}  {}", one_line(&measure.name), one_line(&measure.amount()))?;
    }
    Ok(())
}
