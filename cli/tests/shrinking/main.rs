//! Counterexamples: as small as they can be, and files that repeat them.

use flagfall::model::Model;
use flagfall::{Config, FaultPlan, Simulation, Span, TiePolicy};
use flagfall_cli::models::taxi_fleet::{Durations, TaxiFleet};
use flagfall_cli::shrink::{Case, Shrinker, Workload, cases, check, fault_plans, smaller_lists};
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

/// Numbers, one of a few of which makes a property fail.
#[derive(Clone, Debug, PartialEq)]
struct Numbers(Vec<u8>);

impl Workload for Numbers {
    fn smaller(&self) -> Vec<Self> {
        smaller_lists(&self.0).into_iter().map(Numbers).collect()
    }
}

/// Fails if there are enough of what is needed, and a rule that names it.
fn fails(numbers: &Numbers, faults: &FaultPlan, needed: &[u8], rule: &str) -> bool {
    let mut left = numbers.0.clone();
    let all = needed.iter().all(|number| {
        let place = left.iter().position(|other| other == number);
        place.map(|place| left.swap_remove(place)).is_some()
    });
    all && (rule.is_empty() || faults.to_string().lines().any(|line| line == rule))
}

const RULES: [&str; 3] = ["crash a at 1s", "crash b at 2s", "slow c by 2"];

fn plan(rules: &[&str]) -> FaultPlan {
    rules.join("\n").parse().expect("a plan")
}

proptest! {
    /// What is found fails, and nothing that is one part smaller does.
    #[test]
    fn nothing_can_be_left_out(
        numbers in prop::collection::vec(0..6_u8, 0..24),
        needed in prop::collection::vec(0..6_u8, 0..4),
        rule in prop::sample::select(vec!["", RULES[0], RULES[2]]),
    ) {
        let property = |numbers: &Numbers, simulation: &mut Simulation| {
            let faults = &simulation.config().faults;
            if fails(numbers, faults, &needed, rule) { Err("it is in".to_owned()) } else { Ok(()) }
        };
        let case = Case { faults: plan(&RULES), ..Case::new(Numbers(numbers.clone())) };
        let found = Shrinker::new(Config::new(0)).shrink(&case, property);
        let expected = fails(&case.workload, &case.faults, &needed, rule);
        prop_assert_eq!(found.is_some(), expected);
        let Some(found) = found else { return Ok(()) };
        let mut kept = found.case.workload.0.clone();
        let mut wanted = needed.clone();
        kept.sort_unstable();
        wanted.sort_unstable();
        prop_assert_eq!(kept, wanted);
        let rules: Vec<&str> = if rule.is_empty() { vec![] } else { vec![rule] };
        prop_assert_eq!(found.case.faults, plan(&rules));
    }
}

fn seconds(durations: &[u64]) -> Durations {
    Durations::Given(durations.iter().copied().map(Span::from_secs).collect())
}

/// Holds if a ride comes to the dispatcher before the report of one that ends
/// at the same instant, as without latency it does in the usual order.
fn refuses(fleet: &TaxiFleet, simulation: &mut Simulation) -> Result<(), String> {
    let day = fleet.run_in(simulation).map_err(|error| error.to_string())?.result;
    let refused = !day.refused().is_empty() || day.rides.len() < 2;
    if refused { Ok(()) } else { Err("no ride was refused".to_owned()) }
}

#[test]
fn ties_are_kept_as_few_choices() {
    let fleet = TaxiFleet { fleet: 1, durations: seconds(&[1, 1, 1, 1]), ..TaxiFleet::default() };
    let shrinker = Shrinker::new(Config::new(42)).shuffles(32);
    assert_eq!(shrinker.failure(&Case::new(fleet.clone()), refuses), None);
    // Three ties have to go the other way, which not every shuffle does.
    let shuffled = |seed| Case { ties: TiePolicy::Shuffled(seed), ..Case::new(fleet.clone()) };
    let found = (0..64).filter_map(|seed| shrinker.shrink(&shuffled(seed), refuses));
    let found: Vec<_> = found.take(3).collect();
    assert_eq!(found.len(), 3);
    for found in found {
        assert_eq!(found.case.workload.durations, seconds(&[1, 1]));
        assert_eq!(found.message, "no ride was refused");
        let TiePolicy::Chosen(choices) = &found.case.ties else {
            panic!("{:?} are no choices", found.case.ties)
        };
        assert_eq!(choices.len(), 1, "{choices}");
        let failure = shrinker.failure(&found.case, refuses);
        assert_eq!(failure.as_deref(), Some("no ride was refused"));
        assert!(found.scenario(&Config::new(42)).contains(&format!("ties = \"{choices}\"")));
    }
}

