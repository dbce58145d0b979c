//! Properties of the taxi fleet, over fleets, rides, tariffs, latencies and
//! seeds.

use flagfall::model::Model;
use flagfall::{Config, Latency, Simulation, Span};
use flagfall_cli::models::taxi_fleet::{Day, Dispatcher, Durations, Notice, Taxi, TaxiFleet};
use flagfall_cli::models::{DEFAULT_LATENCY, Money, Rate};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Case {
    fleet: TaxiFleet,
    latency: Latency,
    seed: u64,
}

impl Case {
    fn config(&self) -> Config {
        Config::new(self.seed).latency(self.latency.clone())
    }

    fn run(&self) -> Day {
        self.fleet.run(self.config()).expect("a day without errors").result
    }
}

fn durations() -> impl Strategy<Value = Durations> {
    let span = (0_u64..6_000_000_000).prop_map(Span::from_nanos);
    prop_oneof![
        prop::collection::vec(span, 0..40).prop_map(Durations::Given),
        (0_u32..40, 0_u64..4, 0_u64..6)
            .prop_map(|(rides, low, width)| Durations::Drawn { rides, seconds: low..=low + width }),
    ]
}

fn latency() -> impl Strategy<Value = Latency> {
    let span = |nanos: u64| Span::from_nanos(nanos);
    prop_oneof![
        Just(Latency::ZERO),
        (0_u64..30_000_000).prop_map(move |nanos| Latency::Fixed(span(nanos))),
        (0_u64..30_000_000)
            .prop_map(move |nanos| Latency::Uniform { low: Span::ZERO, high: span(nanos) }),
        (0_u64..10_000_000).prop_map(move |nanos| Latency::Exponential { mean: span(nanos) }),
    ]
}

prop_compose! {
    fn case()(
        durations in durations(),
        taxis in 0_u32..8,
        every in 0_u64..2_000_000_000,
        price in 0_u64..5_000_000,
        share in 0_u64..=1_000_000,
        startup in 0_u64..1_000_000_000,
        latency in latency(),
        seed: u64,
    ) -> Case {
        let mut fleet = TaxiFleet {
            fleet: taxis,
            durations,
            every: Span::from_nanos(every),
            price: Rate::from_micros(price),
            commission: Rate::from_micros(price * share / 1_000_000),
            startup: Span::from_nanos(startup),
            ..TaxiFleet::default()
        };
        fleet.polls = fleet.polls_needed(latency.allowance()).expect("few polls");
        Case { fleet, latency, seed }
    }
}

