//! The search against all orders, one by one.

use super::brute::{Ran, all_orders};
use super::programs::{Program, mortals, program};
use super::puppets::{Action, Policy};
use flagfall::{
    Actor, ActorRef, Config, Context, Latency, Simulation, Span, Store, TieLog, TiePolicy,
    TieSearch,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt;

/// So many orders are gone through one by one.
const MOST: usize = 1_500;

/// Holds a search to all orders of a program; whether it had few enough.
pub(super) fn check<T: Ord + Clone + fmt::Debug>(
    program: impl Fn(&TiePolicy) -> (Ran<T>, TieLog),
) -> bool {
    check_up_to(MOST, program)
}

/// The same for a program with so many orders at most.
fn check_up_to<T: Ord + Clone + fmt::Debug>(
    most: usize,
    program: impl Fn(&TiePolicy) -> (Ran<T>, TieLog),
) -> bool {
    let found = TieSearch::new()
        .budget(most as u64 + 500)
        .samples(0)
        .run(|ties| {
            let (ran, log) = program(ties);
            (ran.result, log)
        })
        .expect("it repeats itself");
    if !found.complete || found.orders.count > most as u128 {
        return false;
    }
    let all = all_orders(|ties| program(ties).0, 2 * most).expect("as few as the search says");
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

proptest! {
    // Short ones, and so more of them.
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_search_finds_what_all_orders_of_deaths_come_to(program in mortals()) {
        check_up_to(200, |ties| program.run(ties));
    }
}

/// Who puts an item on a shelf, takes one, or ends the taker after some hops.
enum Visitor {
    Putter(Store<u64>),
    Taker(Store<u64>),
    Killer(ActorRef<u64>),
}

impl Actor for Visitor {
    type Message = u64;

    fn handle(&mut self, hops: u64, context: &mut Context<'_, u64>) {
        match self {
            Self::Putter(shelf) => _ = shelf.put_soon(context, 1),
            Self::Taker(shelf) if hops > 0 => _ = shelf.get_then(context, |_| true, |_| 0),
            Self::Taker(_) => {}
            Self::Killer(_) if hops > 0 => context.schedule(Span::ZERO, hops - 1),
            Self::Killer(taker) => context.kill(taker),
        }
    }
}

/// What is left on the shelf, and how many messages found nobody.
fn shop(ties: &TiePolicy) -> (Ran<(usize, u64)>, TieLog) {
    let latency: Latency = "0".parse().expect("a latency");
    let mut simulation = Simulation::new(Config::new(1).latency(latency).ties(ties.clone()));
    let shelf = Store::new(&mut simulation, "shelf", 1);
    let taker = simulation.spawn("taker", Visitor::Taker(shelf));
    let putter = simulation.spawn("putter", Visitor::Putter(shelf));
    let killer = simulation.spawn("killer", Visitor::Killer(*taker));
    [taker, putter, killer].iter().for_each(|to| simulation.send(to, 3));
    let error = simulation.run().err();
    let result = (shelf.len(&simulation), simulation.counts().undeliverable);
    (Ran { result, events: simulation.events(), error }, simulation.tie_log())
}

/// The killer comes last of all in the usual run: nothing is left to give up.
#[test]
fn a_death_between_a_claim_and_its_service_is_found() {
    assert!(check(shop), "there are few orders");
}

/// Actors of which all but the first are supervised, and the second crashes as
/// the run begins.
fn crashing(scripts: [Action; 2]) -> Program {
    let (latency, faults) = ("0", "crash a[1] at 0s");
    let scripts = scripts.map(|action| vec![action]).to_vec();
    let supervised = Some(Policy::Once);
    let (link, killed, dismissed) = (None, false, false);
    Program { scripts, latency, link, faults, supervised, killed, dismissed }
}

/// Whether anybody is still supervised when an actor dies that is not, must
/// not matter: five orders were counted twice.
#[test]
fn deaths_without_a_next_life_are_counted_once() {
    let program = crashing([Action::Kill(1), Action::Kill(0)]);
    assert!(check(|ties| program.run(ties)), "there are few orders");
}

/// A restart gives up what the actor asked of another, whose death fails it.
#[test]
fn a_restart_and_a_death_between_which_a_request_is_open_do_not_commute() {
    let program = crashing([Action::Kill(0), Action::Ask(0)]);
    assert!(check(|ties| program.run(ties)), "there are few orders");
}

/// Actors without supervision and faults.
fn plainly<const N: usize>(latency: &'static str, scripts: [&[Action]; N]) -> Program {
    let scripts = scripts.map(<[Action]>::to_vec).to_vec();
    let (faults, supervised) = ("", None);
    let (link, killed, dismissed) = (None, false, false);
    Program { scripts, latency, link, faults, supervised, killed, dismissed }
}

/// A request that meets a dead actor and a watch of it are both answered in its
/// name. Which of them is the first decides which latency each of them draws.
#[test]
fn who_is_told_first_by_a_dead_actor_draws_its_first_latency() {
    let watches = [Action::SetTimer(1), Action::Watch(0)];
    let scripts = [&[Action::Stop][..], &[Action::Ask(0)], &watches];
    let program = plainly("empirical:0ms,1ms", scripts);
    assert!(check(|ties| program.run(ties)), "there are few orders");
}

/// The same, for one who asks and watches: it is told in the same order.
#[test]
fn a_dead_actor_tells_one_actor_in_the_order_of_the_questions() {
    let asks = [Action::Request(0), Action::Watch(0)];
    let program = plainly("1ms", [&[Action::Stop], &asks, &[Action::Send(1)]]);
    assert!(check(|ties| program.run(ties)), "there are few orders");
}

/// An actor that dies fails the requests of one asker in the order in which they
/// came to be its own, be it by a question or by a forward.
#[test]
fn requests_that_are_forwarded_fail_in_their_order() {
    let asks = [Action::Request(3), Action::Request(0)];
    let kills = [Action::SetTimer(2), Action::Kill(0)];
    let forwards = [Action::Leave, Action::Forward(0)];
    let program = plainly("1ms", [&[Action::Send(1)], &asks, &kills, &forwards]);
    assert!(check(|ties| program.run(ties)), "there are few orders");
}
