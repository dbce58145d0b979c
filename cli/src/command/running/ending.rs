//! The results of a run, and the messages at its end.

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
    print(|out| match options.json {
        true => model.json(ended, (config, run), shown, out),
        false => model.text(ended, shown, out),
    })?;
    if let Some(note) = model.note().filter(|_| !options.quiet) {
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
    if !options.quiet {
        summarize(model.name(), config, run, wall, options.verbose);
    }
    stuck
}

/// Most mistakes in links and fault plans are wrong names.
fn tell_unknown_paths(simulation: &Simulation) {
    for path in simulation.unused_paths() {
        let path = one_line(&path);
        talk(format_args!("note: no actor was ever named {path}; --trace shows the names"));
    }
}

/// A request may have been lost while its actor went on with other work.
fn tell_unanswered(config: &Config, simulation: &Simulation) {
    const MOST: usize = 5;
    // After the horizon, there may still be answers.
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
