//! Which of several can be the best, and choosing it.

use super::close;
use super::coverage::{mean_time_inside, truth};
use crate::support::fixture;
use flagfall::statistics::{
    Best, KimNelson, Rinott, StatisticsError, Tally, WithBest, Zone, rinott_constant, with_the_best,
};

/// Normal numbers that are the same on all machines: SplitMix64, and the method of Box and Muller.
pub(super) struct Noise(pub(super) u64);

impl Noise {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((mixed ^ (mixed >> 31)) >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}

fn compared(columns: &[Vec<f64>], best: Best, level: f64) -> Vec<WithBest> {
    let difference = |one: usize, other: usize| {
        let pairs = columns[one].iter().zip(&columns[other]);
        Tally::of(&pairs.map(|(one, other)| one - other).collect::<Vec<_>>())
    };
    with_the_best(columns.len(), best, level, difference).unwrap()
}

/// So many replications of systems with those means, whose luck is partly common.
fn columns(seed: u64, means: &[f64], count: usize, common: f64) -> Vec<Vec<f64>> {
    let mut noise = Noise(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
    let mut columns = vec![Vec::new(); means.len()];
    for _ in 0..count {
        let luck = common * noise.normal();
        for (column, mean) in columns.iter_mut().zip(means) {
            column.push(mean + luck + noise.normal());
        }
    }
    columns
}

#[test]
fn intervals_with_the_best_cover_all_at_once() {
    // Means that are close, and luck that is mostly common: 1,000 studies at 90 %.
    let means = [0.0, 0.3, 0.6, 0.6];
    let truth = |one: usize, best: Best| {
        let merit = |at: usize| best.merit(means[at]);
        let others = (0..4).filter(|other| *other != one).map(merit);
        merit(one) - others.fold(f64::NEG_INFINITY, f64::max)
    };
    for best in [Best::Max, Best::Min] {
        let covers = (0..1_000).filter(|seed| {
            let compared = compared(&columns(*seed, &means, 12, 3.0), best, 0.9);
            compared.iter().enumerate().all(|(one, of)| {
                let truth = truth(one, best);
                of.low.unwrap() <= truth && truth <= of.high.unwrap()
            })
        });
        let covered = covers.count();
        println!("{best:?}: {covered} of 1000");
        assert!((890..=990).contains(&covered), "{covered}");
    }
}

#[test]
fn what_is_clearly_worse_cannot_be_the_best() {
    let columns = columns(1, &[0.0, 5.0, 5.0], 30, 3.0);
    let of = compared(&columns, Best::Max, 0.95);
    assert_eq!(of.iter().map(|of| of.can_be_best).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(of[0].high, Some(0.0));
    assert!(of[0].low.unwrap() < -4.0 && of[1].low.unwrap() < 0.0 && of[1].high.unwrap() > 0.0);
    // Of one that is left, nothing is better.
    let of = compared(&columns, Best::Min, 0.95);
    assert_eq!(of.iter().map(|of| of.can_be_best).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(of[0].low, Some(0.0));
    assert!(of[0].difference > 4.0 && of[0].high.unwrap() > of[0].difference);
}

#[test]
fn for_two_it_is_the_interval_of_their_difference() {
    let columns = columns(3, &[0.0, 0.2], 15, 1.0);
    let of = compared(&columns, Best::Max, 0.95);
    let pairs = columns[0].iter().zip(&columns[1]);
    let paired: Vec<f64> = pairs.map(|(one, other)| one - other).collect();
    // One-sided at 95 % is two-sided at 90 %.
    let both = flagfall::statistics::Interval::of(&Tally::of(&paired).unwrap(), 0.9).unwrap();
    assert!(both.low() < 0.0 && both.high() > 0.0);
    assert!(close(of[0].low.unwrap(), both.low(), 1e-9));
    assert!(close(of[0].high.unwrap(), both.high(), 1e-9));
}

#[test]
fn equal_differences_count_as_known_if_there_are_enough() {
    let equal = |count: usize| vec![vec![1.0; count], vec![2.0; count], vec![2.0; count]];
    // Two of three replications may happen to be equal.
    assert!(
        compared(&equal(3), Best::Max, 0.95).iter().all(|of| of.can_be_best && of.high.is_none())
    );
    let of = compared(&equal(20), Best::Max, 0.95);
    assert_eq!(of.iter().map(|of| of.can_be_best).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!((of[0].difference, of[0].low, of[0].high), (-1.0, None, Some(0.0)));
    assert_eq!((of[1].difference, of[1].low, of[1].high), (0.0, None, None));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let one = |_: usize, _: usize| Tally::of(&[1.0]);
    assert_eq!(
        with_the_best(1, Best::Max, 0.95, one),
        Err(StatisticsError::TooFew { needed: 2, got: 1 })
    );
    for level in [1.0, -0.5, 1.5, f64::NAN] {
        let differences = |one: usize, other: usize| Tally::of(&[one as f64, other as f64]);
        let refused = with_the_best(9, Best::Max, level, differences).unwrap_err();
        assert!(matches!(refused, StatisticsError::Probability { .. }), "{level}: {refused}");
    }
    let none = |_: usize, _: usize| Ok(Tally::new());
    assert!(with_the_best(2, Best::Max, 0.95, none).is_err());
    let zone = Zone { indifference: 1.0, chance: 0.95, first: 20 };
    let refused = |zone| KimNelson::new(3, Best::Max, zone).unwrap_err().to_string();
    assert!(refused(Zone { indifference: 0.0, ..zone }).contains("must be a number above 0"));
    assert!(refused(Zone { chance: 0.3, ..zone }).contains("a guess among 3"));
    assert!(refused(Zone { first: 1, ..zone }).contains("at least 2 are needed"));
    assert!(Rinott::new(1, zone).is_err());
    let mut rule = KimNelson::new(3, Best::Max, zone).unwrap();
    let before = rule.clone();
    assert!(rule.add(&[1.0, 2.0]).is_err() && rule.add(&[1.0, f64::NAN, 2.0]).is_err());
    assert_eq!(rule, before);
}

#[test]
fn rinotts_constants_are_those_of_scipy() {
    let known: serde_json::Value = serde_json::from_str(&fixture("rinott.json")).unwrap();
    let constants = known["constants"].as_array().unwrap();
    assert_eq!(constants.len(), 60);
    for of in constants {
        let number = |name: &str| of[name].as_f64().unwrap();
        let systems = of["systems"].as_u64().unwrap() as usize;
        let h =
            rinott_constant(systems, of["degrees"].as_u64().unwrap(), number("chance")).unwrap();
        assert!(close(h, number("h"), 1e-6), "{of}: {h}");
    }
}

#[test]
fn more_is_asked_for_more() {
    let of = |systems, degrees, chance| rinott_constant(systems, degrees, chance).unwrap();
    assert!(of(2, 19, 0.95) < of(3, 19, 0.95) && of(3, 19, 0.95) < of(3, 19, 0.99));
    assert!(of(3, 19, 0.95) < of(3, 9, 0.95));
    assert!(of(2, 1, 0.9).is_finite() && of(1_000, 100_000, 0.999).is_finite());
}

/// In how many of 1,000 trials the choice is right: five systems, of which one is better than all
/// others by just the indifference. That is the hardest case (slippage configuration).
fn right(choose: impl Fn(&mut Noise) -> usize) -> usize {
    (0..1_000_u64).filter(|trial| choose(&mut Noise(trial << 32)) == SLIPPED).count()
}

const SLIPPED: usize = 3;
const ZONE: Zone = Zone { indifference: 0.8, chance: 0.95, first: 10 };

/// A replication of each system: the variances differ, and `common` of the luck is shared.
fn replication(noise: &mut Noise, common: f64) -> [f64; 5] {
    let luck = common * noise.normal();
    std::array::from_fn(|system| {
        let mean = if system == SLIPPED { ZONE.indifference } else { 0.0 };
        mean + luck + (0.8 + 0.2 * system as f64) * noise.normal()
    })
}

#[test]
fn kim_and_nelson_choose_right_as_often_as_promised() {
    for (common, best) in [(0.0, Best::Max), (2.0, Best::Max), (2.0, Best::Min)] {
        let taken = std::cell::Cell::new(0);
        let choose = |noise: &mut Noise| {
            let mut rule = KimNelson::new(5, best, ZONE).unwrap();
            while rule.selected().is_none() {
                assert!(rule.expected() > rule.count());
                rule.add(&replication(noise, common).map(|value| best.merit(value))).unwrap();
            }
            taken.set(taken.get() + rule.count());
            rule.selected().unwrap()
        };
        let right = right(choose);
        let each = taken.get() / 1_000;
        println!("KN, common {common}, {best:?}: {right} of 1000, {each} replications");
        assert!(right >= 950, "{right}");
    }
}

#[test]
fn rinott_chooses_right_as_often_as_promised() {
    let rule = Rinott::new(5, ZONE).unwrap();
    let choose = |noise: &mut Noise| {
        let mean = |system: usize| {
            let mut tally = Tally::new();
            let mut next = |tally: &mut Tally| tally.add(replication(noise, 0.0)[system]).unwrap();
            (0..ZONE.first).for_each(|_| next(&mut tally));
            for _ in ZONE.first..rule.replications(&tally) {
                next(&mut tally);
            }
            tally.mean().unwrap()
        };
        let means: Vec<f64> = [0, 1, 2, 3, 4].map(mean).into();
        (0..5).max_by(|one, other| means[*one].total_cmp(&means[*other])).unwrap()
    };
    let right = right(choose);
    println!("Rinott: {right} of 1000");
    assert!(right >= 950, "{right}");
}

#[test]
fn of_queues_the_fastest_is_chosen_as_often_as_promised() {
    // M/M/1, whose replications are skewed; one of four serves a tenth faster than the others.
    const SERVICES: [f64; 4] = [1.0, 1.0, 0.9, 1.0];
    let zone = Zone { indifference: truth(1.0) - truth(0.9), chance: 0.95, first: 20 };
    let chosen = |trial: u64| {
        let mut rule = KimNelson::new(4, Best::Min, zone).unwrap();
        while rule.selected().is_none() {
            // None has random numbers in common with another: that is the harder case.
            let of = |system: usize| {
                mean_time_inside(SERVICES[system], 4 * trial + system as u64, rule.count())
            };
            rule.add(&[of(0), of(1), of(2), of(3)]).unwrap();
        }
        rule.selected().unwrap()
    };
    let right = (0..1_000).filter(|trial| chosen(*trial) == 2).count();
    println!("KN, M/M/1: {right} of 1000");
    assert!(right >= 950, "{right}");
}

#[test]
fn the_promise_fails_below_the_indifference() {
    // With an indifference of five times the difference, the promise does not hold: the tests above
    // can fail.
    let choose = |noise: &mut Noise| {
        let zone = Zone { indifference: 4.0, ..ZONE };
        let mut rule = KimNelson::new(5, Best::Max, zone).unwrap();
        while rule.selected().is_none() {
            rule.add(&replication(noise, 0.0)).unwrap();
        }
        rule.selected().unwrap()
    };
    assert!(right(choose) < 950);
}

#[test]
fn equal_first_replications_wait_for_a_difference() {
    let mut rule = KimNelson::new(2, Best::Max, ZONE).unwrap();
    for _ in 0..150 {
        rule.add(&[0.0, 0.0]).unwrap();
    }
    assert_eq!((rule.selected(), rule.expected()), (None, 300));
    // Then they differ, but by less than what matters: the means decide, late.
    for at in 0..200 {
        rule.add(&[f64::from(at % 2), f64::from(at % 2) + f64::from(at % 3) / 3.0]).unwrap();
    }
    assert_eq!(rule.selected(), Some(1));
    // Others do not wait for such a pair.
    let mut rule = KimNelson::new(3, Best::Max, ZONE).unwrap();
    for at in 0..10 {
        rule.add(&[9.0, 9.0, f64::from(at % 2)]).unwrap();
    }
    assert_eq!(rule.left(), [0, 1]);
    // 300 equal ones are taken as they are.
    let mut rule = KimNelson::new(2, Best::Max, ZONE).unwrap();
    while rule.selected().is_none() {
        rule.add(&[1.0, 2.0]).unwrap();
    }
    assert_eq!((rule.selected(), rule.count()), (Some(1), 300));
}
