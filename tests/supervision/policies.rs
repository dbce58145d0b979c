//! Which ends a policy survives, and how often.

use super::{Do, Hires, Node, count, family, fates, send_at, simulation};
use crate::engine::secs;
use flagfall::{ActorRef, ErrorKind, Outcome, Restart, Simulation, Span, VirtualTime};
use std::rc::Rc;

/// Which ends a policy survives.
fn check_policy(policy: Restart, survives: [bool; 4]) {
    type End = fn(&mut Simulation, &ActorRef<Do>);
    let ends: [(End, bool); 4] = [
        (|simulation, node| simulation.send(node, Do::Fail), survives[0]),
        (|simulation, node| simulation.kill_at(simulation.now(), node).unwrap(), survives[1]),
        (|simulation, node| simulation.send(node, Do::Stop), survives[2]),
        (|simulation, node| simulation.dismiss_at(simulation.now(), node).unwrap(), survives[3]),
    ];
    for (number, (end, survives)) in ends.into_iter().enumerate() {
        let mut simulation = simulation(0);
        let node = simulation.spawn_supervised("node", policy, Node::default);
        simulation.send(&node, Do::Count);
        end(&mut simulation, &node);
        assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
        assert_eq!(simulation.is_alive(node.id()), survives, "{policy:?}, end {number}");
        assert_eq!(simulation.live_actors(), u64::from(survives));
        assert_eq!(simulation.restarts(node.id()), survives.then_some(1));
        simulation.send(&node, Do::Count);
        simulation.run().unwrap();
        assert_eq!(count(&simulation, &node), survives.then_some(1), "a new state, the same name");
        assert_eq!(simulation.counts().undeliverable, u64::from(!survives));
    }
}

#[test]
fn each_policy_survives_what_it_says() {
    //                                     fail   kill   stop   dismiss
    check_policy(Restart::never(), [false, false, false, false]);
    check_policy(Restart::on_failure(), [true, false, false, false]);
    check_policy(Restart::always(), [true, true, true, false]);
}

#[test]
fn the_bound_is_exact_at_its_edge() {
    let check = |millis: &[u64], nanos: u64, survives: bool| {
        let mut simulation = simulation(0);
        let policy = Restart::on_failure().at_most(2, secs(60));
        let node = simulation.spawn_supervised("node", policy, Node::default);
        for millis in millis {
            send_at(&mut simulation, *millis, &node, Do::Fail);
        }
        simulation.send_at(VirtualTime::from_nanos(nanos), &node, Do::Fail).unwrap();
        simulation.run().unwrap();
        assert_eq!(simulation.is_alive(node.id()), survives, "{millis:?} {nanos}");
    };
    check(&[10_000], 10_000_000_000, true);
    check(&[10_000, 10_000], 10_000_000_000, false);
    check(&[10_000, 30_000], 69_999_999_999, false);
    check(&[10_000, 30_000], 70_000_000_000, true);
    // The window slides; it does not begin anew.
    check(&[10_000, 30_000, 70_000], 89_999_999_999, false);
    check(&[10_000, 30_000, 70_000], 90_000_000_000, true);
}

#[test]
fn no_restart_at_all_is_a_bound_too() {
    let mut simulation = simulation(10);
    let fates = fates(&mut simulation);
    let (_, children) =
        family(&mut simulation, &[("a", Restart::always().at_most(0, Span::from_nanos(1)))]);
    simulation.send(&children[0], Do::Fail);
    simulation.run().unwrap();
    let expected = ["0s boss/a died: failed", "0.01s boss died: a child failed too often"];
    assert_eq!(fates.take()[..2], expected);
}

#[test]
fn a_bound_over_no_time_is_refused() {
    let mut simulation = simulation(0);
    let policy = Restart::always().at_most(3, Span::ZERO);
    let (_, error) = crate::panics::place_of_panic(|| {
        simulation.spawn_supervised("node", policy, Node::default);
    });
    assert!(error.starts_with("the restart limit of node has a span of zero"), "{error}");
    assert!(error.contains("give Restart::at_most a longer span"), "{error}");
    let (_, kind) = {
        let mut simulation = self::simulation(0);
        let hires: Hires = Rc::new(vec![("a", policy)]);
        let boss = simulation.spawn("boss", Node { hires, ..Node::default() });
        simulation.send(&boss, Do::Hire);
        (boss, simulation.run().unwrap_err().kind)
    };
    assert_eq!(kind, ErrorKind::EmptyRestartSpan { name: "a".into() });
}

#[test]
fn kills_and_dismissals_from_within() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let other = simulation.spawn("other", Node::default());
    simulation.send(&other, Do::Kill(*node));
    simulation.run().unwrap();
    assert_eq!(simulation.restarts(node.id()), Some(1));
    simulation.send(&other, Do::Dismiss(*node));
    simulation.run().unwrap();
    assert_eq!((simulation.restarts(node.id()), simulation.live_actors()), (None, 1));
}
