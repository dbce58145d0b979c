//! What a run noted about its ties, for the search.

use super::choices::TieChoices;
use super::footprint::Footprint;
use super::sender::Sender;
use crate::actor::ActorId;
use crate::time::VirtualTime;

/// What an event that is due now has to come after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The step of that number, which scheduled it.
    Step(u64),
    /// All steps before that number: it was scheduled from outside, or at an
    /// earlier instant.
    After(u64),
}

/// One event that was taken from those that could come next, with all that it
/// brought about at once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TieStep {
    /// Its number in the run, from 1.
    pub(crate) event: u64,
    pub(crate) time: VirtualTime,
    pub(crate) sequence: u64,
    pub(crate) receiver: ActorId,
    pub(crate) sender: Sender,
    pub(crate) cause: Cause,
    /// The sequence numbers of all that could come next, in order.
    pub(crate) candidates: Vec<u64>,
    /// What it scheduled has these sequence numbers.
    pub(crate) scheduled: std::ops::Range<u64>,
    /// What of its instant it cancelled.
    pub(crate) cancelled: Vec<u64>,
    pub(crate) footprint: Footprint,
}

impl TieStep {
    /// Which of the candidates it was.
    pub(crate) fn choice(&self) -> u32 {
        self.candidates.partition_point(|sequence| *sequence < self.sequence) as u32
    }

    /// Whether this step comes after an earlier one in every order: both are
    /// messages to one receiver, and may be of one sender.
    pub(crate) fn stays_behind(&self, earlier: &Self) -> bool {
        self.receiver == earlier.receiver && self.sender.stays_behind(earlier.sender)
    }
}

/// What a run noted about its ties: which events could come next, which did,
/// and what they touched. Made by [`Simulation::tie_log`](crate::Simulation::tie_log)
/// for a [`TieSearch`](crate::TieSearch).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TieLog {
    /// Whether the run was asked to note anything.
    pub(crate) on: bool,
    /// The number of the first step noted.
    pub(crate) first: u64,
    pub(crate) steps: Vec<TieStep>,
    /// The last step ended the run, or failed.
    pub(crate) ended: bool,
    /// Whatever could have come next was to be left out: the run was given up.
    pub(crate) blocked: bool,
    /// What was to come next was not there.
    pub(crate) strayed: bool,
}

impl TieLog {
    /// Whether a place was taken that a dead actor has left.
    pub(crate) fn reuses_places(&self) -> bool {
        self.steps.iter().any(|step| step.footprint.reuses_places())
    }

    /// Leaves out what only matters where places are used again.
    pub(crate) fn forget_places(&mut self) {
        self.steps.iter_mut().for_each(|step| step.footprint.forget_places());
    }

    /// The choices that repeat the steps noted.
    #[must_use]
    pub fn choices(&self) -> TieChoices {
        let mut choices = TieChoices::new();
        self.steps.iter().for_each(|step| choices.push(step.event, step.choice()));
        choices
    }
}
