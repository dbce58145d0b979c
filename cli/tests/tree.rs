//! The tree of actors: inspection waits for work, kills race, checkpoints
//! are resumed from.

use crate::support::json;
use flagfall::model::Model;
use flagfall::{Config, DeathCause, Latency, Span, VirtualTime};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::{ActorTree, Growth, WorkerState};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn grow(tree: &ActorTree, seed: u64, latency: Latency) -> Growth {
    tree.run(Config::new(seed).latency(latency)).expect("no errors").result
}

/// How many workers died by `terminate`, and how many with their owner.
fn worker_deaths(growth: &Growth) -> (usize, usize) {
    let by = |cause| {
        let workers = growth.deaths.iter().filter(|death| death.is_worker());
        workers.filter(|death| death.cause == cause).count()
    };
    (by(DeathCause::Killed), by(DeathCause::OwnerDied))
}

#[test]
fn states_are_told_only_after_the_work() {
    let growth = grow(&ActorTree::default(), 42, DEFAULT_LATENCY);
    assert!(growth.inspections[0].time >= VirtualTime::from_secs(1));
    // Afterwards a round through driver, supervisor and workers is four hops.
    let rounds = growth.inspections.windows(2);
    assert!(rounds.into_iter().all(|pair| pair[1].time - pair[0].time == Span::from_millis(4)));
}

#[test]
fn by_default_terminate_wins_the_race() {
    for seed in 0..20 {
        let growth = grow(&ActorTree::default(), seed, DEFAULT_LATENCY);
        assert_eq!(worker_deaths(&growth), (3, 0));
        assert_eq!(growth.deaths.last().expect("deaths").cause, DeathCause::Killed);
    }
}

#[test]
fn under_drawn_latencies_every_recorded_mixture_occurs() {
    let recorded: BTreeSet<usize> = json("ray/kill_race.json")["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| {
            let actors = run.as_object().expect("actors");
            let workers = actors.iter().filter(|(name, _)| name.starts_with("Worker"));
            let killed = |state: &serde_json::Value| {
                state[1].as_str().expect("a cause").contains("killed by `ray.kill`")
            };
            workers.filter(|(_, state)| killed(state)).count()
        })
        .collect();
    assert_eq!(recorded, BTreeSet::from([0, 1, 2, 3]), "killed workers in the records");
    let latency: Latency = "uniform:1ms..3ms".parse().unwrap();
    let seen: BTreeSet<usize> = (0..200)
        .map(|seed| worker_deaths(&grow(&ActorTree::default(), seed, latency.clone())).0)
        .collect();
    assert_eq!(seen, recorded);
}

#[test]
fn a_killed_worker_resumes_from_its_checkpoint() {
    let tree = ActorTree {
        epochs: 5,
        crashes: vec![(1, Span::from_millis(2_500))],
        script: vec![vec![WorkerState::Done; 3]],
        ..ActorTree::default()
    };
    let growth = grow(&tree, 42, DEFAULT_LATENCY);
    assert_eq!(growth.restarts.len(), 1);
    assert_eq!(growth.inspections[0].states[1], WorkerState::Restarted);
    // The answer of the slowest of the others ends the supervisor's wait.
    assert_eq!(growth.restarts[0].time, VirtualTime::from_millis(5_005));
    // Two epochs were done; the third was lost and is trained again.
    let epochs = |worker: u32| -> Vec<u32> {
        let of_worker = growth.checkpoints.iter().filter(|c| c.worker == worker);
        of_worker.map(|checkpoint| checkpoint.epochs).collect()
    };
    assert_eq!(epochs(0), [1, 2, 3, 4, 5]);
    assert_eq!(epochs(1), [1, 2, 3, 4, 5]);
    // The others finish at 5 s; the supervisor notices then, and three more
    // epochs take until 8 s.
    let last = growth.inspections.last().expect("inspections");
    assert_eq!(last.states, [WorkerState::Done; 3]);
    assert!(last.time > VirtualTime::from_secs(8), "{:?}", last.time);
}

#[test]
fn a_crash_before_the_start_hits_and_the_script_goes_on() {
    let script = |line: &str| {
        let state = |c| if c == 'R' { WorkerState::Running } else { WorkerState::Done };
        line.chars().map(state).collect::<Vec<_>>()
    };
    let tree = ActorTree {
        crashes: vec![(1, Span::ZERO)],
        script: vec![script("RRR"), script("DRD"), script("DDD")],
        ..ActorTree::default()
    };
    let growth = grow(&tree, 42, DEFAULT_LATENCY);
    assert_eq!(growth.restarts.len(), 1);
    let lines: Vec<_> = growth.inspections.iter().map(|i| i.states.clone()).collect();
    let restarted = vec![WorkerState::Running, WorkerState::Restarted, WorkerState::Running];
    assert_eq!(lines, [restarted, script("DRD"), script("DDD")]);
}

#[test]
fn every_supervisor_is_inspected_until_it_is_done() {
    let tree = ActorTree { supervisors: 4, workers: 2, ..ActorTree::default() };
    let growth = grow(&tree, 42, DEFAULT_LATENCY);
    for supervisor in 0..4 {
        let of = growth.inspections.iter().filter(|i| i.supervisor == supervisor);
        let done = of.map(|i| i.states.iter().all(|s| *s == WorkerState::Done)).collect::<Vec<_>>();
        let (last, before) = done.split_last().expect("each is inspected");
        assert!(*last && before.iter().all(|done| !done), "supervisor {supervisor}: {done:?}");
    }
    assert_eq!(growth.deaths.len(), 4 * 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nobody_outlives_the_race_and_no_epoch_is_lost(
        seed: u64,
        supervisors in 1_u32..4,
        workers in 1_u32..5,
        epochs in 1_u32..5,
        crashes in prop::collection::vec((0_u32..5, 0_u64..8_000), 0..4),
        latency in prop_oneof![
            Just(Latency::ZERO),
            Just(DEFAULT_LATENCY),
            Just(Latency::Exponential { mean: Span::from_millis(2) }),
        ],
    ) {
        let crashes = crashes
            .into_iter()
            .filter(|(worker, _)| *worker < workers)
            .map(|(worker, millis)| (worker, Span::from_millis(millis)))
            .collect::<Vec<_>>();
        let tree = ActorTree {
            supervisors, workers, epochs, crashes: crashes.clone(), ..ActorTree::default()
        };
        let run = tree.run(Config::new(seed).latency(latency)).expect("no errors");
        let growth = &run.result;
        // Every worker that ever lived died, restarted ones included.
        let (killed, orphaned) = worker_deaths(growth);
        prop_assert_eq!(
            killed + orphaned,
            (supervisors * workers) as usize + growth.restarts.len()
        );
        prop_assert!(growth.restarts.len() <= crashes.len());
        prop_assert_eq!(run.counts.pending(), 0);
        // Epochs count up by one, without gaps, for every worker that was
        // left alone to the end.
        for supervisor in 0..supervisors {
            for worker in 0..workers {
                let of = growth.checkpoints.iter()
                    .filter(|c| (c.supervisor, c.worker) == (supervisor, worker));
                let done: Vec<u32> = of.map(|checkpoint| checkpoint.epochs).collect();
                let crashed = supervisor == 0 && crashes.iter().any(|(w, _)| *w == worker);
                if !crashed {
                    prop_assert_eq!(done, (1..=epochs).collect::<Vec<_>>());
                } else {
                    // A crash in the instant of a save may repeat that epoch.
                    let steps = done.windows(2).all(|pair| pair[1] <= pair[0] + 1);
                    prop_assert!(steps, "{:?}", done);
                }
            }
        }
    }
}
