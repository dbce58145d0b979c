//! Random programs, latencies and plans.

use super::puppet::{Action, Policy};
use flagfall::network::LinkFaults;
use flagfall::{FaultPlan, Latency, Span, VirtualTime};
use proptest::prelude::*;

pub(super) fn action() -> impl Strategy<Value = Action> {
    let friend = || 0_usize..12;
    let millis = || 0_u64..20;
    prop_oneof![
        4 => friend().prop_map(|to| Action::Send { to }),
        2 => (friend(), millis()).prop_map(|(to, millis)| Action::SendAfter { to, millis }),
        3 => millis().prop_map(|millis| Action::Hold { millis }),
        1 => millis().prop_map(|millis| Action::Rest { millis }),
        2 => friend().prop_map(|of| Action::Ask { of }),
        2 => friend().prop_map(|of| Action::Request { of }),
        1 => prop::collection::vec(friend(), 0..4).prop_map(|of| Action::AskAll { of }),
        2 => Just(Action::Spawn),
        2 => millis().prop_map(|millis| Action::SpawnTask { millis }),
        1 => friend().prop_map(|victim| Action::Kill { victim }),
        3 => millis().prop_map(|millis| Action::SetTimer { millis }),
        2 => friend().prop_map(|timer| Action::CancelTimer { timer }),
        1 => (friend(), millis()).prop_map(|(timer, millis)| Action::ResetTimer { timer, millis }),
        1 => Just(Action::Stop),
        2 => Just(Action::Fail),
        3 => policy().prop_map(Action::Supervise),
        1 => friend().prop_map(|victim| Action::Dismiss { victim }),
        1 => friend().prop_map(|of| Action::Watch { of }),
        1 => friend().prop_map(|watch| Action::Unwatch { watch }),
        1 => Just(Action::Checkpoint),
        1 => Just(Action::Find),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let startup = prop_oneof![Just(0_u64), 0_u64..10];
    (any::<bool>(), any::<bool>(), 0_u32..4, 1_u64..20, startup).prop_map(
        |(always, together, most, millis, startup)| Policy {
            always,
            together,
            most,
            millis,
            startup,
        },
    )
}

pub(super) fn latency() -> impl Strategy<Value = Latency> {
    prop_oneof![
        Just(Latency::ZERO),
        Just(Latency::Fixed(Span::from_millis(1))),
        Just(Latency::Uniform { low: Span::ZERO, high: Span::from_millis(3) }),
        Just(Latency::Exponential { mean: Span::from_millis(1) }),
    ]
}

/// Plans about the puppets and their children; both are sent to and spawned.
pub(super) fn plan() -> impl Strategy<Value = FaultPlan> {
    let who = || prop::sample::select(vec!["**", "puppet[*]", "puppet[0]", "**/child[*]"]);
    let millis = |millis: u64| VirtualTime::from_millis(millis);
    let window = move || (0_u64..20, 1_u64..30).prop_map(move |(a, b)| millis(a)..millis(a + b));
    let chance = || prop::sample::select(vec![0.0, 0.3, 1.0]);
    let part = prop_oneof![
        chance().prop_map(|p| LinkFaults::new().loss(p)),
        chance().prop_map(|p| LinkFaults::new().duplicate(p)),
        latency().prop_map(|latency| LinkFaults::new().latency(latency)),
        (1_u64..5_000).prop_map(|rate| LinkFaults::new().bandwidth(rate)),
        window().prop_map(|window| LinkFaults::new().loss(1.0).during(window)),
    ];
    let rule = prop_oneof![
        4 => (who(), who(), part).prop_map(|(a, b, part)| FaultPlan::new().link(a, b, part)),
        1 => (who(), who(), window()).prop_map(|(a, b, w)| FaultPlan::new().partition([a], [b], w)),
        1 => (who(), latency()).prop_map(|(a, span)| FaultPlan::new().crash_at(a, span)),
        1 => (who(), latency()).prop_map(|(a, span)| FaultPlan::new().crash_after(a, span)),
        1 => (who(), window()).prop_map(|(a, w)| FaultPlan::new().slow(a, 2.5, w)),
    ];
    let join = |plans: Vec<FaultPlan>| plans.iter().flat_map(FaultPlan::rules).cloned().collect();
    prop::collection::vec(rule, 0..5).prop_map(join)
}