#[test]
fn a_budget_ends_the_search() {
    let case = Case::new(Numbers(vec![1; 64]));
    let property = |numbers: &Numbers, _: &mut Simulation| {
        if numbers.0.len() >= 3 { Err("too many".to_owned()) } else { Ok(()) }
    };
    let shrinker = Shrinker::new(Config::new(0));
    assert_eq!(shrinker.shrink(&case, property).expect("it fails").case.workload.0.len(), 3);
    let found = shrinker.budget(4).shrink(&case, property).expect("it fails");
    assert!(found.runs <= 4 && found.case.workload.0.len() > 3);
}

#[test]
fn panics_are_failures() {
    let property = |numbers: &Numbers, _: &mut Simulation| {
        assert!(numbers.0.len() < 2, "two of them");
        Ok(())
    };
    let found = Shrinker::new(Config::new(0)).shrink(&Case::new(Numbers(vec![3; 5])), property);
    let found = found.expect("it fails");
    assert_eq!((found.message.as_str(), found.case.workload.0.len()), ("two of them", 2));
}

/// From a property test to a file that the command runs, to the same end.
#[test]
fn a_failing_property_leaves_a_scenario() {
    let fleets = (1..4_u32, prop::collection::vec(1..5_u64, 4..12)).prop_map(|(fleet, rides)| {
        TaxiFleet { fleet, durations: seconds(&rides), ..TaxiFleet::default() }
    });
    let plans = fault_plans(&["driver", "driver/**", "driver/dispatcher/*"], 3, Span::from_secs(9));
    let file = std::env::temp_dir().join(format!("flagfall-shrunk-{}.toml", std::process::id()));
    let all_rides_end = |fleet: &TaxiFleet, simulation: &mut Simulation| {
        let run = fleet.run_in(simulation).map_err(|error| error.to_string())?;
        let taken = run.result.rides.iter().filter(|ride| ride.taxi.is_some()).count();
        if run.counts.lost == 0 || run.result.rides_completed == taken as u64 {
            Ok(())
        } else {
            // What no comment of TOML may have is no part of the file.
            Err("a ride that was\u{1b}lost on the way".to_owned())
        }
    };
    let config = Config::new(3);
    let fails = || check(&config, 200, cases(fleets, plans), &file, all_rides_end);
    let panic = catch_unwind(AssertUnwindSafe(fails)).expect_err("messages get lost");
    let told = panic.downcast_ref::<String>().expect("a text");
    let scenario = std::fs::read_to_string(&file).expect("the file was written");
    assert!(told.contains(&scenario) && told.contains("flagfall run"), "{told}");
    assert!(scenario.starts_with("# a ride that was lost on the way\n"), "{scenario}");
    // One rule is enough, and one ride.
    assert!(scenario.matches("loss").count() == 1 && !scenario.contains("crash"), "{scenario}");
    let command = Command::new(env!("CARGO_BIN_EXE_flagfall"))
        .args(["run", file.to_str().expect("a path"), "--json", "-q"])
        .output()
        .expect("it runs");
    assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
    let object: serde_json::Value = serde_json::from_slice(&command.stdout).expect("an object");
    assert_ne!(object["lost"], 0);
    let rides = object["rides"].as_array().expect("rides");
    let taken = rides.iter().filter(|ride| ride["refused"] == false).count();
    assert_ne!(object["measures"]["completed"], taken);
    std::fs::remove_file(&file).expect("it is there");
}
