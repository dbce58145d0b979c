//! The search against all orders, one by one.

use super::brute::{Ran, all_orders};
use super::programs::program;
use flagfall::{TieLog, TiePolicy, TieSearch};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt;

/// So many orders are gone through one by one.
const MOST: usize = 1_500;

/// Holds a search to all orders of a program; whether it had few enough.
pub(super) fn check<T: Ord + Clone + fmt::Debug>(
    program: impl Fn(&TiePolicy) -> (Ran<T>, TieLog),
) -> bool {
    let found = TieSearch::new()
        .budget(MOST as u64 + 500)
        .samples(0)
        .run(|ties| {
            let (ran, log) = program(ties);
            (ran.result, log)
        })
        .expect("it repeats itself");
    if !found.complete || found.orders.count > MOST as u128 {
        return false;
    }
    let all = all_orders(|ties| program(ties).0, 2 * MOST).expect("as few as the search says");
    let searched: BTreeMap<T, u128> =
        found.outcomes.iter().map(|o| (o.result.clone(), o.orders.count)).collect();
    assert_eq!(searched, all);
    assert_eq!(found.orders.count, all.values().sum::<u128>());
    assert!(found.orders.exact && u128::from(found.classes) <= found.orders.count);
    // Each outcome comes of the choices that are said to lead to it.
    for outcome in &found.outcomes {
        let again = program(&TiePolicy::Chosen(outcome.ties.clone())).0;
        assert_eq!(again.result, outcome.result, "{}", outcome.ties);
    }
    for tie in &found.decisive {
        let again = program(&TiePolicy::Chosen(tie.ties.clone())).0;
        assert_eq!(again.result, tie.result, "{}", tie.ties);
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_search_finds_what_all_orders_come_to(program in program()) {
        check(|ties| program.run(ties));
    }
}
