//! Turns options into the settings of a run.

use super::run::{LimitArgs, RunOptions};
use crate::command::talk::{Failure, read_at_most};
use crate::words::shown;
use flagfall::network::FaultPlan;
use flagfall::time::VirtualTime;
use flagfall::{Config, Limits};
use std::path::Path;

/// The most identifiers of actors, events and messages.
const MOST_IDS: u64 = u32::MAX as u64 - 1;

impl RunOptions {
    /// The settings of these options.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let mut config = Config::new(self.seed)
            .replication(self.replication)
            .antithetic(self.antithetic)
            .latency(self.latency.clone())
            .limits(limits(&self.limits))
            .ties(self.ties.policy(self.seed))
            .event_list(self.event_list.into())
            .digest(!self.no_digest)
            .ingredients(self.digest);
        for path in &self.digest_of {
            config = config.digest_of(path.as_str());
        }
        for link in &self.links {
            config = config.link(&link.from, &link.to, link.latency.clone());
        }
        config = config.faults(self.plan()?);
        config.horizon = self.horizon.map(|span| VirtualTime::ZERO + span);
        Ok(match self.cpus {
            Some(cpus) => config.cpus(cpus),
            None => config,
        })
    }

    /// Refuses options of single runs, as `what` makes many.
    pub(crate) fn check_for_many(&self, what: &str, program: &str) -> Result<(), Failure> {
        let refused = [
            (self.trace, "--trace"),
            (self.record.is_some(), "--record"),
            (self.html.is_some(), "--html"),
            (self.pace.is_some(), "--pace"),
            (self.snapshot.file.is_some(), "--snapshot"),
        ];
        match refused.into_iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, option)) => Err(for_one_run(option, what, program)),
        }
    }

    /// The same, if each run is also a replication.
    pub(crate) fn check_for_replications(&self, what: &str, program: &str) -> Result<(), Failure> {
        self.check_for_many(what, program)?;
        match self.replication {
            0 => Ok(()),
            _ => Err(for_one_run("--replication", what, program)),
        }
    }

    fn plan(&self) -> Result<FaultPlan, Failure> {
        let mut plan = self.faults.as_deref().map(read_faults).transpose()?.unwrap_or_default();
        for text in &self.fault_rules {
            let rules: FaultPlan = text
                .parse()
                .map_err(|error| Failure::Usage(format!("--fault '{text}': {error}")))?;
            plan = rules.rules().iter().cloned().fold(plan, FaultPlan::rule);
        }
        Ok(plan)
    }
}

/// The failure that an option is only for single runs.
pub(crate) fn for_one_run(option: &str, what: &str, program: &str) -> Failure {
    Failure::Usage(format!(
        "{option} is for one run, and {what} makes many: give it to `{program} run`"
    ))
}

fn limits(args: &LimitArgs) -> Limits {
    let usual = Limits::default();
    let LimitArgs {
        max_events,
        max_events_per_instant,
        max_actors,
        max_owners,
        max_names,
        max_pending,
        max_mailbox,
        end_time,
    } = *args;
    let end_time = end_time.map(|span| VirtualTime::from_nanos(span.as_nanos()));
    // Without `..usual`, so that a new limit does not compile until it is here.
    Limits {
        events: max_events.unwrap_or(usual.events),
        events_per_instant: max_events_per_instant.unwrap_or(usual.events_per_instant),
        live_actors: max_actors.unwrap_or(usual.live_actors).min(MOST_IDS),
        owners: max_owners.unwrap_or(usual.owners),
        remembered_names: max_names.unwrap_or(usual.remembered_names),
        pending_events: max_pending.unwrap_or(usual.pending_events).min(MOST_IDS),
        mailbox_length: max_mailbox.unwrap_or(usual.mailbox_length).min(MOST_IDS),
        end_time: end_time.unwrap_or(usual.end_time),
    }
}

fn read_faults(path: &Path) -> Result<FaultPlan, Failure> {
    let plan = read_at_most(path, 1 << 20, "say more with each rule, by patterns")?.parse();
    plan.map_err(|error| Failure::Files(format!("{}: {error}", shown(path))))
}
