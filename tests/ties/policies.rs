//! What a policy may change, and what it may not.

use super::programs::{Program, program};
use flagfall::search::SearchError;
use flagfall::{
    Actor, ActorRef, Config, Context, ErrorKind, EventListKind, Outcome, Simulation, Span,
    TieChoices, TiePolicy, TieSearch, Timer, VirtualTime,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

flagfall::message! {
    enum Letter { Start, Numbered { from: usize, number: u64, hops: u32 }, Rested }
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
        all.borrow_mut().push(clerk);
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

/// Passes on what it gets.
struct Relay {
    to: ActorRef<u64>,
}

impl Actor for Relay {
    type Message = u64;

    fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
        context.send(&self.to, number);
    }
}

#[derive(Default)]
struct Sink {
    got: Vec<u64>,
}

impl Actor for Sink {
    type Message = u64;

    fn handle(&mut self, number: u64, _: &mut Context<'_, u64>) {
        self.got.push(number);
    }
}

/// Three relays to one sink: what reached it, and the order of all events.
fn funnel(ties: TiePolicy) -> (Vec<u64>, Vec<String>, Simulation) {
    let mut simulation = Simulation::new(Config::new(1).ties(ties));
    let lines = Rc::<RefCell<Vec<String>>>::default();
    let log = Rc::clone(&lines);
    simulation.observe(move |record: &flagfall::Record<'_>| {
        log.borrow_mut().push(record.to_string());
    });
    let sink = simulation.spawn("sink", Sink::default());
    for number in 0..3 {
        let relay = simulation.spawn(("relay", number), Relay { to: sink });
        simulation.send(&relay, u64::from(number));
    }
    let ran = simulation.run();
    let got = ran.map(|_| simulation.inspect::<Sink>(&sink).expect("it lives").got.clone());
    let lines = lines.borrow().clone();
    (got.unwrap_or_default(), lines, simulation)
}

#[test]
fn shuffles_reach_every_order() {
    let all: BTreeSet<Vec<String>> =
        (0..2_000).map(|seed| funnel(TiePolicy::Shuffled(seed)).1).collect();
    // Of the 6! orders, each relay comes before what it sends.
    assert_eq!(all.len(), 90);
    let got: BTreeSet<Vec<u64>> =
        (0..2_000).map(|seed| funnel(TiePolicy::Shuffled(seed)).0).collect();
    assert_eq!(got.len(), 6);
}

#[test]
fn the_usual_order_is_fifo_and_no_choices() {
    let usual = funnel(TiePolicy::InOrder);
    assert_eq!(usual.0, [0, 1, 2]);
    assert_eq!(funnel("fifo".parse().unwrap()).1, usual.1);
    assert_eq!(funnel(TiePolicy::Chosen(TieChoices::new())).1, usual.1);
    assert_eq!(funnel("1=2,2=1".parse().unwrap()).0, [2, 1, 0]);
    assert_eq!(funnel("shuffle:5".parse().unwrap()).1, funnel(TiePolicy::Shuffled(5)).1);
}

#[test]
fn choices_that_cannot_be_made_end_the_run_and_are_named() {
    for (ties, event, candidate, candidates) in
        [("1=3", 1, 3, 3), ("1=1,6=1", 6, 1, 1), ("2=1,7=1", 7, 1, 0)]
    {
        let (_, _, mut simulation) = funnel(ties.parse().unwrap());
        let error = simulation.run().unwrap_err();
        assert_eq!(error.kind, ErrorKind::TieChoice { event, candidate, candidates }, "{ties}");
        assert!(error.to_string().contains(&format!("{event}={candidate}")), "{error}");
    }
}

#[test]
fn a_choice_that_is_past_is_reported_by_the_next_step() {
    let mut simulation = Simulation::new(Config::new(1));
    let sink = simulation.spawn("sink", Sink::default());
    (0..3).for_each(|number| simulation.send(&sink, number));
    for _ in 0..2 {
        simulation.step().unwrap();
    }
    simulation.set_ties("2=1,3=1".parse().unwrap());
    let error = simulation.step().unwrap_err();
    let kind = ErrorKind::TieChoice { event: 2, candidate: 1, candidates: 0 };
    assert_eq!((error.kind, simulation.events()), (kind, 2));
    // A run that has failed stays as it is.
    simulation.set_ties(TiePolicy::Shuffled(1));
    assert_ne!(simulation.config().ties, TiePolicy::Shuffled(1));
    assert!(simulation.run().is_err());
}

/// Three relays that are on their way to one sink, in the usual order so far;
/// whether it was noted who sends.
fn three_on_their_way(ties: TiePolicy) -> (Simulation, ActorRef<u64>) {
    let mut simulation = Simulation::new(Config::new(1).ties(ties));
    let sink = simulation.spawn("sink", Sink::default());
    for number in 0..3 {
        let relay = simulation.spawn(("relay", number), Relay { to: sink });
        simulation.send(&relay, u64::from(number));
    }
    for _ in 0..3 {
        simulation.step().unwrap();
    }
    (simulation, sink)
}

