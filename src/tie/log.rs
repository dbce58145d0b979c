//! The log of a run's ties, for the search.

use super::choices::TieChoices;
use super::footprint::Footprint;
use super::sender::Sender;
use crate::actor::ActorId;
use crate::time::VirtualTime;

/// The steps that come before an event in every order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The step of that number, which scheduled it.
    Step(u64),
    /// All steps before that number: it was scheduled from outside, or at an
    /// earlier instant.
    After(u64),
}

/// One event that was chosen from the candidates, with all its immediate effects.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TieStep {
    /// Its number in the run, from 1.
    pub(crate) event: u64,
    pub(crate) time: VirtualTime,
    pub(crate) sequence: u64,
    pub(crate) receiver: ActorId,
    pub(crate) sender: Sender,
    pub(crate) cause: Cause,
    /// The sequence numbers of all candidates, in order.
    pub(crate) candidates: Vec<u64>,
    /// The sequence numbers of the events that it scheduled.
    pub(crate) scheduled: std::ops::Range<u64>,
    /// The events of its instant that it cancelled.
    pub(crate) cancelled: Vec<u64>,
    pub(crate) footprint: Footprint,
}

impl TieStep {
    /// Its number among the candidates, from 0.
    pub(crate) fn choice(&self) -> u32 {
        self.candidates.partition_point(|sequence| *sequence < self.sequence) as u32
    }

    /// Whether this step comes after an earlier one in every order, because both are
    /// messages to one receiver and may have the same sender.
    pub(crate) fn stays_behind(&self, earlier: &Self) -> bool {
        self.receiver == earlier.receiver && self.sender.stays_behind(earlier.sender)
    }
}

/// The log of a run's ties: the candidates of each step, the choices, and what the events
/// touched. [`Simulation::tie_log`](crate::Simulation::tie_log) makes it for a
/// [`TieSearch`](crate::TieSearch).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TieLog {
    /// Whether the run was asked to keep a log.
    pub(crate) on: bool,
    /// The number of the first step in the log.
    pub(crate) first: u64,
    pub(crate) steps: Vec<TieStep>,
    /// The last step ended the run, or failed.
    pub(crate) ended: bool,
    /// The run was given up, because all candidates were redundant.
    pub(crate) blocked: bool,
    /// The run was given up at the time that its guide names: more instants follow.
    pub(crate) cut: bool,
    /// A step that the guide picked was no candidate.
    pub(crate) strayed: bool,
}

impl TieLog {
    /// Whether a new actor took the place of a dead one.
    pub(crate) fn reuses_places(&self) -> bool {
        self.steps.iter().any(|step| step.footprint.reuses_places())
    }

    /// Removes what matters only if places are reused.
    pub(crate) fn forget_places(&mut self) {
        self.steps.iter_mut().for_each(|step| step.footprint.forget_places());
    }

    /// Whether the run was given up because it led to nothing new, or because only its first
    /// events were of interest. Its result counts for nothing.
    #[must_use]
    pub fn is_redundant(&self) -> bool {
        self.blocked || self.cut
    }

    /// Whether the run was another one than that which it was to repeat, up to some event.
    #[must_use]
    pub fn has_strayed(&self) -> bool {
        self.strayed
    }

    /// The choices that repeat the steps of the log.
    #[must_use]
    pub fn choices(&self) -> TieChoices {
        let mut choices = TieChoices::new();
        self.steps.iter().for_each(|step| choices.push(step.event, step.choice()));
        choices
    }
}
