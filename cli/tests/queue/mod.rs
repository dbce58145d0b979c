//! The queue: its corners, what is conserved, and what the textbooks say.

mod measures;

use flagfall::model::{Measured, Model, Run};
use flagfall::{Config, FaultPlan, Latency, Simulation, Span, VirtualTime};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::queue::{Queue, ServiceLaw, Visit};
use proptest::prelude::*;

fn run(queue: &Queue, config: Config) -> Run<Vec<Visit>> {
    queue.run(config).expect("no errors")
}

fn plain(seed: u64) -> Config {
    Config::new(seed).latency(DEFAULT_LATENCY)
}

#[test]
fn nobody_comes() {
    let queue = Queue { customers: 0, ..Queue::default() };
    let run = run(&queue, plain(1));
    assert_eq!(run.result, []);
    let measures = queue.measures(&run);
    assert_eq!(measures.get("customers"), Some(0.0));
    for measure in &measures.as_slice()[1..] {
        assert_eq!(measure.value, None, "{}", measure.name);
    }
    assert!(queue.series(&run)[0].values.is_empty());
}

#[test]
fn one_customer_waits_for_nobody() {
    let queue = Queue { customers: 1, service_law: ServiceLaw::Fixed, ..Queue::default() };
    let run = run(&queue, plain(1));
    let [visit] = run.result[..] else { panic!("{:?}", run.result) };
    assert_eq!((visit.wait(), visit.time_in_system()), (Some(Span::ZERO), Some(queue.service)));
    assert_eq!(run.virtual_time, visit.arrived + queue.service);
    assert_eq!(queue.measures(&run).get("waited_share"), Some(0.0));
}

#[test]
fn more_may_come_than_can_be_served() {
    let queue = Queue { load: 3.0, customers: 300, ..Queue::default() };
    assert!(!queue.is_stable());
    let run = run(&queue, plain(1));
    assert!(run.result.iter().all(|visit| visit.left.is_some()));
    let waits = &queue.series(&run)[0].values;
    assert!(waits[299] > 100.0, "{}", waits[299]);
}

#[test]
fn a_warm_up_leaves_out_who_came_before() {
    let queue = Queue { customers: 200, ..Queue::default() };
    let all = run(&queue, plain(1));
    let warm = Queue { warm_up: Span::from_secs(100), ..queue.clone() };
    let counted = run(&warm, plain(1));
    assert_eq!(all.result, counted.result, "it changes what is counted, not what happens");
    assert_eq!(all.digest, counted.digest);
    let late = |visit: &&Visit| visit.arrived >= VirtualTime::ZERO + warm.warm_up;
    let late: Vec<f64> = all
        .result
        .iter()
        .filter(late)
        .map(|visit| visit.wait().expect("all were served").as_secs_f64())
        .collect();
    let measures = warm.measures(&counted);
    assert_eq!(measures.get("customers"), Some(late.len() as f64));
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    let found = measures.get("mean_wait").expect("some");
    assert!((found - mean).abs() < 1e-9, "{found} {mean}");
    let never = Queue { warm_up: Span::MAX, ..queue };
    let measures = never.measures(&run(&never, plain(1)));
    assert_eq!(measures.get("customers"), Some(0.0));
    assert_eq!(measures.get("utilization"), None);
}

/// Latency moves everybody alike: who waits, and for how long, does not change.
#[test]
fn a_fixed_latency_moves_the_day_alone() {
    let queue = Queue { servers: 2, customers: 500, load: 0.9, ..Queue::default() };
    let waits = |latency: Latency| {
        let run = run(&queue, Config::new(7).latency(latency));
        queue.series(&run)[0].values.clone()
    };
    assert_eq!(waits(Latency::ZERO), waits(Latency::Fixed(Span::from_secs(3))));
}

/// With more servers, the same customers want the same.
#[test]
fn scenarios_have_their_customers_in_common() {
    let of = |servers, load| {
        let queue = Queue { servers, load, customers: 100, ..Queue::default() };
        let visits = run(&queue, plain(3)).result;
        let served = |visit: &Visit| visit.left.zip(visit.began).map(|(left, began)| left - began);
        visits.iter().map(served).collect::<Vec<_>>()
    };
    assert_eq!(of(1, 0.5), of(2, 0.9));
}

/// Without a horizon a day ends with its customers; with one, averages over time go up to it.
#[test]
fn a_horizon_is_the_end_of_all_averages() {
    let queue = Queue { customers: 3, ..Queue::default() };
    let hour = VirtualTime::from_secs(3_600);
    let run = run(&queue, plain(5).horizon(hour));
    assert_eq!(run.virtual_time, hour);
    let total = |spans: fn(&Visit) -> Option<Span>| -> f64 {
        run.result.iter().filter_map(spans).map(Span::as_secs_f64).sum()
    };
    let measures = queue.measures(&run);
    let near = |name: &str, expected: f64| {
        let found = measures.get(name).expect(name);
        assert!((found - expected).abs() < 1e-12, "{name}: {found}, not {expected}");
    };
    let (waited, stayed) = (total(Visit::wait), total(Visit::time_in_system));
    near("utilization", (stayed - waited) / 3_600.0);
    near("mean_queue_length", waited / 3_600.0);
    near("mean_number_in_system", stayed / 3_600.0);
    let nobody = Queue { customers: 0, ..queue };
    let measures = nobody.measures(&nobody.run(plain(5).horizon(hour)).expect("no errors"));
    assert_eq!(measures.get("utilization"), Some(0.0));
}

