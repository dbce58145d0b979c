//! The results of a run, and the messages at its end.

use super::page::is_alone;
use super::steps::check_stuck;
use crate::command::own::View;
use crate::command::scenario::Scenario;
use crate::command::talk::{Failure, peak_memory_bytes, print, talk};
use crate::words::{counted, one_line};
use flagfall::measure::Measures;
use flagfall::model::Run;
use flagfall::{Config, Simulation, Unanswered};
use std::time::Duration;

/// Writes the results of a run that is over, and notes about it. A run that got stuck is still a
/// failure.
pub(crate) fn report(
    scenario: &Scenario,
    run: &Run<Measures>,
    config: &Config,
    ended: View<'_>,
    wall: Duration,
) -> Result<(), Failure> {
    let Scenario { model, options, .. } = scenario;
    let (simulation, shown) = (ended.0, scenario.shown());
    if !is_alone(options.html.as_deref()) {
        print(|out| match options.json {
            true => model.json(ended, (config, run), shown, out),
            false => model.text(ended, shown, out),
        })?;
    }
    if let Some(note) = model.note().filter(|_| !options.quiet) {
        talk(format_args!("note: {note}"));
    }
    let tell = |note: String| talk(format_args!("note: {note}"));
    unknown_paths(simulation).for_each(tell);
    let stuck = check_stuck(simulation);
    match (&stuck, run.counts.lost) {
        (Ok(()), _) => unanswered(config, simulation).into_iter().for_each(tell),
        (Err(_), 0) => {}
        (Err(_), lost) => tell(format!("the fault plan lost {}", counted(lost, "message"))),
    }
    if !options.quiet {
        summarize(model.name(), config, run, wall, options.verbose);
    }
    stuck
}

/// Most mistakes in links and plans are names: what is told of those that no actor had.
pub(crate) fn unknown_paths(simulation: &Simulation) -> impl Iterator<Item = String> {
    let told = |path: String| {
        let path = one_line(&path);
        format!("no actor was ever named {path}; --trace shows the names")
    };
    simulation.unused_paths().into_iter().map(told)
}

/// A request that goes on beside its actor's work may have been lost: what is told of those
/// that wait.
pub(crate) fn unanswered(config: &Config, simulation: &Simulation) -> Vec<String> {
    const MOST: usize = 5;
    // After the horizon, answers may still come.
    let cut = config.horizon.is_some() && simulation.pending_events() > 0;
    if config.faults.is_empty() || cut {
        return Vec::new();
    }
    let unanswered = simulation.unanswered();
    let told = |Unanswered { asker, asked, since }: &Unanswered| {
        let note = format!("{asker} has waited for an answer from {asked} since {since}");
        one_line(&note).into_owned()
    };
    let mut notes: Vec<String> = unanswered.iter().take(MOST).map(told).collect();
    if let Some(more) = unanswered.len().checked_sub(MOST + 1) {
        let waiting = if more == 0 {
            "1 other waits".to_owned()
        } else {
            format!("{} others wait", more + 1)
        };
        notes.push(format!("and {waiting} more for answers"));
    }
    notes
}

/// The line on stderr at the end of each run.
pub(crate) fn summarize<T>(
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