/// Money under way and at rest, after any event.
fn check_books(simulation: &Simulation, dispatcher: &Dispatcher, fleet: &TaxiFleet) {
    let rates = (fleet.price, fleet.commission);
    let mut driving = vec![false; dispatcher.taxis.len()];
    let (mut ended_fares, mut owed) = (Money::ZERO, Money::ZERO);
    let mut cash = Money::ZERO;
    for (number, taxi) in dispatcher.taxis.iter().enumerate() {
        let taxi = simulation.inspect::<Taxi>(taxi).expect("taxis live");
        cash += taxi.cash;
        // The rides that the dispatcher gave it, oldest first: the first so
        // many have ended, and at most one is under way.
        let given = dispatcher.rides.iter().filter(|ride| ride.taxi == Some(number as u32));
        let rides: Vec<_> = given.collect();
        let ended = taxi.rides_done as usize;
        assert!(rides.len() <= ended + 1, "taxi {number} has two rides");
        driving[number] = rides.len() > ended;
        for ride in &rides[..ended] {
            ended_fares += rates.0 * ride.duration;
            if !ride.completed {
                owed += rates.1 * ride.duration;
            }
        }
        let reported = rides.iter().filter(|ride| ride.completed).count();
        assert!(reported <= ended && ended - reported <= 1, "reports are late by one at most");
        let free = dispatcher.free.contains(&(number as u32));
        assert_eq!(free, reported == rides.len(), "the books know who is free");
    }
    assert_eq!(ended_fares, cash + dispatcher.cash + owed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn commission_is_rate_times_seconds_of_completed_rides(case in case()) {
        let day = case.run();
        prop_assert_eq!(day.total_commission, case.fleet.commission * day.ride_time);
        let completed: Span =
            day.rides.iter().filter(|ride| ride.completed).map(|ride| ride.duration).sum();
        prop_assert_eq!(day.ride_time, completed);
        // By default the driver polls until every ride is over.
        let given = day.rides.iter().filter(|ride| ride.taxi.is_some());
        prop_assert_eq!(given.clone().count() as u64, day.rides_completed);
        prop_assert_eq!(day.rides.len(), case.fleet.durations.rides());
        let fares = case.fleet.price * completed;
        prop_assert_eq!(day.taxi_cash + day.total_commission, fares);
    }

    #[test]
    fn money_adds_up_after_every_event(case in case()) {
        let mut simulation = Simulation::new(case.config());
        let handles = case.fleet.start(&mut simulation);
        let mut steps = 0_u32;
        while simulation.step().expect("a day without errors") {
            let counts = simulation.counts();
            prop_assert_eq!(counts.pending(), simulation.pending_messages());
            if let Some(dispatcher) = case.fleet.dispatcher(&simulation, &handles) {
                check_books(&simulation, dispatcher, &case.fleet);
            }
            steps += 1;
        }
        prop_assert_eq!(u64::from(steps), simulation.events());
    }

    #[test]
    fn a_ride_is_refused_only_if_no_taxi_is_known_to_be_free(case in case()) {
        // Played again from the notices alone, in the order of the log.
        let day = case.run();
        let mut free: std::collections::BTreeSet<u32> = (0..case.fleet.fleet).collect();
        for notice in day.polls.iter().flatten().chain(&day.unpolled) {
            match *notice {
                Notice::Assigned { taxi, .. } => {
                    prop_assert_eq!(free.pop_first(), Some(taxi), "the first free in staff order");
                }
                Notice::Refused => prop_assert!(free.is_empty()),
                Notice::Completed { taxi, .. } => prop_assert!(free.insert(taxi), "twice free"),
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_digest(case in case()) {
        let digest = || case.fleet.run(case.config()).expect("no errors").digest;
        prop_assert_eq!(digest(), digest());
        let list = flagfall::EventListKind::PriorityQueue;
        let reference = case.fleet.run(case.config().event_list(list)).expect("no errors");
        prop_assert_eq!(digest(), reference.digest);
    }

    #[test]
    fn a_bigger_fleet_never_shifts_the_durations_drawn(
        seed: u64,
        small in 1_u32..20,
        more in 1_u32..50,
    ) {
        let drawn = |fleet: u32| {
            let fleet = TaxiFleet { fleet, ..TaxiFleet::default() };
            let day = fleet.run(Config::new(seed).latency(DEFAULT_LATENCY)).expect("no errors");
            day.result.rides.iter().map(|ride| ride.duration).collect::<Vec<_>>()
        };
        prop_assert_eq!(drawn(small), drawn(small + more));
    }
}

#[test]
fn different_seeds_give_different_days() {
    let day = |seed| TaxiFleet::default().run(Config::new(seed)).unwrap().digest;
    assert_ne!(day(1), day(2));
}

#[test]
fn replications_draw_different_durations() {
    let drawn = |replication| {
        let config = Config::new(42).replication(replication);
        let day = TaxiFleet::default().run(config).unwrap().result;
        day.rides.iter().map(|ride| ride.duration).collect::<Vec<_>>()
    };
    assert_ne!(drawn(0), drawn(1));
}

#[test]
fn an_empty_fleet_refuses_everything() {
    let fleet = TaxiFleet { fleet: 0, ..TaxiFleet::default() };
    let day = fleet.run(Config::new(42)).unwrap().result;
    assert_eq!(day.refused().len(), 10);
    assert_eq!(day.total_commission, Money::ZERO);
}