#[test]
fn what_is_of_an_unknown_sender_is_not_overtaken() {
    let noted = TiePolicy::Chosen(TieChoices::new());
    for (first, then, got) in [
        (noted.clone(), "4=2", Some([2, 0, 1])),
        (noted, "4=1,5=1", Some([1, 2, 0])),
        // Each of the three may be of one sender.
        (TiePolicy::InOrder, "4=1", None),
        (TiePolicy::InOrder, "shuffle:1", Some([0, 1, 2])),
        (TiePolicy::InOrder, "shuffle:2", Some([0, 1, 2])),
    ] {
        let (mut simulation, sink) = three_on_their_way(first);
        simulation.set_ties(then.parse().unwrap());
        let ran = simulation.run();
        let sink = simulation.inspect::<Sink>(&sink).map(|sink| sink.got.clone());
        assert_eq!(sink, got.map(Vec::from), "{then}: {ran:?}");
    }
}

#[test]
fn a_search_can_begin_within_a_run() {
    for (first, orders) in [(TiePolicy::Chosen(TieChoices::new()), 6), (TiePolicy::InOrder, 1)] {
        let found = TieSearch::new().run(|ties| {
            let (mut simulation, sink) = three_on_their_way(first.clone());
            simulation.set_ties(ties.clone());
            simulation.run().unwrap();
            let got = simulation.inspect::<Sink>(&sink).unwrap().got.clone();
            (got, simulation.tie_log())
        });
        let found = found.unwrap();
        assert!(found.complete);
        assert_eq!((found.orders.count, found.outcomes.len()), (orders, orders as usize));
        for outcome in found.outcomes {
            let (mut simulation, sink) = three_on_their_way(first.clone());
            simulation.set_ties(TiePolicy::Chosen(outcome.ties));
            simulation.run().unwrap();
            assert_eq!(simulation.inspect::<Sink>(&sink).unwrap().got, outcome.result);
        }
    }
}

#[test]
fn bad_choices_are_refused_with_their_place() {
    for (text, place) in [
        ("", "choice 1, ``, is not EVENT=CANDIDATE"),
        ("5=1,x", "choice 2, `x`, is not EVENT=CANDIDATE"),
        ("5=1,5=2", "choice 2, `5=2`, is at event 5"),
        ("7=1,5=2", "choice 2, `5=2`, is at event 5"),
        ("0=1", "choice 1, `0=1`, is at event 0"),
        ("5=-1", "choice 1, `5=-1`, is not EVENT=CANDIDATE"),
        ("5=", "choice 1, `5=`, is not"),
        ("5=99999999999", "choice 1, `5=99999999999`, has a number"),
        ("shuffle", "`shuffle` names no seed"),
        ("shuffle:x", "`shuffle:x` names no seed"),
    ] {
        let error = text.parse::<TiePolicy>().unwrap_err().to_string();
        assert!(error.starts_with(place), "{text}: {error}");
    }
}

flagfall::message! {
    enum Alarm { Set, Off, Stop }
}

/// Sets an alarm; being told to stop takes it back.
#[derive(Default)]
struct Clock {
    timer: Option<Timer>,
    cancelled: bool,
    rang: bool,
}

impl Actor for Clock {
    type Message = Alarm;

    fn handle(&mut self, alarm: Alarm, context: &mut Context<'_, Alarm>) {
        match alarm {
            Alarm::Set => self.timer = Some(context.set_timer(Span::from_secs(1), Alarm::Off)),
            Alarm::Off => self.rang = true,
            Alarm::Stop => {
                let timer = self.timer.take();
                self.cancelled = timer.and_then(|timer| context.cancel(timer)).is_some();
            }
        }
    }
}

#[test]
fn what_is_due_now_can_be_cancelled_and_counts_as_pending() {
    let second = VirtualTime::ZERO + Span::from_secs(1);
    for (ties, cancelled) in [("fifo", false), ("2=1", true), ("shuffle:1", false)] {
        let mut simulation = Simulation::new(Config::new(1).ties(ties.parse().unwrap()));
        let clock = simulation.spawn("clock", Clock::default());
        simulation.send(&clock, Alarm::Set);
        assert!(simulation.step().unwrap());
        simulation.send_at(second, &clock, Alarm::Stop);
        assert_eq!(simulation.pending_events(), 2, "{ties}");
        assert!(simulation.step().unwrap());
        let left = u64::from(!cancelled);
        assert_eq!((simulation.now(), simulation.pending_events()), (second, left), "{ties}");
        // Earlier than now: nothing of this instant happens.
        assert!(simulation.run_until(VirtualTime::ZERO).is_ok());
        assert_eq!(simulation.pending_messages(), left, "{ties}");
        simulation.run().unwrap();
        let clock = simulation.inspect::<Clock>(&clock).unwrap();
        assert_eq!((clock.cancelled, clock.rang), (cancelled, !cancelled), "{ties}");
    }
}

#[test]
fn limits_and_pacers_see_the_same_under_every_policy() {
    for ties in ["fifo", "shuffle:3"] {
        let mut config = Config::new(1).ties(ties.parse().unwrap());
        config.limits.events = 4;
        let mut simulation = Simulation::new(config);
        let times = Rc::<RefCell<Vec<u64>>>::default();
        let noted = Rc::clone(&times);
        simulation.pace(move |time: VirtualTime| noted.borrow_mut().push(time.as_nanos()));
        let sink = simulation.spawn("sink", Sink::default());
        for number in 0..6 {
            simulation.send_at(VirtualTime::from_nanos(number / 3), &sink, number);
        }
        let error = simulation.run().unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Limit { allowed: 4, .. }), "{error}");
        assert_eq!((simulation.events(), simulation.pending_events()), (4, 2), "{ties}");
        assert_eq!(*times.borrow(), [0, 1], "{ties}");
    }
}
