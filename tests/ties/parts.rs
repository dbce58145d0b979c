//! A divided search against the search of one machine: nothing may differ.

use super::programs::{mortals, program};
use super::rivals::{deed, run};
use flagfall::search::{Outcomes, PartEnd, SearchError, TiePart};
use flagfall::{
    Actor, ActorRef, Config, Context, Latency, Simulation, TieLog, TiePolicy, TieSearch,
    VirtualTime,
};
use proptest::prelude::*;
use std::fmt;

/// A search as so many machines would make it, which run their parts in another order.
fn joined<T: Ord + Clone + fmt::Debug>(
    search: TieSearch,
    parts: usize,
    program: impl Fn(&TiePolicy) -> (T, TieLog),
) -> Outcomes<T> {
    let mut division = search.divide(parts, &program).expect("it repeats itself");
    assert!(division.runs() > 0);
    loop {
        let run = |number| division.run_part(number, search.most_runs(), &program);
        let mut all: Vec<TiePart<T>> =
            (0..division.parts()).rev().map(|number| run(number).expect("a part")).collect();
        let mut joining = division.joining();
        while let Some(number) = joining.wants() {
            let part = all.pop().expect("as many as there are parts");
            // With what is left of the budget, it is the same up to there.
            let short = division.run_part(number, joining.left(), &program).expect("a part");
            let both = part.runs.iter().zip(&short.runs);
            assert!(both.into_iter().all(|(one, other)| one == other));
            joining.add(part).expect("it is the next one");
        }
        if !joining.begins_anew() {
            return joining.finish(&program).expect("all parts are there");
        }
        division = joining.anew(&program).expect("it repeats itself");
    }
}

/// Holds divided searches to the one of one machine.
fn check<T: Ord + Clone + fmt::Debug>(budget: u64, program: impl Fn(&TiePolicy) -> (T, TieLog)) {
    let search = TieSearch::new().budget(budget).samples(3);
    let whole = search.run(&program).expect("it repeats itself");
    for parts in [1, 3, 7, 60] {
        assert_eq!(joined(search, parts, &program), whole, "{parts} parts, budget {budget}");
    }
}

/// Few orders are gone through to the end, and many are cut off by the budget.
fn budget() -> impl Strategy<Value = u64> {
    prop_oneof![0..20_u64, 0..200_u64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn parts_of_a_search_come_to_the_whole(program in program(), budget in budget()) {
        check(budget, |ties| {
            let (ran, log) = program.run(ties);
            (ran.result, log)
        });
    }

    #[test]
    fn parts_of_a_search_with_deaths_come_to_the_whole(
        program in mortals(),
        budget in budget(),
    ) {
        check(budget, |ties| {
            let (ran, log) = program.run(ties);
            (ran.result, log)
        });
    }

    #[test]
    fn parts_of_a_search_with_processes_come_to_the_whole(
        lives in prop::collection::vec(prop::collection::vec(deed(), 0..4), 2..4),
        budget in budget(),
    ) {
        check(budget, |ties| {
            let (ran, log) = run(&lives, ties);
            (ran.result, log)
        });
    }
}

/// Two callers call one log at each of some instants: 2 orders at each.
#[derive(Default)]
struct Log(Vec<u64>);

impl Actor for Log {
    type Message = u64;

    fn handle(&mut self, number: u64, _: &mut Context<'_, u64>) {
        self.0.push(number);
    }
}

struct Caller(ActorRef<u64>);

impl Actor for Caller {
    type Message = u64;

    fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
        context.send(&self.0, number);
    }
}

fn calls(instants: u64, ties: &TiePolicy) -> (Vec<u64>, TieLog) {
    let latency: Latency = "0".parse().expect("a latency");
    let mut simulation = Simulation::new(Config::new(1).latency(latency).ties(ties.clone()));
    let log = simulation.spawn("log", Log::default());
    for number in 1..=2 {
        let caller = simulation.spawn(("caller", number), Caller(*log));
        for second in 0..instants {
            let time = VirtualTime::from_secs(second);
            simulation.send_at(time, &caller, u64::from(number)).expect("it is to come");
        }
    }
    // Under the guide of another program, it fails.
    let ran = simulation.run().is_ok();
    let told = if ran { simulation[&log].0.clone() } else { Vec::new() };
    (told, simulation.tie_log())
}

/// The parts have all classes between them, and dividing costs about a run for each.
#[test]
fn a_search_of_many_instants_has_as_many_parts_as_are_wanted() {
    let search = TieSearch::new();
    for wanted in [1, 2, 5, 16, 100] {
        let division = search.divide(wanted, |ties| calls(9, ties)).expect("it repeats itself");
        assert!((wanted..=wanted + 1).contains(&division.parts()), "{}", division.parts());
        assert!(division.runs() <= 4 * wanted as u64, "{}", division.runs());
        let part = |number| {
            division.run_part(number, u64::MAX, |ties| calls(9, ties)).expect("a part").runs.len()
        };
        let runs: Vec<usize> = (0..division.parts()).map(part).collect();
        assert_eq!(runs.iter().sum::<usize>(), 512, "{runs:?}");
        assert!(runs.iter().all(|some| some * wanted <= 2 * 512), "{runs:?}");
    }
    check(u64::MAX, |ties| calls(6, ties));
    check(40, |ties| calls(6, ties));
}

#[test]
fn parts_that_do_not_belong_are_refused() {
    let search = TieSearch::new();
    let division = search.divide(4, |ties| calls(5, ties)).expect("it repeats itself");
    let part = |number| division.run_part(number, u64::MAX, |ties| calls(5, ties)).expect("one");
    let mut joining = division.joining();
    assert_eq!(joining.add(part(1)), Err(SearchError::WrongPart), "the first is missing");
    let short = division.run_part(0, 1, |ties| calls(5, ties)).expect("a part");
    assert_eq!(short.end, PartEnd::Budget);
    assert_eq!(joining.clone().add(short), Err(SearchError::WrongPart), "runs are missing");
    assert_eq!(joining.add(part(0)), Ok(()));
    assert_eq!(joining.clone().add(part(0)), Err(SearchError::WrongPart), "it is there twice");
    let unfinished = joining.clone().finish(|ties| calls(5, ties));
    assert_eq!(unfinished, Err(SearchError::WrongPart), "others are missing");
    // What follows the first steps of another program.
    let other = division.run_part(3, u64::MAX, |ties| calls(1, ties));
    assert_eq!(other, Err(SearchError::NotRepeated));
}
