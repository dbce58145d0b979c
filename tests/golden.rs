//! Digests that must not change: one for each model and profile.

use flagfall::models::actor_tree::ActorTree;
use flagfall::models::message_log::MessageLog;
use flagfall::models::parameter_server::ParameterTraining;
use flagfall::models::taxi_fleet::TaxiFleet;
use flagfall::models::{DEFAULT_LATENCY, Model};
use flagfall::{Config, EventListKind, Latency, Span};
use std::fmt::Write;

const SEEDS: [u64; 3] = [0, 42, u64::MAX];

fn latencies() -> [Latency; 3] {
    [Latency::ZERO, DEFAULT_LATENCY, Latency::Exponential { mean: Span::from_millis(2) }]
}

fn lines<M: Model>(name: &str, model: &M, list: EventListKind) -> String {
    let mut lines = String::new();
    for seed in SEEDS {
        for latency in latencies() {
            let config = Config::new(seed).latency(latency.clone()).event_list(list);
            let run = model.run(config).expect("no errors");
            let digest = run.digest.expect("a digest");
            writeln!(
                lines,
                "{name} seed {seed} latency {latency}: {} events, {digest}",
                run.events
            )
            .expect("writing to a string");
        }
    }
    lines
}

fn all(list: EventListKind) -> String {
    let tree = ActorTree {
        supervisors: 2,
        epochs: 3,
        crashes: vec![(0, Span::from_millis(1_500))],
        ..ActorTree::default()
    };
    [
        lines("taxi", &TaxiFleet::default(), list),
        lines("parameter-server", &ParameterTraining::default(), list),
        lines("actor-tree", &ActorTree::default(), list),
        lines("actor-tree with a crash", &tree, list),
        lines("messages", &MessageLog::default(), list),
    ]
    .concat()
}

/// The same bits in debug and release, under every event list, for ever.
#[test]
fn models_have_the_recorded_digests() {
    let digests = all(EventListKind::Ladder);
    assert_eq!(digests, all(EventListKind::PriorityQueue));
    crate::support::check_golden("digests.txt", &digests);
}
