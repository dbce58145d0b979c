//! Restarts.

use crate::engine::{at, secs};
use flagfall::{
    Actor, Config, Context, Latency, Message, ReplyTo, RequestError, Restart, Simulation, Span,
    VirtualTime,
};
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Debug, Message)]
enum Selfish {
    Begin,
    Ask(ReplyTo<u64>),
    Got(Result<u64, RequestError>),
}

struct Life {
    number: u32,
    log: Rc<RefCell<Vec<String>>>,
}
impl Actor for Life {
    type Message = Selfish;
    fn handle(&mut self, message: Selfish, context: &mut Context<'_, Selfish>) {
        self.log.borrow_mut().push(format!("{}: {message:?}", self.number));
        if let Selfish::Begin = message {
            let me = context.me();
            context.request(&me, Selfish::Ask, Selfish::Got);
            context.fail("x");
        }
    }
}

#[test]
fn what_a_life_asked_of_itself_does_not_reach_the_next() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let (shared, mut number) = (Rc::clone(&log), 0);
    let mut simulation = Simulation::new(Config::new(1));
    let life = simulation.spawn_supervised("life", Restart::on_failure(), move || {
        number += 1;
        Life { number, log: Rc::clone(&shared) }
    });
    simulation.send(&life, Selfish::Begin);
    simulation.run().expect("no errors");
    assert_eq!(*log.borrow(), ["1: Begin"]);
    assert_eq!(simulation.counts().pending(), 0);
}

struct Child(Rc<RefCell<Vec<u64>>>);
impl Actor for Child {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let drawn = context.stream("x").span(Span::ZERO..=Span::MAX).as_nanos();
        self.0.borrow_mut().push(drawn);
    }
}

struct Parent(Rc<RefCell<Vec<u64>>>);
impl Actor for Parent {
    type Message = bool;
    fn handle(&mut self, fails: bool, context: &mut Context<'_, bool>) {
        if fails {
            return context.fail("x");
        }
        let child = context.spawn("child", Child(Rc::clone(&self.0)));
        for millis in [100, 300, 700] {
            context.send_after(Span::from_millis(millis), &child, ());
        }
    }
}

/// News of a parent's end takes a second: its child lives on beside the child
/// of the next life, and of the one after that.
#[test]
fn two_children_of_one_path_never_share_a_stream() {
    let drawn = Rc::new(RefCell::new(Vec::new()));
    let shared = Rc::clone(&drawn);
    let mut simulation = Simulation::new(Config::new(1).latency(Latency::Fixed(secs(1))));
    let parent = simulation
        .spawn_supervised("parent", Restart::on_failure(), move || Parent(Rc::clone(&shared)));
    for (millis, fails) in [(0, false), (200, true), (250, false), (600, true)] {
        simulation.send_at(VirtualTime::from_nanos(millis * 1_000_000), &parent, fails).unwrap();
    }
    simulation.run().expect("no errors");
    // Drawn at 100, 300, 350, 550, 700 and 950 ms by the children of the first
    // (f) and the second (s) life: f f s s f s.
    let [f1, f2, s1, s2, f3, s3] = drawn.borrow()[..] else { panic!("{drawn:?}") };
    assert_eq!(([f1, f2], [s1, s2]), ([f3; 2], [s3; 2]));
    assert_ne!(f1, s1);
}

struct Frail;
impl Actor for Frail {
    type Message = bool;
    fn handle(&mut self, _: bool, context: &mut Context<'_, bool>) {
        context.fail("x");
    }
}

#[test]
fn the_dismissed_take_no_part_in_common_restarts() {
    let run = |has_dismissed: bool| {
        let policy = Restart::on_failure().together();
        let mut simulation = Simulation::new(Config::new(1));
        if has_dismissed {
            let first = simulation.spawn_supervised("first", policy, || Frail);
            simulation.dismiss_at(at(0), &first).unwrap();
            simulation.run().expect("no errors");
        }
        let before = simulation.events();
        let second = simulation.spawn_supervised("second", policy, || Frail);
        simulation.send(&second, true);
        simulation.run().expect("no errors");
        simulation.events() - before
    };
    assert_eq!(run(false), run(true));
}
