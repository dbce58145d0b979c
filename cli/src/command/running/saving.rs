//! `--snapshot`: a run that is saved at some times.

use super::snapshot_file::{name_at, write};
use super::steps::run_started;
use crate::command::options::SnapshotArgs;
use crate::command::own::{AnyModel, Handles};
use crate::command::talk::Failure;
use flagfall::measure::Measures;
use flagfall::model::Run;
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Outcome, Simulation};
use std::path::PathBuf;

/// The most files that a run writes, if the time is in their names.
const MOST_FILES: u64 = 10_000;

pub(crate) struct Saving {
    file: PathBuf,
    /// The times of `--snapshot-at`, in order.
    at: Vec<VirtualTime>,
    every: Option<Span>,
    command: Vec<String>,
}

impl Saving {
    /// What the options ask for, if anything, for a run of that command with those settings. A
    /// run that cannot be saved is refused before it starts.
    pub(crate) fn new(
        args: &SnapshotArgs,
        config: &Config,
        command: Vec<String>,
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
        if config.tells_draws() {
            return Err(Failure::Usage(
                "a run whose digest is made of draws cannot be saved: leave `draws` out of \
                 --digest (`all` has it, too), or leave --snapshot out"
                    .to_owned(),
            ));
        }
        let mut at: Vec<VirtualTime> =
            args.at.iter().map(|span| VirtualTime::ZERO + *span).collect();
        at.sort_unstable();
        at.dedup();
        Ok(Some(Self { file, at, every: args.every, command }))
    }

    /// The next time after `now` to save at. For --snapshot-every: the first at or after `due`, the
    /// time of the next event: before that, nothing changes.
    fn next(&self, now: VirtualTime, due: Option<VirtualTime>) -> Option<VirtualTime> {
        let asked = self.at.iter().copied().find(|time| *time > now);
        let regular = self.every.zip(due).and_then(|(every, due)| {
            let after = now.as_nanos().checked_add(1)?.max(due.as_nanos());
            let times = after.div_ceil(every.as_nanos());
            every.as_nanos().checked_mul(times).map(VirtualTime::from_nanos)
        });
        asked.into_iter().chain(regular).min()
    }

    /// Counts a file before it is written. Too many are an error.
    fn count(&self, written: &mut u64, time: VirtualTime) -> Result<(), Failure> {
        if name_at(&self.file, time) != self.file {
            *written += 1;
        }
        if *written <= MOST_FILES {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "the run was left at {time}: it has written {MOST_FILES} snapshots, and may write no \
             more; give a longer --snapshot-every, or a --snapshot without {{time}}, which \
             keeps only the newest"
        )))
    }
}

/// Runs a model that was started to its end, and saves it on the way. Also returns a time of
/// `--snapshot-at` that is after the end, if there is one.
pub(crate) fn run_on(
    model: &AnyModel,
    simulation: &mut Simulation,
    handles: &Handles,
    saving: Option<&Saving>,
) -> Result<(Run<Measures>, Option<VirtualTime>), Failure> {
    let mut missed = None;
    if let Some(saving) = saving {
        let copies = model.copies().expect("the model of a run that is saved is copied");
        let save = |simulation: &Simulation, time| {
            write(&name_at(&saving.file, time), |out| {
                simulation.save(&saving.command, &(copies.save)(handles)?, out)
            })
        };
        let begin = simulation.now();
        if simulation.events() == 0 && saving.at.first() == Some(&VirtualTime::ZERO) {
            save(simulation, begin)?;
        }
        let mut now = begin;
        let mut written = 0;
        let horizon = simulation.config().horizon;
        let last = horizon.unwrap_or(VirtualTime::MAX);
        while let Some(time) = saving.next(now, simulation.next_time()) {
            // Not `run_until`, which would move the clock of a run that is over.
            let outcome = simulation.run_within(time.min(last))?;
            let is_over = outcome != Outcome::Reached;
            // Up to its horizon a run goes on, even if nothing more happens.
            let has_ended = outcome == Outcome::Ended || is_over && horizon.is_none();
            if has_ended || time > last {
                missed = saving.at.iter().copied().find(|asked| *asked > now);
                break;
            }
            if is_over && !saving.at.contains(&time) {
                continue;
            }
            saving.count(&mut written, time)?;
            simulation.stop_at(time, outcome);
            save(simulation, time)?;
            now = time;
        }
    }
    Ok((run_started(model, simulation, handles)?, missed))
}

/// Refuses a time to save at that is after the end of the run.
pub(crate) fn check_missed(missed: Option<VirtualTime>, end: VirtualTime) -> Result<(), Failure> {
    match missed {
        None => Ok(()),
        Some(time) => {
            Err(Failure::Usage(format!("the run was over at {end}: nothing was saved at {time}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_FILES, Saving};
    use flagfall::time::VirtualTime;

    #[test]
    fn files_are_counted_if_each_has_a_name_of_its_own() {
        for (name, most) in [("at-{time}", MOST_FILES), ("newest", u64::MAX)] {
            let saving =
                Saving { file: name.into(), at: Vec::new(), every: None, command: Vec::new() };
            let mut written = 0;
            let count = |_| saving.count(&mut written, VirtualTime::ZERO).is_ok();
            let counted = (0..=MOST_FILES).map(count).filter(|counted| *counted).count() as u64;
            assert_eq!(counted, most.min(MOST_FILES + 1), "{name}");
        }
    }
}
