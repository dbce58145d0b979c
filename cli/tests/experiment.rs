//! Many replications: the same results however they are run.

use flagfall::experiment::{
    Column, Experiment, ExperimentError, Finished, Grid, Replications, Results, Row, Stored,
    UntilPrecise,
};
use flagfall::model::{Measured, Model, Run};
use flagfall::statistics::{Estimate, Interval, Precision, StoppingRule, Tally};
use flagfall::{Config, MeasureKind, Measures, Process, ReplyTo, Simulation};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// A run in place of a model: numbers made of where it is, now and then an error, a
/// panic, or a number that is undefined.
fn number(point: usize, replication: u64) -> u64 {
    let mut word = (point as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ replication;
    word = (word ^ (word >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word ^ (word >> 29)
}

fn made_up(point: usize, replication: u64) -> Result<Finished, String> {
    let word = number(point, replication);
    if word % 23 == 0 {
        return Err(format!("no luck at {point}:{replication}"));
    }
    if word % 29 == 0 {
        std::panic::resume_unwind(Box::new("out of order"));
    }
    let mut measures = Measures::new();
    measures.add("level", "m", 10.0 * (point + 1) as f64 + (word % 1000) as f64 / 100.0);
    measures.add("odd", "1", (word % 2 == 1).then_some((word % 7) as f64));
    // Longer and shorter ones, so that the chunks change.
    Ok(Finished { measures, events: 1 + word % 40_000, digest: None })
}

fn until(share: f64, most: u64) -> Replications {
    let mut until = UntilPrecise::new(Precision::Relative(share), 0.95).expect("in range");
    until.most = most;
    until.of = vec!["level".to_owned()];
    Replications::UntilPrecise(until)
}

fn replications() -> impl Strategy<Value = Replications> {
    let share = (5_u32..30).prop_map(|percent| f64::from(percent) / 1e3);
    prop_oneof![
        (1_u64..60).prop_map(Replications::Fixed),
        (share, 20_u64..400).prop_map(|(share, most)| until(share, most)),
    ]
}

fn run(replications: &Replications, points: usize, threads: usize) -> Results {
    let experiment = Experiment::new(replications.clone()).threads(threads);
    experiment.run(points, made_up).expect("all have the same measures")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_number_of_threads_changes_nothing(
        replications in replications(), points in 1_usize..6, threads in 2_usize..6,
    ) {
        prop_assert_eq!(run(&replications, points, 1), run(&replications, points, threads));
    }

    #[test]
    fn what_was_kept_is_not_run_again_and_changes_nothing(
        replications in replications(), points in 1_usize..5, threads in 1_usize..4,
        kept in any::<u64>(),
    ) {
        let whole = run(&replications, points, 1);
        let is_kept = |row: &Row| number(row.point, row.replication ^ kept) % 3 > 0;
        let rows: Vec<Row> = whole.rows.iter().filter(|row| is_kept(row)).cloned().collect();
        let stored = Stored { columns: whole.columns.clone(), rows: rows.clone() };
        let mut new: Vec<Row> = Vec::new();
        let again = Experiment::new(replications).threads(threads).run_into(
            points,
            stored,
            |point, replication| {
                let known = rows.iter().any(|row| (row.point, row.replication) == (point, replication));
                assert!(!known, "{point}:{replication} was kept");
                made_up(point, replication)
            },
            |columns, rows| {
                assert_eq!(columns, whole.columns);
                new.extend_from_slice(rows);
                Ok::<(), ()>(())
            },
        ).expect("all have the same measures");
        prop_assert_eq!(&again, &whole);
        let wanted: Vec<Row> = whole.rows.iter().filter(|row| !is_kept(row)).cloned().collect();
        prop_assert_eq!(new, wanted);
    }

    #[test]
    fn a_grid_has_each_combination_once(sizes in prop::collection::vec(1_usize..5, 0..4)) {
        let factors = sizes.iter().enumerate().map(|(at, size)| {
            let levels: Vec<String> = (0..*size).map(|level| level.to_string()).collect();
            format!("f{at}={}", levels.join(",")).parse().expect("a factor")
        });
        let grid = Grid::new(factors.collect()).expect("small");
        prop_assert_eq!(grid.points(), sizes.iter().product::<usize>());
        let mut seen: Vec<_> = (0..grid.points()).map(|point| grid.levels(point)).collect();
        prop_assert!(seen.is_sorted());
        seen.dedup();
        prop_assert_eq!(seen.len(), grid.points());
    }
}

#[test]
fn a_precision_is_reached_with_as_few_replications_as_one_by_one() {
    let results = run(&until(0.02, 10_000), 3, 3);
    for point in 0..3 {
        let rows = results.of_point(point);
        assert!(rows.len() < 5_000, "{}", rows.len());
        let narrow = |values: Vec<f64>| {
            let interval = Interval::of(&Tally::of(&values).unwrap(), 0.95).unwrap();
            interval.relative_half_width().unwrap() <= 0.02 / 1.02
        };
        let values: Vec<f64> = results.values(point, 0).collect();
        let before = values[..values.len() - 1].to_vec();
        assert!(narrow(values) && !narrow(before), "point {point}");
    }
}

#[test]
fn on_the_calling_thread_and_with_other_portions_the_results_are_the_same() {
    let here = std::thread::current().id();
    for replications in [Replications::Fixed(500), until(0.02, 300)] {
        let usual = run(&replications, 3, 2);
        for count in [0, 1, 7, 1_000_000] {
            let experiment = Experiment::new(replications.clone()).at_once(move |_| count);
            let alone = experiment.clone().on_this_thread().run(3, |point, replication| {
                assert_eq!(std::thread::current().id(), here);
                made_up(point, replication)
            });
            assert_eq!(alone.expect("all have the same measures"), usual);
            assert_eq!(experiment.threads(3).run(3, made_up).expect("all have the same"), usual);
        }
    }
}

#[test]
fn rows_are_kept_in_the_portions_that_were_asked_for() {
    for portion in [1, 4] {
        let mut portions = Vec::new();
        let keep = |_: &[Column], rows: &[Row]| {
            portions.push(rows.len());
            Ok::<(), String>(())
        };
        let experiment = Experiment::new(Replications::Fixed(12)).at_once(move |_| portion);
        let kept = experiment.on_this_thread().run_into(2, Stored::default(), made_up, keep);
        kept.expect("all have the same measures");
        assert_eq!(portions, vec![portion as usize; 24 / portion as usize]);
    }
}

#[test]
fn errors_and_panics_become_rows() {
    let results = run(&Replications::Fixed(200), 1, 2);
    let errors: Vec<&str> = results
        .rows
        .iter()
        .filter_map(|row| row.outcome.as_ref().err())
        .map(String::as_str)
        .collect();
    assert!(errors.iter().any(|error| error.starts_with("no luck at 0:")), "{errors:?}");
    assert!(errors.contains(&"panicked: out of order"), "{errors:?}");
    assert_eq!(results.rows.len(), 200);
}

#[test]
fn a_point_where_all_fail_is_given_up() {
    let runs = AtomicU64::new(0);
    let fail = |_, _| {
        runs.fetch_add(1, Ordering::Relaxed);
        Err::<Finished, _>("never")
    };
    let results = Experiment::new(until(0.01, 1_000_000)).run(2, fail).expect("rows alone");
    assert_eq!((results.of_point(0).len(), results.of_point(1).len()), (10, 10));
    assert!(results.columns.is_empty());
    assert!(runs.into_inner() < 100);
}

#[test]
fn other_measures_end_the_experiment() {
    let run = |point, replication| {
        let mut measures = Measures::new();
        measures.count(if (point, replication) == (1, 3) { "b" } else { "a" }, 1);
        Ok::<_, String>(Finished { measures, events: 1, digest: None })
    };
    let error = Experiment::new(Replications::Fixed(5)).threads(2).run(2, run).unwrap_err();
    let column = |name: &'static str| Column {
        name: name.into(),
        unit: "1".into(),
        kind: MeasureKind::Number,
    };
    let (got, wanted) = (vec![column("b")], vec![column("a")]);
    assert_eq!(error, ExperimentError::Columns { point: 1, replication: 3, got, wanted });
    assert!(error.to_string().contains("replication 3 of point 1"), "{error}");
}

#[test]
fn a_run_with_measures_among_those_without_ends_the_experiment() {
    for threads in [1, 3] {
        let run = |_, replication| {
            let mut measures = Measures::new();
            if replication == 40 {
                measures.count("late", 1);
            }
            Ok::<_, String>(Finished { measures, events: 1, digest: None })
        };
        let results = Experiment::new(Replications::Fixed(60)).threads(threads).run(1, run);
        let Err(ExperimentError::Columns { replication: 40, wanted, .. }) = results else {
            panic!("{results:?}");
        };
        assert_eq!(wanted, []);
    }
}

/// What a panic carries may panic when it is dropped: it is a row like any other.
#[test]
fn no_panic_ends_a_thread() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("and another one"));
        }
    }
    let run = |_, replication| {
        if replication % 2 == 0 {
            std::panic::resume_unwind(Box::new(Bomb));
        }
        made_up(0, 1)
    };
    for threads in [1, 3] {
        let results = Experiment::new(Replications::Fixed(9)).threads(threads).run(1, run);
        let results = results.expect("the same measures");
        let failed = results.rows.iter().filter(|row| row.outcome.is_err()).count();
        assert_eq!((results.rows.len(), failed), (9, 5));
        let text = "panicked: a panic without a message".to_owned();
        assert_eq!(results.rows[0].outcome, Err(text));
    }
}

