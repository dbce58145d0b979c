//! Work with a unit, which may be taken away.

use super::World;
use super::part::Kind;
use super::resource::State;
use crate::log::Came;
use crate::program::Word;

/// Work with a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) of: usize,
    pub(super) claim: usize,
    pub(super) span: u64,
    /// Since when, its timer, and the wait for the loss, if it can be lost.
    pub(super) running: Option<(u64, usize, Option<usize>)>,
}

/// How far a service has come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Served {
    Claimed { claim: usize, wait: usize },
    Works(Job),
}

impl World {
    /// Work is done when its span is over, also if the unit is taken away at that very
    /// instant.
    pub(super) fn look_at_work(&mut self, who: usize, work: &mut Job) -> Option<Came> {
        let Job { of, claim, span, .. } = *work;
        let is_new = work.running.is_none();
        if is_new {
            let timer = self.timer(who, span);
            let can_be_lost = {
                let claim = &self.resources[of].claims[claim];
                claim.state == State::Held && claim.ask.yielding
            };
            let watch = can_be_lost.then(|| self.open(who));
            self.resources[of].claims[claim].watching.extend(watch);
            work.running = Some((self.now, timer, watch));
        }
        let (start, timer, watch) = work.running?;
        let came = match self.resources[of].claims[claim].state {
            _ if self.is_heard(timer) => Came::Worked,
            State::Lost(at) if is_new || watch.is_some_and(|watch| self.is_heard(watch)) => {
                if at >= start + span {
                    Came::Worked
                } else {
                    Came::Unfinished { remaining: span - at.saturating_sub(start) }
                }
            }
            _ => return None,
        };
        self.stop_work(*work);
        Some(came)
    }

    pub(super) fn stop_work(&mut self, work: Job) {
        if let Some((_, timer, watch)) = work.running {
            self.stop_timer(timer);
            watch.into_iter().for_each(|watch| self.waits[watch].open = false);
        }
    }

    /// Claims, works, and gives back; claims again after a loss.
    pub(super) fn look_at_service(&mut self, who: usize, kind: &mut Kind) -> Option<Came> {
        let Kind::Serve { of, ask, word, span, stage } = kind else { return None };
        let mut left = *span;
        loop {
            match stage {
                Served::Claimed { wait, .. } if !self.is_heard(*wait) => return None,
                Served::Claimed { claim, wait } => {
                    self.waits[*wait].open = false;
                    *stage =
                        Served::Works(Job { of: *of, claim: *claim, span: left, running: None });
                }
                Served::Works(work) => {
                    let claim = work.claim;
                    let came = self.look_at_work(who, work)?;
                    match (&came, &word) {
                        (Came::Unfinished { remaining }, Word::Resume) => left = *remaining,
                        (Came::Unfinished { .. }, Word::Restart) => {}
                        _ => {
                            self.release(*of, claim);
                            return Some(came);
                        }
                    }
                    *span = left;
                    let (again, wait) = self.begin_to_claim(who, *of, *ask);
                    // What was lost is dropped after that.
                    self.release(*of, claim);
                    *stage = Served::Claimed { claim: again, wait };
                }
            }
        }
    }
}
