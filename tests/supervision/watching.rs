//! Who is told of deaths, and when.

use super::{Do, Node, family, send_at, simulation};
use crate::engine::{Log, at, secs};
use flagfall::{
    Actor, ActorRef, Context, DeathCause, DeathNotice, Restart, Simulation, VirtualTime,
};
use std::rc::Rc;

/// What a watcher is told of deaths, as (millis, path, cause, restarted).
fn told(simulation: &Simulation, watcher: &ActorRef<Do>) -> Vec<(u64, String, DeathCause, bool)> {
    let gone = &simulation.inspect::<Node>(watcher).unwrap().gone;
    let millis = |time: VirtualTime| time.as_nanos() / 1_000_000;
    let notice = |(time, notice): &(VirtualTime, DeathNotice)| {
        (millis(*time), notice.path.clone(), notice.cause, notice.restarted)
    };
    gone.iter().map(notice).collect()
}

#[test]
fn a_watcher_hears_of_each_death_after_the_latency() {
    let mut simulation = simulation(10);
    let policy = Restart::on_failure().at_most(1, secs(60));
    let (boss, children) = family(&mut simulation, &[("a", policy.or_stay_dead())]);
    let watcher = simulation.spawn("watcher", Node::default());
    simulation.send(&watcher, Do::Look(children[0]));
    simulation.send(&watcher, Do::Look(boss));
    send_at(&mut simulation, 900, &children[0], Do::Count);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_000, &children[0], Do::Fail);
    simulation.dismiss_at(at(3), &boss).unwrap();
    simulation.run().unwrap();
    let child = || "boss/a".to_owned();
    let expected = [
        (1_010, child(), DeathCause::Failed, true),
        (2_010, child(), DeathCause::Failed, false),
        (3_010, "boss".to_owned(), DeathCause::Killed, false),
    ];
    assert_eq!(told(&simulation, &watcher), expected);
    let first = &simulation[&watcher].gone[0].1;
    assert_eq!((first.reason.as_str(), first.when), ("after 1", Some(at(1))));
    assert_eq!(first.who, children[0].id());
    let last = &simulation[&watcher].gone[2].1;
    assert_eq!(last.reason, "");
}

#[test]
fn the_dead_give_notice_at_once() {
    let mut simulation = simulation(10);
    let [node, watcher] = ["node", "watcher"].map(|name| simulation.spawn(name, Node::default()));
    simulation.send(&node, Do::Stop);
    send_at(&mut simulation, 1_000, &watcher, Do::Look(*node));
    simulation.run().unwrap();
    let expected = [(1_010, "node".to_owned(), DeathCause::Finished, false)];
    assert_eq!(told(&simulation, &watcher), expected);
    let (_, notice) = &simulation[&watcher].gone[0];
    assert_eq!((notice.when, notice.reason.as_str()), (None, ""));
}

#[test]
fn who_looks_away_or_dies_is_told_nothing() {
    let mut simulation = simulation(10);
    let [node, watcher] = ["node", "watcher"].map(|name| simulation.spawn(name, Node::default()));
    let ward = simulation.spawn_supervised("ward", Restart::always(), Node::default);
    for watcher in [watcher, ward] {
        simulation.send(&watcher, Do::Look(*node));
    }
    send_at(&mut simulation, 1_000, &watcher, Do::LookAway);
    // Its watch ends with the life that began it.
    send_at(&mut simulation, 1_000, &ward, Do::Fail);
    send_at(&mut simulation, 2_000, &node, Do::Stop);
    let before = simulation.counts().undeliverable;
    simulation.run().unwrap();
    for watcher in [watcher, ward] {
        assert!(told(&simulation, &watcher).is_empty());
    }
    assert_eq!(simulation.counts().undeliverable, before);
}

#[test]
fn a_process_is_watched_like_an_actor() {
    let mut simulation = simulation(10);
    let process = simulation.process("process", async move |p| p.sleep(secs(5)).await);
    struct Watcher(Log<DeathCause>, flagfall::ProcessRef<(), ()>);
    impl Actor for Watcher {
        type Message = Option<DeathCause>;
        fn handle(&mut self, cause: Self::Message, context: &mut Context<'_, Self::Message>) {
            match cause {
                None => drop(context.watch(&self.1, |notice| Some(notice.cause))),
                Some(cause) => self.0.borrow_mut().push(cause),
            }
        }
    }
    let log = Log::default();
    let watcher = simulation.spawn("watcher", Watcher(Rc::clone(&log), process));
    simulation.send(&watcher, None);
    simulation.run().unwrap();
    assert_eq!(log.take(), [DeathCause::Finished]);
}
