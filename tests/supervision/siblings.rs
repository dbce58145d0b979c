//! Restarts together with siblings.

use super::{Do, Node, count, family, fates, send_at, simulation};
use crate::engine::secs;
use flagfall::Restart;

#[test]
fn one_for_one_and_all_for_one() {
    let one = Restart::on_failure();
    let all = one.together();
    let mut simulation = simulation(10);
    let hires =
        [("a", all), ("b", all), ("c", one), ("d", all), ("e", Restart::never().together())];
    let (_, children) = family(&mut simulation, &hires);
    for child in &children {
        simulation.send(child, Do::Count);
    }
    let fates = fates(&mut simulation);
    send_at(&mut simulation, 1_000, &children[2], Do::Fail);
    send_at(&mut simulation, 2_000, &children[1], Do::Fail);
    simulation.run().unwrap();
    let expected = [
        "1s boss/c died: failed",
        "1s boss/c restarted",
        "2s boss/b died: failed",
        "2s boss/b restarted",
        "2.01s boss/a died: restarted with a sibling",
        "2.01s boss/a restarted",
        "2.01s boss/d died: restarted with a sibling",
        "2.01s boss/d restarted",
    ];
    assert_eq!(fates.take(), expected);
    let counts: Vec<_> = children.iter().map(|child| count(&simulation, child)).collect();
    assert_eq!(counts, [Some(0), Some(0), Some(0), Some(0), Some(1)]);
}

#[test]
fn siblings_that_fail_at_once_restart_once() {
    let mut simulation = simulation(10);
    let all = Restart::on_failure().at_most(1, secs(1)).together();
    let (_, children) = family(&mut simulation, &[("a", all), ("b", all)]);
    for child in &children {
        send_at(&mut simulation, 1_000, child, Do::Fail);
    }
    simulation.run().unwrap();
    let restarts: Vec<_> = children.iter().map(|child| simulation.restarts(child.id())).collect();
    assert_eq!(restarts, [Some(1), Some(1)]);
}

#[test]
fn restarts_with_siblings_count_under_each_bound() {
    let mut simulation = simulation(10);
    let all = Restart::on_failure().together();
    let hires = [("a", all), ("b", all.at_most(1, secs(60)))];
    let (boss, children) = family(&mut simulation, &hires);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_000, &children[0], Do::Fail);
    simulation.run().unwrap();
    assert_eq!(simulation.restarts(boss.id()), Some(1), "the second was one too many for b");
}

#[test]
fn actors_that_nobody_owns_are_siblings() {
    let mut simulation = simulation(10);
    let all = Restart::on_failure().together();
    let [a, b] = ["a", "b"].map(|name| simulation.spawn_supervised(name, all, Node::default));
    simulation.send(&b, Do::Count);
    simulation.send(&a, Do::Fail);
    simulation.run().unwrap();
    assert_eq!((simulation.restarts(b.id()), count(&simulation, &b)), (Some(1), Some(0)));
}
