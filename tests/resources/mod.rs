//! Resources, containers and stores: random programs against what must hold,
//! and single cases.

mod bounded;
mod capacity;
mod cases;
mod containers;
mod errors;
mod facilities;
mod failures;
mod given_up;
mod handover;
mod lines;
mod naive;
mod ownership;
mod places;
mod preemption;
mod records;
mod several;
mod several_cases;
mod shortages;
mod stores;

use flagfall::{Outcome, Simulation, Span, VirtualTime};
use proptest::prelude::*;

fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

fn at(millis: u64) -> VirtualTime {
    VirtualTime::ZERO + ms(millis)
}

/// Something that changes over time, summed up by looking at it after every
/// event.
#[derive(Debug, Default)]
struct Integral {
    last: VirtualTime,
    value: u64,
    sum: u128,
}

impl Integral {
    fn set(&mut self, now: VirtualTime, value: u64) {
        self.sum += u128::from((now - self.last).as_nanos()) * u128::from(self.value);
        (self.last, self.value) = (now, value);
    }

    fn is_mean(&self, mean: f64) -> bool {
        let span = self.last.as_nanos();
        let expected = if span == 0 { 0.0 } else { self.sum as f64 / span as f64 };
        (mean - expected).abs() <= 1e-9 * expected.max(1.0)
    }
}

/// Runs event by event. `after` is asked after each; what `settled` says counts
/// where the clock moves on next, so that all of an instant has happened.
fn run_watched(
    simulation: &mut Simulation,
    mut after: impl FnMut(&Simulation) -> Result<(), TestCaseError>,
    settled: impl Fn(&Simulation) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    loop {
        let before = simulation.now();
        let verdict = settled(simulation);
        let stepped = simulation.step().map_err(|error| TestCaseError::fail(error.to_string()))?;
        if simulation.now() > before || !stepped {
            verdict?;
        }
        after(simulation)?;
        let counts = simulation.counts();
        prop_assert_eq!(counts.pending(), simulation.pending_messages());
        if !stepped {
            let is_idle = matches!(simulation.run(), Ok(Outcome::Idle { .. }));
            prop_assert!(is_idle);
            return Ok(());
        }
    }
}
