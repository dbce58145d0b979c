//! What a policy may change, and what it may not.

use super::programs::{Program, program};
use flagfall::search::SearchError;
use flagfall::{
    Actor, ActorRef, Config, Context, EventListKind, Message, Outcome, Simulation, Span,
    TieChoices, TiePolicy, TieSearch, VirtualTime,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Debug, Message)]
enum Letter {
    Start,
    Numbered { from: usize, number: u64, hops: u32 },
    Rested,
}

/// Sends numbered letters on, and checks the numbers of those it gets.
struct Clerk {
    index: usize,
    to: Vec<usize>,
    rests: bool,
    all: Rc<RefCell<Vec<ActorRef<Letter>>>>,
    sent: BTreeMap<usize, u64>,
    heard: BTreeMap<usize, u64>,
    faults: Rc<RefCell<Vec<String>>>,
}

impl Clerk {
    fn pass_on(&mut self, hops: u32, context: &mut Context<'_, Letter>) {
        for to in &self.to {
            let number = self.sent.entry(*to).or_default();
            *number += 1;
            let letter = Letter::Numbered { from: self.index, number: *number, hops };
            context.send(&self.all.borrow()[*to], letter);
        }
        if self.rests {
            context.hold(Span::from_millis(u64::from(hops % 2)), Letter::Rested);
        }
    }
}

impl Actor for Clerk {
    type Message = Letter;

    fn handle(&mut self, letter: Letter, context: &mut Context<'_, Letter>) {
        match letter {
            Letter::Start => self.pass_on(2, context),
            Letter::Numbered { from, number, hops } => {
                let heard = self.heard.entry(from).or_default();
                *heard += 1;
                if *heard != number {
                    let fault = format!("{from}->{}: {number} as {heard}", self.index);
                    self.faults.borrow_mut().push(fault);
                }
                if hops > 0 {
                    self.pass_on(hops - 1, context);
                }
            }
            Letter::Rested => {}
        }
    }
}

