//! Each rule, on few messages.

use super::{SECOND, Sink, Source, at, planned};
use crate::engine::Log;
use crate::network::arrivals;
use flagfall::{Latency, Simulation, Span};
use std::rc::Rc;

/// Which messages of one source arrived when, by how many were left, in
/// nanoseconds: it sends one a second, from three to one.
fn check(plan: &str, expected: &[(u32, &str)]) {
    let config = planned(plan).latency(Latency::Fixed(Span::from_millis(100)));
    let found: Vec<_> = arrivals(config, 1, 3, SECOND)
        .into_iter()
        .map(|(time, _, left)| (left, time.to_string()))
        .collect();
    let expected: Vec<_> =
        expected.iter().map(|(left, time)| (*left, (*time).to_owned())).collect();
    assert_eq!(found, expected, "{plan}");
}

#[test]
fn each_rule_does_what_it_says() {
    const ALL: [(u32, &str); 3] = [(3, "0.1s"), (2, "1.1s"), (1, "2.1s")];
    check("", &ALL);
    check("link source[0] -> sink latency 5ms", &[(3, "0.005s"), (2, "1.005s"), (1, "2.005s")]);
    check("link ** -> sink loss 1", &[]);
    check("link source[*] -> sink loss 1 from 1s to 2s", &[ALL[0], ALL[2]]);
    check("link source[0] -> sink loss 1 from 500ms", &ALL[..1]);
    check("partition source[0] | sink from 1s to 2s", &[ALL[0], ALL[2]]);
    check("partition nobody,sink | source[*],other from 0s to 2s", &ALL[2..]);
    check("link source[0] -> sink duplicate 1 from 0 to 1s", &[ALL[0], ALL[0], ALL[1], ALL[2]]);
    // What is about others is about nobody here.
    check("link sink -> source[0] loss 1\npartition sink | sink\nlink source -> sink loss 1", &ALL);
    check("partition source[0] | source[*]\nlink source[0] -> source[0] loss 1", &ALL);
    // The last rule that says something counts, part by part.
    check("link ** -> ** loss 1\nlink source[0] -> sink loss 0", &ALL);
    check("link source[0] -> sink loss 0\nlink ** -> ** loss 1", &[]);
    check("link source[0] -> sink loss 0\nlink ** -> ** latency 100ms", &ALL);
    check("link ** -> ** loss 1\nlink ** -> ** loss 0 from 1s to 2s", &ALL[1..2]);
}

#[test]
fn order_is_kept_when_a_link_becomes_faster() {
    check("link ** -> ** latency 1900ms from 0 to 1s", &[(3, "1.9s"), (2, "1.9s"), (1, "2.1s")]);
}

#[test]
fn a_link_of_limited_bandwidth_transmits_one_message_after_the_other() {
    // Two numbers of four bytes: at 3 B/s they take 2⅔ s, rounded up.
    check(
        "link ** -> ** bandwidth 3B/s",
        &[(3, "2.766666667s"), (2, "5.433333334s"), (1, "8.100000001s")],
    );
    check("link ** -> ** bandwidth 16B/s", &[(3, "0.6s"), (2, "1.6s"), (1, "2.6s")]);
    check("link ** -> ** bandwidth 1kB/s size 2kB", &[(3, "2.1s"), (2, "4.1s"), (1, "6.1s")]);
    // What is lost, or sent from when the limit is lifted on, waits its turn.
    check("link ** -> ** bandwidth 3B/s size 6B loss 1 from 0 to 1s", &[(2, "2.1s"), (1, "2.1s")]);
    // A copy is made on the way.
    check(
        "link ** -> ** bandwidth 4B/s size 6B duplicate 1 from 0 to 1s",
        &[(3, "1.6s"), (3, "1.6s"), (2, "1.6s"), (1, "2.1s")],
    );
}

#[test]
fn every_pair_has_a_link_of_its_own() {
    let config = planned("link source[*] -> sink bandwidth 8B/s");
    let times: Vec<_> = arrivals(config, 2, 2, Span::ZERO)
        .into_iter()
        .map(|(time, from, _)| (time.to_string(), from))
        .collect();
    let time = |text: &str, from| (text.to_owned(), from);
    assert_eq!(times, [time("1s", 0), time("1s", 1), time("2s", 0), time("2s", 1)]);
}

#[test]
fn a_transmission_past_the_end_of_time_ends_the_run() {
    let mut simulation =
        Simulation::new(planned("link ** -> ** bandwidth 1B/s size 18000000000GB"));
    let log = Log::default();
    let to = simulation.spawn("sink", Sink { log });
    let from = simulation.spawn("source", Source { to: *to });
    simulation.send(&from, 1);
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, flagfall::ErrorKind::TimeOverflow);
    assert_eq!(error.actor, "source");
}

#[test]
fn what_travels_by_no_link_is_never_lost() {
    let mut simulation = Simulation::new(planned(
        "link ** -> ** loss 1\npartition ** | **\nlink ** -> ** latency 9s",
    ));
    let log = Log::default();
    let to = simulation.spawn("sink", Sink { log: Rc::clone(&log) });
    let from = simulation.spawn("source", Source { to: *to });
    simulation.send(&from, 2);
    simulation.run().unwrap();
    assert_eq!(*log.borrow(), [(at("1s"), 102), (at("1s"), 103), (at("2s"), 104)]);
}