/// A model of which one who asks is never answered.
struct Deaf;

impl Model for Deaf {
    type Handles = ();
    type Result = ();

    fn start(&self, simulation: &mut Simulation) {
        let deaf = simulation.process_receiving("deaf", |p: Process<ReplyTo<u64>>| async move {
            // The answer is kept, and never given.
            let _kept = p.receive().await;
            p.receive().await;
        });
        simulation.process("asker", async move |p| p.ask::<_, u64>(&deaf, |reply| reply).await);
    }

    fn collect(&self, _: &Simulation, (): &()) {}
}

impl Measured for Deaf {
    fn measures(&self, _: &Run<()>) -> Measures {
        Measures::new()
    }
}

#[test]
fn a_replication_that_is_stuck_is_a_failed_row() {
    let run = |point, replication| {
        let config = Config::new(5).replication(replication);
        let run = match point {
            0 => Deaf.run(config),
            _ => Deaf.run_in(&mut Simulation::new(config)),
        };
        run.map(|run| Finished::of(&Deaf, &run))
    };
    let results = Experiment::new(Replications::Fixed(2)).run(2, run).expect("rows");
    let text = "the run got stuck: asker has waited since 0s for a reply from deaf; deaf has waited \
                since 0s for a message";
    let with_place = format!("{text} (event 3, virtual time 0s, seed 5, replication 1)");
    assert_eq!(results.rows[1].outcome, Err(with_place));
    assert_eq!(results.rows[3].outcome, Err(format!("panicked: {text}")));
    assert!(results.rows.iter().all(|row| row.outcome.is_err()));
}

