//! Runs of one scenario, compared for a host.

use super::NoResult;
use super::progress::HostedProgress;
use crate::command::program::Program;
use crate::command::scenario::Scenario;
use crate::command::talk::{Done, Failure};
use crate::command::verify::{Runs, Verified, one_a_cpu, verified};
use crate::report::difference::difference;
use flagfall::Simulation;
use flagfall::panics::Enough;
use flagfall::record::Record;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How long it takes at most until the host is asked again whether to go on.
const BETWEEN: Duration = Duration::from_millis(20);

/// How many of the events that led to a difference are shown, as by the command.
const CHAIN: usize = 10;

/// What the compared runs have in common.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HostedVerification {
    /// How many ran one after another.
    pub runs: u32,
    /// How many ran side by side after those.
    pub side_by_side: u32,
    /// How many records each run has.
    pub records: u64,
    /// The digest of each, unless it is off.
    pub digest: Option<String>,
}

/// A scenario whose runs are to be compared.
#[derive(Debug)]
pub struct HostedVerify<'p> {
    pub(super) scenario: Scenario,
    pub(super) program: &'p Program,
}

impl HostedVerify<'_> {
    /// Makes `runs` runs one after another and `side_by_side` at once, as `flagfall verify`
    /// does, and compares them record by record; without a number, one at once for each CPU.
    /// `goes_on` is told every few milliseconds how far it is, and says whether to go on.
    ///
    /// # Errors
    /// [`NoResult`]: a run failed, two runs are different, or it was to end.
    pub fn compare(
        self,
        (runs, side_by_side): (u32, Option<u32>),
        goes_on: &mut dyn FnMut(HostedProgress) -> bool,
    ) -> Result<HostedVerification, NoResult> {
        let Self { scenario, program } = self;
        let verified = watched(scenario, program, (runs, side_by_side), goes_on)?;
        outcome(verified, runs)
    }
}

/// Counts a run when its simulation is dropped, and its observers with it.
struct CountedAtEnd(Arc<Done>);

impl Drop for CountedAtEnd {
    fn drop(&mut self) {
        self.0.add(1);
    }
}

fn watched(
    scenario: Scenario,
    program: &Program,
    (runs, side_by_side): (u32, Option<u32>),
    goes_on: &mut dyn FnMut(HostedProgress) -> bool,
) -> Result<Verified, NoResult> {
    let side_by_side = side_by_side.unwrap_or_else(one_a_cpu);
    let (ends, done) = (Arc::new(AtomicBool::new(false)), Arc::<Done>::default());
    done.begin(0, Some(u64::from(runs) + u64::from(side_by_side)));
    let begin = |simulation: &mut Simulation| {
        let ends = Arc::clone(&ends);
        let counted = CountedAtEnd(Arc::clone(&done));
        simulation.observe(move |_: &Record<'_>| {
            let _of_this_run = &counted;
            // Records are also written while something unwinds already.
            if ends.load(Ordering::Relaxed) && !std::thread::panicking() {
                Enough::unwind();
            }
        });
    };
    let wanted = Runs { in_turn: runs, side_by_side, chain: CHAIN, begin: &begin };
    let (tell, told) = channel();
    std::thread::scope(|scope| {
        let work = move || {
            let _ = tell.send(verified(scenario, &wanted, program));
        };
        if let Err(error) = std::thread::Builder::new().spawn_scoped(scope, work) {
            return Err(Failure::Model(format!("no thread can be started: {error}")).into());
        }
        loop {
            match told.recv_timeout(BETWEEN) {
                Ok(verified) => break Ok(verified?),
                Err(RecvTimeoutError::Timeout) if goes_on(HostedProgress::of(&done)) => {}
                Err(RecvTimeoutError::Timeout) => {
                    ends.store(true, Ordering::Relaxed);
                    break Err(NoResult::Interrupted);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(Failure::Bug("a comparison ended without a word".to_owned()).into());
                }
            }
        }
    })
}

fn outcome(verified: Verified, runs: u32) -> Result<HostedVerification, NoResult> {
    let told = match verified {
        Verified::Equal { side_by_side, records, digest, failed: None } => {
            return Ok(HostedVerification { runs, side_by_side, records, digest });
        }
        // All failed in the same way, but failed.
        Verified::Equal { failed: Some(failure), .. } => return Err(failure.into()),
        Verified::OtherEnd(told) => told,
        Verified::Different(comparison) => {
            let mut told = Vec::new();
            difference(&mut told, &comparison).map_err(Failure::from)?;
            String::from_utf8_lossy(&told).trim_end().to_owned()
        }
    };
    Err(NoResult::Different(told))
}
