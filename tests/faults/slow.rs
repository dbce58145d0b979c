//! Slow actors.

use super::{SECOND, at, planned};
use crate::engine::Log;
use flagfall::{Actor, Context, Simulation, Span};
use std::rc::Rc;

struct Worker {
    done: Log<String>,
}

impl Actor for Worker {
    type Message = bool;
    fn handle(&mut self, begin: bool, context: &mut Context<'_, bool>) {
        if begin {
            context.hold(Span::from_secs(4), false);
        } else {
            self.done.borrow_mut().push(format!("{} {}", context.path(), context.now()));
            context.rest(SECOND);
        }
    }
}

#[test]
fn slow_actors_hold_and_rest_for_longer() {
    let done = Log::default();
    let mut simulation = Simulation::new(planned("slow taxi[3] by 2.5 from 10s to 20s"));
    for number in [2, 3] {
        let worker = simulation.spawn(("taxi", number), Worker { done: Rc::clone(&done) });
        simulation.send(&worker, true);
        simulation.send_at(at("8s"), &worker, true).unwrap();
        simulation.send_at(at("8s"), &worker, true).unwrap();
    }
    simulation.run().unwrap();
    let expected =
        ["taxi[2] 4s", "taxi[3] 4s", "taxi[2] 12s", "taxi[3] 15s", "taxi[2] 17s", "taxi[3] 23s"];
    let mut done = done.take();
    done.sort_by_key(|line| line.split(' ').nth(1).unwrap().parse::<Span>().unwrap());
    assert_eq!(done, expected);
    assert_eq!(simulation.now(), at("24s"));
}