#[test]
fn an_error_that_says_nothing_is_an_error() {
    let run = |_, _| Err::<Finished, _>(String::new());
    let results = Experiment::new(Replications::Fixed(1)).run(1, run).expect("a row");
    assert_eq!(results.rows[0].outcome, Err("an error without a message".to_owned()));
}

#[test]
fn a_measure_that_does_not_exist_is_named() {
    let Replications::UntilPrecise(mut until) = until(0.1, 100) else { unreachable!() };
    until.of = vec!["depth".to_owned()];
    let experiment = Experiment::new(Replications::UntilPrecise(until));
    let error = experiment.run(1, made_up).unwrap_err();
    assert_eq!(error.to_string(), "there is no measure depth; there are level, odd");
}

#[test]
fn who_cannot_keep_rows_ends_it() {
    let runs = AtomicU64::new(0);
    let count = |point, replication| {
        runs.fetch_add(1, Ordering::Relaxed);
        made_up(point, replication)
    };
    let full = |_: &[Column], _: &[Row]| Err("disk full");
    let experiment = Experiment::new(Replications::Fixed(100_000)).threads(2);
    let error = experiment.run_into(3, Stored::default(), count, full).unwrap_err();
    assert_eq!(error, ExperimentError::Keep("disk full"));
    assert!(runs.into_inner() < 50_000);
}

