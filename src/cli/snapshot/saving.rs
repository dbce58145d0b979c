//! `--snapshot`: running with stops at which the simulation is saved.

use super::args::SnapshotArgs;
use super::file::{name_at, words, write};
use crate::cli::exit::Failure;
use crate::cli::run::command_line;
use crate::cli::system::Runnable;
use crate::models::{Run, save_run};
use crate::simulation::{Outcome, Simulation, SimulationError};
use crate::time::{Span, VirtualTime};
use std::path::PathBuf;

/// What is saved, when, and where.
pub(in crate::cli) struct Saving {
    file: PathBuf,
    /// Times that were asked for, in order, and are still to come.
    at: Vec<VirtualTime>,
    every: Option<Span>,
    command: Vec<String>,
}

impl Saving {
    /// What the options ask for, of a run by that command; `None` if nothing.
    /// Without a command, it is this one.
    pub(in crate::cli) fn new(
        args: &SnapshotArgs,
        command: Option<&[String]>,
    ) -> Result<Option<Self>, Failure> {
        let Some(file) = args.file.clone() else { return Ok(None) };
        if args.at.is_empty() && args.every.is_none() {
            return Err(Failure::Usage(
                "--snapshot says where, not when: add --snapshot-at TIME or --snapshot-every SPAN"
                    .to_owned(),
            ));
        }
        if args.every.is_some_and(Span::is_zero) {
            let text = "--snapshot-every is 0: write a span above 0, like 1s";
            return Err(Failure::Usage(text.to_owned()));
        }
        let mut at: Vec<VirtualTime> =
            args.at.iter().map(|span| VirtualTime::ZERO + *span).collect();
        at.sort_unstable();
        at.dedup();
        let command = match command {
            Some(command) => command.to_vec(),
            None => words()?,
        };
        Ok(Some(Self { file, at, every: args.every, command }))
    }

    /// The next time at which to save, after `now`; of a run that is over, the next that
    /// was asked for by itself.
    fn next(&self, now: VirtualTime, is_over: bool) -> Option<VirtualTime> {
        let asked = self.at.iter().copied().find(|time| *time > now);
        let regular = self.every.filter(|_| !is_over).and_then(|every| {
            let times = now.as_nanos() / every.as_nanos() + 1;
            every.as_nanos().checked_mul(times).map(VirtualTime::from_nanos)
        });
        asked.into_iter().chain(regular).min()
    }
}

/// Runs a model that was started to its end, saving on the way; also says
/// whether a time that was asked for came too late.
pub(in crate::cli) fn run_on<S: Runnable>(
    model: &S,
    simulation: &mut Simulation,
    handles: &S::Handles,
    saving: Option<&Saving>,
) -> Result<(Run<S::Result>, Option<VirtualTime>), Failure> {
    let failed =
        |error: SimulationError| Failure::Run { error: Box::new(error), again: command_line() };
    let mut missed = None;
    if let Some(saving) = saving {
        let begin = simulation.now();
        if simulation.events() == 0 && saving.at.first() == Some(&VirtualTime::ZERO) {
            save_at(model, simulation, handles, saving, begin)?;
        }
        let mut now = begin;
        let mut is_over = false;
        let horizon = simulation.config().horizon;
        let last = horizon.unwrap_or(VirtualTime::MAX);
        while let Some(time) = saving.next(now, is_over) {
            // Not `run_until`: saving must not move the clock of a run that is over.
            let outcome = simulation.run_within(time.min(last)).map_err(failed)?;
            is_over = outcome != Outcome::Reached;
            // Up to its horizon a run goes on, though nothing happens any more.
            let has_ended = outcome == Outcome::Ended || is_over && horizon.is_none();
            if has_ended || time > last {
                missed = saving.at.iter().copied().find(|asked| *asked > now);
                break;
            }
            if is_over && !saving.at.contains(&time) {
                continue;
            }
            simulation.stop_at(time, outcome);
            save_at(model, simulation, handles, saving, time)?;
            now = time;
        }
    }
    simulation.run().map_err(failed)?;
    let result = model.collect(simulation, handles);
    Ok((Run::of(simulation, result), missed))
}

fn save_at<S: Runnable>(
    model: &S,
    simulation: &Simulation,
    handles: &S::Handles,
    saving: &Saving,
    time: VirtualTime,
) -> Result<(), Failure> {
    write(&name_at(&saving.file, time), |out| {
        save_run(model, simulation, handles, &saving.command, out)
    })
}

/// Says that the run was over too early.
pub(in crate::cli) fn check_missed(
    missed: Option<VirtualTime>,
    end: VirtualTime,
) -> Result<(), Failure> {
    match missed {
        None => Ok(()),
        Some(time) => {
            Err(Failure::Usage(format!("the run was over at {end}: nothing was saved at {time}")))
        }
    }
}
