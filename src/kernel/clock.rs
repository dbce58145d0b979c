//! The clock: it moves to the next event, and limits are checked there.

use crate::error::Limit;
use crate::kernel::state::{Hooks, Kernel, LAST};
use crate::time::VirtualTime;

impl<F: Hooks> Kernel<F> {
    /// Moves the clock to the next event; an error if a limit forbids the event. After `Err`, clock
    /// and counters stand at the event that could not happen.
    #[inline]
    pub(super) fn advance(&mut self, time: VirtualTime) -> Result<(), Limit> {
        if time != self.now {
            self.set_clock(time);
        }
        self.event += 1;
        if self.event > self.event_last { self.check_limits() } else { Ok(()) }
    }

    /// Checks whether the current event is beyond a limit, and computes when to check next.
    #[cold]
    fn check_limits(&mut self) -> Result<(), Limit> {
        let limits = &self.config.limits;
        let instant_last = self.instant_first.saturating_add(limits.events_per_instant);
        if self.event > limits.events {
            return Err(Limit::Events);
        }
        if self.now > limits.end_time {
            return Err(Limit::EndTime);
        }
        if self.event > instant_last {
            return Err(Limit::EventsPerInstant);
        }
        self.event_last = limits.events.min(instant_last);
        Ok(())
    }

    #[inline]
    fn set_clock(&mut self, time: VirtualTime) {
        if time != self.now {
            self.now = time;
            // Each new instant allows more events than the one before it. So the check that was
            // computed for the old instant comes too early at worst.
            self.instant_first = self.event;
            if time > self.clock_look {
                self.look_at_clock();
            }
        }
    }

    /// The clock has moved beyond the warm-up or the end time.
    #[cold]
    fn look_at_clock(&mut self) {
        if let Some(warm_up) = self.warm_up.filter(|warm_up| self.now >= *warm_up) {
            self.warm_up = None;
            F::begin_anew(self, warm_up);
        }
        if self.now > self.config.limits.end_time {
            self.event_last = 0;
        }
        self.plan_clock_look();
    }

    /// Computes up to when the clock needs no look, after a change of the settings.
    pub(crate) fn plan_clock_look(&mut self) {
        let end_time = self.config.limits.end_time;
        let before = |warm_up: VirtualTime| VirtualTime::from_nanos(warm_up.as_nanos() - 1);
        self.clock_look = self.warm_up.map_or(end_time, |warm_up| end_time.min(before(warm_up)));
    }

    /// Sets the end of the warm-up; it is later than now, or zero for none.
    pub(crate) fn set_warm_up(&mut self, warm_up: VirtualTime) {
        self.config.warm_up = warm_up;
        self.warm_up = Some(warm_up).filter(|warm_up| *warm_up > self.now);
        self.plan_clock_look();
    }

    /// When the next event is due; `None` if nothing will happen any more.
    pub(crate) fn next_time(&mut self) -> Option<VirtualTime> {
        let now = self.ties.is_amid() || !self.urgent.is_empty();
        let due = if now { Some(self.now) } else { self.events.next_time() };
        due.filter(|due| *due <= LAST)
    }

    pub(crate) fn is_over(&mut self) -> bool {
        self.next_time().is_none()
    }

    /// Moves the clock to where a run stops, without an event.
    pub(crate) fn stop_at(&mut self, time: VirtualTime) {
        if time > self.now {
            self.stopped = Some((self.last_event(), self.event));
            self.set_clock(time);
        }
    }

    /// When the last event happened; the beginning, if none has happened.
    pub(crate) fn last_event(&self) -> VirtualTime {
        match self.stopped {
            Some((time, event)) if event == self.event => time,
            _ => self.now,
        }
    }
}
