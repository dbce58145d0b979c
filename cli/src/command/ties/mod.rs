//! `flagfall ties`: searches what the order of simultaneous events decides.

mod explore;
mod file;
mod folder;
mod kept;
mod parts;
mod shards;

pub(crate) use folder::is_search;
pub(crate) use shards::{list, merge};

use super::options::{SearchArgs, for_one_run};
use super::program::Program;
use super::scenario::Scenario;
use super::talk::{Failure, talk};
use crate::report::ties::RunResult;
use crate::words::counted;
use explore::Explore;
use flagfall::search::Outcomes;
use flagfall::tie::TiePolicy;
use std::sync::atomic::Ordering;
use std::time::Instant;

pub(crate) fn ties(
    mut scenario: Scenario,
    search: &SearchArgs,
    program: &Program,
) -> Result<(), Failure> {
    scenario.options.check_for_many("a search", &program.name)?;
    if scenario.options.ties.policy(0) != TiePolicy::InOrder {
        return Err(for_one_run("--ties", "a search", &program.name));
    }
    let config = scenario.prepare()?;
    let start = Instant::now();
    let explore = Explore::new(&scenario, config, search);
    match (&search.out, search.shard) {
        (Some(out), Some(part)) => shards::run(&explore, out, part),
        (Some(out), None) => explore.tell(&shards::put_together(&explore, out)?, start),
        (None, _) => explore.tell(&explore.outcomes()?, start),
    }
}

impl Explore<'_> {
    /// Prints what was found.
    fn tell(&self, found: &Outcomes<RunResult>, start: Instant) -> Result<(), Failure> {
        self.check_measure(found)?;
        self.write(found)?;
        if !self.scenario.options.quiet {
            let millis = start.elapsed().as_secs_f64() * 1e3;
            let made = self.runs.load(Ordering::Relaxed);
            // For a division, or less, if shards have made them.
            let here = match made {
                made if made == found.runs => String::new(),
                made => format!(" ({made} made here)"),
            };
            talk(format_args!(
                "{}: seed {}, {}{here}, {} of them stopped early as duplicates, wall {millis:.0} ms",
                self.scenario.model.name(),
                self.config.seed,
                counted(found.runs, "run"),
                found.redundant
            ));
        }
        self.judge(found)
    }
}