#[test]
fn a_replication_is_the_run_of_that_number() {
    let day = TaxiFleet::default();
    let config = |replication| Config::new(7).replication(replication).latency(DEFAULT_LATENCY);
    let run = |_, replication| day.run(config(replication)).map(|run| Finished::of(&day, &run));
    let results = Experiment::new(Replications::Fixed(20)).threads(2).run(1, run).unwrap();
    for row in &results.rows {
        let alone = day.run(config(row.replication)).unwrap();
        let numbers = row.outcome.as_ref().unwrap();
        assert_eq!(numbers.digest, alone.digest.map(|digest| digest.value()));
        assert_eq!(numbers.events, alone.events);
    }
    let digests: std::collections::BTreeSet<_> =
        results.rows.iter().map(|row| row.outcome.as_ref().unwrap().digest).collect();
    assert!(digests.len() > 10, "replications differ");
}

#[test]
fn no_replications_are_one() {
    for replications in [Replications::Fixed(0), until(0.1, 0)] {
        assert_eq!(run(&replications, 2, 2).rows.len(), 2);
    }
}

#[test]
fn factors_that_make_no_sense_are_refused() {
    for (text, wanted) in [
        ("fleet", "`fleet` is not a factor"),
        ("=1,2", "names no parameter"),
        ("fleet=1,,2", "has an empty level"),
        ("fleet=", "has an empty level"),
        ("fleet=2,2", "has the level 2 twice"),
    ] {
        let error = text.parse::<flagfall::experiment::Factor>().unwrap_err();
        assert!(error.to_string().contains(wanted), "{text}: {error}");
    }
    let twice = vec!["a=1".parse().unwrap(), "a=2".parse().unwrap()];
    assert!(Grid::new(twice).is_err());
}

/// A share that is first seen in that replication, and then in every 50th.
fn rare(first: u64, replication: u64) -> Result<Finished, String> {
    let seen = replication >= first && (replication - first) % 50 == 0;
    let mut measures = Measures::new();
    measures.share("lost", u64::from(seen), 1);
    Ok(Finished { measures, events: 1, digest: None })
}

#[test]
fn what_was_never_seen_of_a_share_is_not_precise_before_its_interval_is() {
    let count = |precision, first| {
        let mut until = UntilPrecise::new(precision, 0.95).expect("in range");
        until.most = 5_000;
        let experiment = Experiment::new(Replications::UntilPrecise(until)).threads(2);
        experiment.run(1, |_, replication| rare(first, replication)).expect("rows").rows.len()
    };
    // 1 - 0.025^(1/n) is 0.005 at n = 736.
    assert_eq!(count(Precision::Absolute(0.005), u64::MAX), 736);
    // What is seen just before has a share that is not known that well yet.
    assert!(count(Precision::Absolute(0.005), 700) > 736);
    // How many percent of nothing that is, nobody knows.
    assert_eq!(count(Precision::Relative(0.1), u64::MAX), 5_000);
    let rule = StoppingRule::new(Precision::Absolute(0.005), 0.95).expect("in range");
    for (yes, all) in [(0, 736), (736, 736)] {
        let estimate = Estimate::of_yes_no(yes, all, 0.95).expect("in range");
        assert!(rule.is_reached(&estimate));
        let tally = Tally::of(&[f64::from(u8::from(yes > 0)); 20]).expect("numbers");
        let of = Estimate::of_yes_no(yes.min(20), 20, 0.95).expect("in range");
        assert!(!rule.is_reached(&of));
        assert_eq!(rule.expected(&tally, &of), Ok(736));
        let one_less = Estimate::of_yes_no(yes.min(735), 735, 0.95).expect("in range");
        assert!(!rule.is_reached(&one_less));
    }
}

/// Looked up, and not compared each with each: that would take minutes.
#[test]
fn many_levels_are_read_at_once() {
    let levels: Vec<String> = (0..400_000).map(|level| level.to_string()).collect();
    let text = format!("seed={}", levels.join(","));
    let start = std::time::Instant::now();
    let factor: flagfall::experiment::Factor = text.parse().expect("all differ");
    assert!(factor.levels == levels);
    let again = format!("{text},399999").parse::<flagfall::experiment::Factor>();
    assert!(again.unwrap_err().to_string().ends_with("has the level 399999 twice"));
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