#[test]
fn a_dead_server_keeps_its_customer() {
    let plan: FaultPlan = "crash queue/server[0] at 10s".parse().expect("a plan");
    let queue = Queue { customers: 50, ..Queue::default() };
    let run = run(&queue, plain(5).faults(plan));
    let served = |visit: &&Visit| visit.left.is_some();
    let gone = run.result.iter().filter(served).count();
    assert!((1..50).contains(&gone), "{gone}");
    assert_eq!(run.result.len(), 50, "they come all the same");
    let utilization = queue.measures(&run).get("utilization").expect("time passed");
    assert!(utilization <= 1.0, "{utilization}");
}

fn laws() -> impl Strategy<Value = ServiceLaw> {
    prop_oneof![
        Just(ServiceLaw::Exponential),
        Just(ServiceLaw::Fixed),
        Just(ServiceLaw::Uniform),
        (1..9_u32).prop_map(ServiceLaw::Erlang),
    ]
}

/// Random queues, with any latency.
fn queues() -> impl Strategy<Value = (Queue, Config)> {
    let queue = (1..6_u32, 0.05..2.0_f64, laws(), 0..60_u32, 0..40_000_u64);
    let queue = queue.prop_map(|(servers, load, service_law, customers, warm_up)| Queue {
        servers,
        load,
        service_law,
        customers,
        warm_up: Span::from_millis(warm_up),
        ..Queue::default()
    });
    let latency = prop_oneof![
        Just(Latency::ZERO),
        Just(DEFAULT_LATENCY),
        Just(Latency::Exponential { mean: Span::from_secs(1) }),
    ];
    (queue, latency, any::<u64>())
        .prop_map(|(queue, latency, seed)| (queue, Config::new(seed).latency(latency)))
}

proptest! {
    /// Nobody is lost, nobody overtakes, nobody is served while all servers are busy, and
    /// nobody waits while one is free.
    #[test]
    fn customers_are_conserved((queue, config) in queues()) {
        let run = run(&queue, config);
        let visits = &run.result;
        prop_assert_eq!(visits.len(), queue.customers as usize);
        prop_assert!(visits.is_sorted_by_key(|visit| visit.arrived));
        prop_assert!(visits.is_sorted_by_key(|visit| visit.began));
        for (number, visit) in visits.iter().enumerate() {
            let began = visit.began.expect("everyone is served");
            let others = visits[..number].iter();
            let busy = others.filter(|other| other.left.expect("everyone leaves") > began).count();
            prop_assert!(busy < queue.servers as usize, "{number}");
            if began > visit.arrived {
                let until = began.as_nanos() - 1;
                let others = visits[..number].iter().filter(|other| {
                    other.left.expect("everyone leaves").as_nanos() > until
                        && other.began.expect("everyone is served").as_nanos() <= until
                });
                prop_assert_eq!(others.count(), queue.servers as usize, "{}", number);
            }
        }
    }

    /// What is measured of the books is what is seen on the way.
    #[test]
    fn averages_over_time_are_those_of_the_clock((queue, config) in queues()) {
        let mut simulation = Simulation::new(config);
        let handles = queue.start(&mut simulation);
        let warm = VirtualTime::ZERO + queue.warm_up;
        let (mut busy, mut waiting, mut span) = (0_u128, 0_u128, 0_u128);
        loop {
            let before = (simulation.now(), queue.collect(&simulation, &handles));
            if before.1.len() == queue.customers as usize && queue.customers > 0
                || !simulation.step().expect("no errors")
            {
                break;
            }
            let passed = simulation.now().checked_since(before.0.max(warm)).unwrap_or_default();
            let passed = u128::from(passed.as_nanos());
            let serving = before.1.iter().filter(|v| v.began.is_some() && v.left.is_none()).count();
            let in_line = before.1.iter().filter(|v| v.began.is_none()).count();
            busy += passed * serving as u128;
            waiting += passed * in_line as u128;
            span += passed;
        }
        simulation.run().expect("no errors");
        let run = Run::of(&simulation, queue.collect(&simulation, &handles));
        let measures = queue.measures(&run);
        let per = |sum: u128, of: u128| (of > 0).then(|| sum as f64 / of as f64);
        prop_assert_eq!(measures.get("mean_queue_length"), per(waiting, span));
        let utilization = per(busy, span * u128::from(queue.servers));
        prop_assert_eq!(measures.get("utilization"), utilization);
    }

    #[test]
    fn laws_print_as_they_are_read(law in laws()) {
        prop_assert_eq!(law.to_string().parse::<ServiceLaw>().expect("it was printed"), law);
    }
}
