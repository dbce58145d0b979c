//! Copies and files of runs under a tie policy, and branches that go on under
//! another one.

use super::programs::{check, config, end, save, started, started_for, types};
use flagfall::random::{Stream, StreamName};
use flagfall::{Config, Simulation, SnapshotError, TieChoices, TiePolicy, TieSearch};
use proptest::prelude::*;

fn resumed(file: &[u8]) -> Simulation {
    Simulation::resume(&types(), file).unwrap_or_else(|error| panic!("{error}")).simulation
}

/// Runs that are short enough to be searched.
fn short(seed: u64, profile: u64) -> Config {
    let mut config = config(seed, profile);
    config.limits.events = 250;
    config
}

/// The choices that a shuffle comes to, and what a run comes to under them, in
/// what `start` makes; whether it was shuffled, because there was something to.
fn choices_of(
    shuffle: u64,
    start: impl Fn(&TiePolicy) -> Simulation,
) -> (TieChoices, String, bool) {
    let found = TieSearch::new().budget(1).samples(1).seed(shuffle).run(|ties| {
        let mut simulation = start(ties);
        (end(&mut simulation), simulation.tie_log())
    });
    let mut found = found.expect("it repeats itself");
    // The only sample, or the only class of orders, comes first.
    let first = found.outcomes.remove(0);
    assert_eq!(first.share, 1.0);
    (first.ties, first.result, !found.complete)
}

fn up_to(choices: &TieChoices, event: u64) -> impl Iterator<Item = (u64, u32)> {
    choices.iter().filter(move |choice| choice.0 <= event)
}

/// A random event of a run.
fn event_of(seed: u64, all: u64) -> u64 {
    let (replication, actor, incarnation, purpose) = (0, 0, 0, "event");
    let name = StreamName { seed, replication, actor, incarnation, purpose };
    Stream::open(&name).range(0..=all.saturating_sub(1))
}

fn step_to(simulation: &mut Simulation, event: u64) {
    while simulation.events() < event && simulation.step().expect("it did not fail before") {}
}

/// Branches off at a random event, under choices, the shuffle that they come from
/// or in the usual order, to another shuffle: what comes of it has to be what its
/// choices come to in the branch, in one that was saved, and in a run from the
/// start. How many choices were made after the event.
fn check_branches(seed: u64, profile: u64, other: u64) -> usize {
    let config = short(seed, profile);
    let begin = |ties: &TiePolicy| started(config.clone().ties(ties.clone()));
    let (before, _, was_shuffled) = choices_of(seed, begin);
    let mut made = 0;
    for ties in [TiePolicy::Chosen(before.clone()), TiePolicy::Shuffled(seed), TiePolicy::InOrder] {
        let before = match ties {
            TiePolicy::InOrder => TieChoices::new(),
            TiePolicy::Shuffled(_) if !was_shuffled => continue,
            _ => before.clone(),
        };
        let mut whole = begin(&ties);
        end(&mut whole);
        let event = event_of(seed, whole.events());
        let mut trunk = begin(&ties);
        step_to(&mut trunk, event);
        let file = save(&trunk);
        let place = format!("seed {seed}, profile {profile}, {ties}, event {event}");
        let branch = |ties: &TiePolicy| {
            let mut branch = trunk.fork().unwrap_or_else(|error| panic!("{place}: {error}"));
            branch.set_ties(ties.clone());
            branch
        };
        let (after, expected, is_shuffled) = choices_of(other, branch);
        made += after.len();
        assert!(after.iter().all(|choice| choice.0 > event), "{place}: {after}");

        if is_shuffled {
            assert_eq!(end(&mut branch(&TiePolicy::Shuffled(other))), expected, "{place}");
        }
        let chosen = TiePolicy::Chosen(after.clone());
        assert_eq!(end(&mut branch(&chosen)), expected, "{place}");
        let mut from_file = resumed(&file);
        from_file.set_ties(chosen);
        assert_eq!(end(&mut from_file), expected, "{place}");
        let all: TieChoices = up_to(&before, event).chain(after.iter()).collect();
        assert_eq!(end(&mut begin(&TiePolicy::Chosen(all))), expected, "{place}");

        // And back to the usual order.
        let back: TieChoices = up_to(&before, event).collect();
        let expected = end(&mut begin(&TiePolicy::Chosen(back)));
        assert_eq!(end(&mut branch(&TiePolicy::InOrder)), expected, "{place}");
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(debug_assertions) { 6 } else { 200 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn copies_of_shuffled_programs_go_on(seed in any::<u64>(), profile in 0_u64..16) {
        let ties = TiePolicy::Shuffled(seed);
        check(&config(seed, profile).ties(ties), &format!("profile {profile}, shuffled"));
    }

    #[test]
    fn copies_of_programs_with_choices_go_on(seed in any::<u64>(), profile in 0_u64..16) {
        let config = short(seed, profile);
        let (choices, expected, _) =
            choices_of(!seed, |ties| started(config.clone().ties(ties.clone())));
        let config = config.ties(TiePolicy::Chosen(choices));
        prop_assert_eq!(end(&mut started(config.clone())), expected);
        check(&config, &format!("profile {profile}, chosen"));
    }

    #[test]
    fn branches_under_other_policies_are_runs_under_both(
        seed in any::<u64>(), profile in 0_u64..16, other in any::<u64>(),
    ) {
        check_branches(seed, profile, other);
    }

    /// What a run notes about its ties is in its copies, too.
    #[test]
    fn a_search_through_copies_finds_the_same(seed in any::<u64>(), profile in 0_u64..16) {
        let search = TieSearch::new().budget(60).samples(5);
        let begin = |ties: &TiePolicy| started_for(short(seed, profile).ties(ties.clone()), 2);
        let alone = search.run(|ties| {
            let mut simulation = begin(ties);
            (end(&mut simulation), simulation.tie_log())
        });
        let mut event = 0;
        let copied = search.run(|ties| {
            let mut simulation = begin(ties);
            event = (event + 7) % 40;
            while simulation.events() < event && matches!(simulation.step(), Ok(true)) {}
            // A run that has failed cannot be copied.
            let mut simulation = simulation.fork().unwrap_or(simulation);
            (end(&mut simulation), simulation.tie_log())
        });
        prop_assert_eq!(alone, copied);
    }
}

#[test]
fn the_programs_have_ties() {
    // Or the tests above would show less than they say.
    let (mut made, mut amid) = (0, 0);
    for seed in 0..3 {
        made += check_branches(seed, 0, !seed);
        let mut simulation = started(config(seed, 0).ties(TiePolicy::Shuffled(seed)));
        while simulation.events() < 100 && simulation.step().expect("it does not fail so soon") {
            let mut branch = simulation.fork().expect("all types have opted in");
            let two = (0..2).all(|_| branch.step().expect("nor does this"));
            amid += u32::from(two && branch.now() == simulation.now());
        }
    }
    assert!(made > 200 && amid > 100, "{made} choices, {amid} events within an instant");
}

#[test]
fn a_run_of_a_search_can_be_copied_and_not_saved() {
    let found = TieSearch::new().budget(1).samples(0).run(|ties| {
        let simulation = started_for(short(1, 0).ties(ties.clone()), 2);
        let mut simulation = simulation.fork().expect("all types have opted in");
        let error = simulation.save(&[], &[], std::io::sink()).expect_err("it is guided");
        assert!(matches!(error, SnapshotError::Ties), "{error}");
        assert!(error.to_string().starts_with("a run of a tie search cannot be saved"));
        (end(&mut simulation), simulation.tie_log())
    });
    found.expect("it repeats itself");
}
