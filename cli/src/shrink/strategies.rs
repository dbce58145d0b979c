//! Property tests of models: what is drawn, and what is kept of a failure.

use super::{Case, Shrinker, Workload};
use crate::scenario::Scenario;
use flagfall::network::{FaultPlan, Latency, LinkFaults, Pattern};
use flagfall::tie::TiePolicy;
use flagfall::time::{Span, VirtualTime};
use flagfall::{Config, Simulation};
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngAlgorithm, TestError, TestRng, TestRunner};
use std::cell::RefCell;
use std::fmt;
use std::path::Path;

/// Cases of a workload and a plan: a quarter in the usual order, the others
/// shuffled. Shrinks to the usual order, then the workload, then the plan.
pub fn cases<W: Clone + fmt::Debug>(
    workload: impl Strategy<Value = W>,
    faults: impl Strategy<Value = FaultPlan>,
) -> impl Strategy<Value = Case<W>> {
    let ties = prop_oneof![
        1 => Just(TiePolicy::InOrder),
        3 => any::<u64>().prop_map(TiePolicy::Shuffled),
    ];
    (ties, workload, faults).prop_map(|(ties, workload, faults)| Case { workload, faults, ties })
}

/// Plans of at most `rules` rules about actors of those paths, which may have
/// stars: links that lose, double and delay, crashes and slow actors, within the
/// first `horizon` of the run.
pub fn fault_plans(
    actors: &[&str],
    rules: usize,
    horizon: Span,
) -> impl Strategy<Value = FaultPlan> + use<> {
    let actors: Vec<Pattern> = actors.iter().map(|path| Pattern::from(*path)).collect();
    let who = proptest::sample::select(actors);
    let horizon = horizon.as_nanos().max(1);
    let span = (0..horizon).prop_map(Span::from_nanos);
    let time = (0..horizon).prop_map(VirtualTime::from_nanos);
    let link = (who.clone(), who.clone(), 0..=20_u32, 0..=20_u32, span.clone());
    let rule = prop_oneof![
        2 => link.prop_map(|(from, to, loss, double, latency)| {
            let faults = LinkFaults::new()
                .loss(f64::from(loss) / 20.0)
                .duplicate(f64::from(double) / 20.0)
                .latency(Latency::Fixed(latency));
            FaultPlan::new().link(from, to, faults)
        }),
        1 => (who.clone(), span)
            .prop_map(|(who, span)| FaultPlan::new().crash_at(who, Latency::Fixed(span))),
        1 => (who, 1..=8_u32, time.clone(), time).prop_map(|(who, factor, start, end)| {
            let (start, end) = (start.min(end), start.max(end) + Span::from_nanos(1));
            FaultPlan::new().slow(who, 1.0 + f64::from(factor) / 2.0, start..end)
        }),
    ];
    proptest::collection::vec(rule, 0..=rules).prop_map(|plans| {
        let rules = plans.iter().flat_map(FaultPlan::rules).cloned();
        rules.fold(FaultPlan::new(), FaultPlan::rule)
    })
}

/// Checks a property of a model: draws cases, and if one fails, makes it small, writes it as
/// a scenario file (over one that is there) and panics with its text. `flagfall run FILE`
/// repeats the run. The cases follow from the seed of `config`.
///
/// # Panics
/// If the property fails: how, the scenario, and where it was written.
///
/// # Examples
/// ```
/// use flagfall::{Config, Model, Span};
/// use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
/// use flagfall_cli::shrink::{cases, check, fault_plans};
/// use proptest::prelude::*;
///
/// let fleets = (1..4_u32, prop::collection::vec(1..5_u64, 1..10)).prop_map(|(fleet, rides)| {
///     let durations = Durations::Given(rides.into_iter().map(Span::from_secs).collect());
///     TaxiFleet { fleet, durations, ..TaxiFleet::default() }
/// });
/// let plans = fault_plans(&["driver", "driver/**"], 2, Span::from_secs(10));
/// let file = std::env::temp_dir().join("flagfall-commission.toml");
/// check(&Config::new(1), 32, cases(fleets, plans), &file, |fleet, simulation| {
///     let day = fleet.run_in(simulation).map_err(|error| error.to_string())?.result;
///     if day.total_commission == day.commission * day.ride_time {
///         Ok(())
///     } else {
///         Err(format!("{} for {}", day.total_commission.dollars(), day.ride_time))
///     }
/// });
/// ```
pub fn check<W: Workload + Scenario + fmt::Debug>(
    config: &Config,
    runs: u32,
    cases: impl Strategy<Value = Case<W>>,
    file: &Path,
    property: impl FnMut(&W, &mut Simulation) -> Result<(), String>,
) {
    let shrinker = Shrinker::new(config.clone());
    // Ours shrinks more than one part at a time, and knows what a tie is.
    let settings =
        Runs { cases: runs, max_shrink_iters: 0, failure_persistence: None, ..Runs::default() };
    let seed = config.seed.to_le_bytes().repeat(4);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(settings, rng);
    let property = RefCell::new(property);
    let result = runner.run(&cases, |case| {
        let failure = shrinker.failure(&case, &mut *property.borrow_mut());
        failure.map_or(Ok(()), |message| Err(TestCaseError::fail(message)))
    });
    let Err(error) = result else { return };
    let found = match &error {
        TestError::Fail(_, case) => shrinker.shrink(case, property.into_inner()),
        TestError::Abort(_) => None,
    };
    let Some(found) = found else { panic!("{error}: and it holds when it is run again") };
    let scenario = found.scenario(config);
    let stored = match std::fs::write(file, &scenario) {
        Ok(()) => format!("flagfall run {}", file.display()),
        Err(error) => format!("(not written to {}: {error})", file.display()),
    };
    panic!("after {} runs: {}\n\n{scenario}\n{stored}", found.runs, found.message);
}
