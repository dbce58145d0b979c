//! Choices, by programs small enough to say what must come of them.

use flagfall::{
    Actor, ActorRef, Config, Context, ErrorKind, Message, Simulation, Span, TieChoices, TiePolicy,
    TieSearch, Timer, VirtualTime,
};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

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
        let relay = simulation.spawn(("relay", number), Relay { to: *sink });
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
        let relay = simulation.spawn(("relay", number), Relay { to: *sink });
        simulation.send(&relay, u64::from(number));
    }
    for _ in 0..3 {
        simulation.step().unwrap();
    }
    (simulation, *sink)
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

#[derive(Debug, Message)]
enum Alarm {
    Set,
    Off,
    Stop,
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
    let second = VirtualTime::from_secs(1);
    for (ties, cancelled) in [("fifo", false), ("2=1", true), ("shuffle:1", false)] {
        let mut simulation = Simulation::new(Config::new(1).ties(ties.parse().unwrap()));
        let clock = simulation.spawn("clock", Clock::default());
        simulation.send(&clock, Alarm::Set);
        assert!(simulation.step().unwrap());
        simulation.send_at(second, &clock, Alarm::Stop).unwrap();
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
            simulation.send_at(VirtualTime::from_nanos(number / 3), &sink, number).unwrap();
        }
        let error = simulation.run().unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Limit { allowed: 4, .. }), "{error}");
        assert_eq!((simulation.events(), simulation.pending_events()), (4, 2), "{ties}");
        assert_eq!(*times.borrow(), [0, 1], "{ties}");
    }
}
