//! What one life leaves to the next, and what it does not.

use super::{Do, Node, count, family, fates, send_at, simulation};
use crate::engine::{at, secs};
use flagfall::{
    Config, DeathCause, EventListKind, Latency, Outcome, RequestError, Restart, Simulation, Span,
    SpawnOptions, VirtualTime,
};

#[test]
fn the_waiting_is_lost_and_the_hold_forgotten() {
    let mut simulation = simulation(0);
    let lost = fates(&mut simulation);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    simulation.send(&node, Do::Sleep(60));
    for _ in 0..3 {
        send_at(&mut simulation, 1_000, &node, Do::Count);
    }
    simulation.kill_at(at(2), &node).unwrap();
    send_at(&mut simulation, 3_000, &node, Do::Count);
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(simulation.now(), at(3));
    let counts = simulation.counts();
    assert_eq!((counts.handled, counts.undeliverable, counts.cancelled), (2, 3, 1));
    assert_eq!(count(&simulation, &node), Some(1));
    assert_eq!(lost.take(), ["2s node died: killed", "2s node restarted"]);
}

#[test]
fn what_arrives_during_the_startup_waits() {
    let mut simulation = simulation(0);
    let spawn = SpawnOptions::named("node").startup(secs(5));
    let node = simulation.spawn_supervised(spawn, Restart::always(), Node::default);
    send_at(&mut simulation, 6_000, &node, Do::Fail);
    send_at(&mut simulation, 7_000, &node, Do::Count);
    // A kill in the start-up begins another.
    simulation.kill_at(at(8), &node).unwrap();
    send_at(&mut simulation, 9_000, &node, Do::Count);
    simulation.run_until(VirtualTime::from_millis(12_999)).unwrap();
    assert_eq!(simulation.mailbox_length(&node), Some(1));
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!((simulation.now(), count(&simulation, &node)), (at(13), Some(1)));
    assert_eq!(simulation.restarts(node.id()), Some(2));
}

#[test]
fn what_an_incarnation_had_coming_does_not_reach_the_next() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let other = simulation.spawn("other", Node::default());
    simulation.send(&node, Do::Later(10));
    simulation.send(&node, Do::Ask { of: *other, wait: false });
    simulation.send(&node, Do::Ask { of: *other, wait: true });
    // The answer to the request is under way, the other never comes.
    send_at(&mut simulation, 15, &node, Do::Count);
    simulation.kill_at(VirtualTime::from_millis(15), &node).unwrap();
    send_at(&mut simulation, 1_000, &other, Do::Answer);
    send_at(&mut simulation, 2_000, &node, Do::Count);
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    let state = &simulation[&node];
    assert_eq!((state.count, state.told.len()), (1, 0), "neither timer nor answer");
    // In the mailbox, the answer, the timer, what was scheduled.
    assert_eq!(simulation.counts().undeliverable, 4);
    assert_eq!(simulation.pending_messages(), 0);
    assert!(simulation.unanswered().is_empty());
}

#[test]
fn a_gather_of_the_dead_is_given_up() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let other = simulation.spawn("other", Node::default());
    for second in 0..3 {
        send_at(&mut simulation, 1_000 * second, &node, Do::AskBoth(*other));
        simulation.kill_at(VirtualTime::from_millis(1_000 * second + 500), &node).unwrap();
    }
    send_at(&mut simulation, 5_000, &other, Do::Answer);
    send_at(&mut simulation, 6_000, &node, Do::AskBoth(*other));
    send_at(&mut simulation, 7_000, &other, Do::Answer);
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(simulation[&node].told, [Ok(7), Ok(7)]);
    assert_eq!(simulation.counts().undeliverable, 0);
}

#[test]
fn requests_fail_and_are_not_done_as_well() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let asker = simulation.spawn("asker", Node::default());
    simulation.send(&asker, Do::Ask { of: *node, wait: false });
    // The question is under way; so is a message without an asker.
    simulation.kill_at(VirtualTime::from_millis(5), &node).unwrap();
    send_at(&mut simulation, 1_000, &asker, Do::Ask { of: *node, wait: false });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    let failed = Err(RequestError { actor: "node".into(), cause: DeathCause::Killed });
    assert_eq!(simulation[&asker].told, [failed, Ok(1)]);
    assert_eq!(simulation.counts().undeliverable, 1);
}

#[test]
fn messages_under_way_reach_the_next_incarnation() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    simulation.send(&node, Do::SendSelf);
    simulation.kill_at(VirtualTime::from_millis(5), &node).unwrap();
    simulation.run().unwrap();
    assert_eq!(count(&simulation, &node), Some(1));
}

#[test]
fn each_incarnation_has_its_own_streams() {
    let drawn = |restarts: u64| {
        let mut simulation = simulation(0);
        let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
        for second in 0..restarts {
            simulation.kill_at(at(second), &node).unwrap();
        }
        send_at(&mut simulation, 10_000, &node, Do::Draw);
        simulation.run().unwrap();
        simulation[&node].drawn.clone()
    };
    assert_ne!(drawn(0), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    assert_eq!(drawn(2), drawn(2));
    // As if another actor of that path had come after it.
    let mut simulation = simulation(0);
    let first = simulation.spawn("node", Node::default());
    simulation.send(&first, Do::Stop);
    simulation.run().unwrap();
    let second = simulation.spawn("node", Node::default());
    simulation.send(&second, Do::Draw);
    simulation.run().unwrap();
    assert_eq!(simulation[&second].drawn, drawn(1));
}

#[test]
fn children_of_a_lost_life_free_their_names_at_once() {
    let mut simulation = simulation(10);
    let fates = fates(&mut simulation);
    let (boss, old) = family(&mut simulation, &[("a", Restart::always())]);
    simulation.kill_at(at(1), &boss).unwrap();
    // Before the news has reached the old child.
    send_at(&mut simulation, 1_001, &boss, Do::Hire);
    // Its supervisor is gone: nothing brings it back.
    send_at(&mut simulation, 1_002, &old[0], Do::Fail);
    simulation.run_until(VirtualTime::from_millis(1_001)).unwrap();
    let new = simulation.find::<Do>("boss/a").unwrap();
    assert_ne!(new, old[0]);
    simulation.run().unwrap();
    assert!(simulation.is_alive(new.id()) && !simulation.is_alive(old[0].id()));
    assert_eq!(
        fates.take(),
        ["1s boss died: killed", "1s boss restarted", "1.002s boss/a died: failed"]
    );
}

#[test]
fn both_event_lists_restart_alike() {
    let run = |list: EventListKind| {
        let latency = Latency::Uniform { low: Span::ZERO, high: Span::from_millis(3) };
        let config = Config::new(1).latency(latency).event_list(list);
        let mut simulation = Simulation::new(config);
        let all = Restart::always().at_most(5, secs(1)).together();
        let (boss, children) = family(&mut simulation, &[("a", all), ("b", all), ("c", all)]);
        for number in 0..200_u64 {
            let child = &children[number as usize % 3];
            send_at(&mut simulation, 7 * number, child, Do::Later(1));
            if number % 11 == 0 {
                send_at(&mut simulation, 7 * number, child, Do::Fail);
            }
            if number % 70 == 0 {
                send_at(&mut simulation, 7 * number, &boss, Do::Hire);
            }
        }
        let outcome = simulation.run();
        (simulation.digest(), simulation.events(), outcome.map_err(|error| error.to_string()))
    };
    assert_eq!(run(EventListKind::Ladder), run(EventListKind::PriorityQueue));
}
