//! Long runs beside the closed forms: Erlang's C formula, and Pollaczek and Khinchine's.

use super::plain;
use flagfall::model::{Measured, Model};
use flagfall::statistics::{Interval, Tally};
use flagfall::{Measures, Span};
use flagfall_cli::models::queue::{Queue, ServiceLaw};

/// The chance that all servers of M/M/c are busy (A. K. Erlang, 1917), by the recurrence of
/// the loss formula.
fn erlang_c(servers: u32, load: f64) -> f64 {
    let offered = load * f64::from(servers);
    let loss = (1..=servers).map(f64::from).fold(1.0, |loss, server| {
        let part = offered * loss;
        part / (server + part)
    });
    loss / (1.0 - load * (1.0 - loss))
}

/// The mean wait in steady state, in services.
fn expected_wait(queue: &Queue) -> f64 {
    let Queue { servers, load, service_law, .. } = *queue;
    if servers == 1 {
        // Pollaczek, Khinchine.
        load / (1.0 - load) * (1.0 + service_law.squared_variation()) / 2.0
    } else {
        assert_eq!(service_law, ServiceLaw::Exponential, "there is no closed form");
        erlang_c(servers, load) / (f64::from(servers) * (1.0 - load))
    }
}

/// The measures of replications, each of them held to its truth within five standard
/// errors.
fn check(servers: u32, load: f64, service_law: ServiceLaw) {
    let service = Span::from_secs(2);
    let warm_up = Span::from_secs(500);
    let queue = Queue { servers, load, service, service_law, customers: 6_000, warm_up };
    let runs: Vec<Measures> = (0..20)
        .map(|replication| {
            let run = queue.run(plain(11).replication(replication)).expect("no errors");
            queue.measures(&run)
        })
        .collect();
    let wait = 2.0 * expected_wait(&queue);
    let busy = load * f64::from(servers);
    // Little: numbers are rates times spans.
    let rate = busy / 2.0;
    let mut truths = vec![
        ("mean_wait", wait),
        ("mean_time_in_system", wait + 2.0),
        ("utilization", load),
        ("mean_queue_length", rate * wait),
        ("mean_number_in_system", rate * wait + busy),
    ];
    if service_law == ServiceLaw::Exponential || servers == 1 {
        truths.push(("waited_share", if servers == 1 { load } else { erlang_c(servers, load) }));
    }
    for (name, truth) in truths {
        let found: Vec<f64> =
            runs.iter().map(|run| run.get(name).expect("customers came")).collect();
        let tally = Tally::of(&found).expect("numbers");
        let interval = Interval::of(&tally, 0.95).expect("twenty of them");
        // Half a width is 2.09 standard errors.
        let error = (interval.mean - truth).abs() / interval.half_width * 2.09;
        assert!(
            error < 5.0,
            "{servers} servers, {load}, {service_law}: {name} {interval}, {truth}"
        );
        // And the run is long enough for the comparison to say something.
        assert!(interval.half_width < 0.12 * truth, "{name} {interval}, {truth}");
    }
}

#[test]
fn one_server() {
    check(1, 0.7, ServiceLaw::Exponential);
    check(1, 0.7, ServiceLaw::Fixed);
    check(1, 0.7, ServiceLaw::Erlang(4));
    check(1, 0.7, ServiceLaw::Uniform);
}

#[test]
fn several_servers() {
    check(2, 0.7, ServiceLaw::Exponential);
    check(5, 0.75, ServiceLaw::Exponential);
}

#[test]
fn the_formulas_agree_where_both_hold() {
    for load in [0.1, 0.5, 0.9] {
        assert!((erlang_c(1, load) - load).abs() < 1e-12);
    }
    // Kleinrock's table of M/M/2: C = 2 load^2 / (1 + load).
    assert!((erlang_c(2, 0.6) - 2.0 * 0.36 / 1.6).abs() < 1e-12);
}