/// Runs under the first policy, under each other from an event on.
fn office(
    ties: TiePolicy,
    then: &[(u64, TiePolicy)],
    clerks: &[(Vec<usize>, bool)],
) -> (Vec<String>, String) {
    let mut simulation = Simulation::new(Config::new(1).ties(ties));
    let (all, faults) = (Rc::<RefCell<Vec<_>>>::default(), Rc::<RefCell<Vec<String>>>::default());
    for (index, (to, rests)) in clerks.iter().enumerate() {
        let to = to.iter().map(|to| to % clerks.len()).collect();
        let (sent, heard) = (BTreeMap::new(), BTreeMap::new());
        let (shared, faults) = (Rc::clone(&all), Rc::clone(&faults));
        let clerk = Clerk { index, to, rests: *rests, all: shared, sent, heard, faults };
        let clerk = simulation.spawn(("clerk", index as u32), clerk);
        all.borrow_mut().push(*clerk);
    }
    let clerks = all.borrow().clone();
    clerks.iter().for_each(|clerk| simulation.send(clerk, Letter::Start));
    for (event, ties) in then {
        while simulation.events() < *event && simulation.step().expect("nothing goes wrong") {}
        simulation.set_ties(ties.clone());
        assert_eq!(simulation.config().ties, *ties);
        assert_eq!(simulation.counts().pending(), simulation.pending_messages());
    }
    simulation.run().expect("nothing goes wrong");
    assert_eq!(simulation.counts().pending(), 0);
    let faults = faults.borrow().clone();
    (faults, simulation.digest().expect("a digest").to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_policy_reorders_what_one_sends_to_one(
        clerks in prop::collection::vec((prop::collection::vec(0..4_usize, 0..3), any::<bool>()), 2..5),
        seed in any::<u64>(),
    ) {
        for ties in [TiePolicy::InOrder, TiePolicy::Shuffled(seed), TiePolicy::Shuffled(!seed)] {
            prop_assert_eq!(office(ties, &[], &clerks).0, Vec::<String>::new());
        }
    }

    /// Of what was sent in the usual order nobody knows the sender.
    #[test]
    fn no_change_of_policy_reorders_what_one_sends_to_one(
        clerks in prop::collection::vec((prop::collection::vec(0..4_usize, 0..3), any::<bool>()), 2..5),
        seed in any::<u64>(),
        events in prop::collection::vec(0..30_u64, 1..5),
    ) {
        let (mut events, mut then) = (events, Vec::new());
        events.sort_unstable();
        for (number, event) in (0..).zip(&events) {
            let shuffled = TiePolicy::Shuffled(seed.wrapping_add(number));
            then.push((*event, if number % 3 == 1 { TiePolicy::InOrder } else { shuffled }));
        }
        prop_assert_eq!(office(TiePolicy::InOrder, &then, &clerks).0, Vec::<String>::new());
        // The usual order is that of no choices, from wherever it is.
        let usual = office(TiePolicy::InOrder, &[], &clerks);
        let changes = [TiePolicy::Chosen(TieChoices::new()), TiePolicy::InOrder];
        let then: Vec<_> = events.into_iter().zip(changes.into_iter().cycle()).collect();
        prop_assert_eq!(office(TiePolicy::InOrder, &then, &clerks), usual);
    }

    #[test]
    fn event_lists_agree_and_parts_of_runs_add_up(program in program(), seed in any::<u64>()) {
        let ties = TiePolicy::Shuffled(seed);
        let whole = by_parts(&program, &ties, EventListKind::Ladder, Parts::Whole);
        for parts in [Parts::Whole, Parts::Steps, Parts::Millis, Parts::Mixed] {
            for list in [EventListKind::Ladder, EventListKind::PriorityQueue] {
                prop_assert_eq!(&by_parts(&program, &ties, list, parts), &whole, "{:?}", parts);
            }
        }
    }

    /// The part of a run that is searched is the end of a run under its choices.
    #[test]
    fn what_a_part_came_to_is_repeated_by_its_choices(
        program in program(), event in 0..12_u64, seed in any::<u64>(), reference in any::<bool>(),
    ) {
        let list = if reference { EventListKind::PriorityQueue } else { EventListKind::Ladder };
        let end = |simulation: &mut Simulation| {
            let failed = simulation.run().is_err();
            (simulation.digest().map(|digest| digest.to_string()), failed)
        };
        let found = TieSearch::new().budget(1).samples(3).seed(seed).run(|ties| {
            let usual = TiePolicy::Chosen(TieChoices::new());
            let (mut simulation, _) = program.simulation(&usual, list);
            while simulation.events() < event && matches!(simulation.step(), Ok(true)) {}
            simulation.set_ties(ties.clone());
            (end(&mut simulation), simulation.tie_log())
        });
        let outcomes = match found {
            // It failed before.
            Err(SearchError::NoLog) => Vec::new(),
            found => found.expect("it repeats itself").outcomes,
        };
        for outcome in outcomes {
            prop_assert!(outcome.ties.iter().all(|choice| choice.0 > event));
            let ties = TiePolicy::Chosen(outcome.ties);
            let (mut simulation, _) = program.simulation(&ties, EventListKind::Ladder);
            prop_assert_eq!(end(&mut simulation), outcome.result);
        }
    }

    #[test]
    fn choices_print_as_they_are_read(list in prop::collection::btree_map(1..999_u64, 1..9_u32, 1..9)) {
        let text: Vec<String> = list.iter().map(|(event, which)| format!("{event}={which}")).collect();
        let choices: TieChoices = text.join(",").parse().expect("choices");
        prop_assert_eq!(choices.to_string(), text.join(","));
        prop_assert_eq!(choices.iter().collect::<BTreeMap<_, _>>(), list);
    }

    #[test]
    fn what_a_shuffle_came_to_is_repeated_by_its_choices(program in program(), seed in any::<u64>()) {
        let found = TieSearch::new().budget(1).samples(3).seed(seed).run(|ties| {
            let (mut simulation, _) = program.simulation(ties, EventListKind::Ladder);
            let failed = simulation.run().is_err();
            ((simulation.digest().map(|digest| digest.to_string()), failed), simulation.tie_log())
        });
        for outcome in found.expect("it repeats itself").outcomes {
            let ties = TiePolicy::Chosen(outcome.ties);
            let (mut simulation, _) = program.simulation(&ties, EventListKind::Ladder);
            let failed = simulation.run().is_err();
            let digest = simulation.digest().map(|digest| digest.to_string());
            prop_assert_eq!((digest, failed), outcome.result);
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Parts {
    Whole,
    Steps,
    Millis,
    Mixed,
}

fn by_parts(program: &Program, ties: &TiePolicy, list: EventListKind, parts: Parts) -> String {
    let (mut simulation, _) = program.simulation(ties, list);
    let mut failed = false;
    let mut millis = 0;
    let mut step = |simulation: &mut Simulation| match simulation.step() {
        Ok(goes_on) => goes_on,
        Err(_) => {
            failed = true;
            false
        }
    };
    match parts {
        Parts::Whole => {}
        Parts::Steps => while step(&mut simulation) {},
        Parts::Millis | Parts::Mixed => {
            while millis < 20 {
                if matches!(parts, Parts::Mixed) && (0..3).any(|_| !step(&mut simulation)) {
                    break;
                }
                // Earlier than where the clock stands as well.
                let time = VirtualTime::from_nanos(millis * 500_000);
                if !matches!(simulation.run_until(time), Ok(Outcome::Reached)) {
                    break;
                }
                millis += 1;
            }
        }
    }
    let failed = failed | simulation.run().is_err();
    let counts = simulation.counts();
    if !failed {
        assert_eq!(counts.pending(), simulation.pending_messages());
    }
    let digest = simulation.digest().expect("a digest");
    format!("{digest} {failed} {} {} {counts:?}", simulation.events(), simulation.pending_events())
}
