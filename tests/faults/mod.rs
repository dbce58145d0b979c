//! Fault plans at work: each rule, what it must not touch, and the theory.

mod chance;
mod crashes;
mod requests;
mod rules;
mod slow;
mod streams;

use crate::engine::Log;
use flagfall::{Actor, ActorRef, Config, Context, Span, VirtualTime};

const SECOND: Span = Span::from_secs(1);

fn planned(plan: &str) -> Config {
    Config::new(5).faults(plan.parse().unwrap())
}

fn at(text: &str) -> VirtualTime {
    text.parse().unwrap()
}

/// Sends a number on.
struct Source {
    to: ActorRef<u32>,
}

impl Actor for Source {
    type Message = u32;
    fn handle(&mut self, message: u32, context: &mut Context<'_, u32>) {
        context.send(&self.to, message);
        // What travels by no link is not subject to a plan.
        context.send_after(SECOND, &self.to, message + 100);
        let me = context.me();
        if message < 3 {
            context.send(&me, message + 1);
        } else if message == 3 {
            context.schedule(SECOND, message + 1);
        }
    }
}

struct Sink {
    log: Log<(VirtualTime, u32)>,
}

impl Actor for Sink {
    type Message = u32;
    fn handle(&mut self, message: u32, context: &mut Context<'_, u32>) {
        self.log.borrow_mut().push((context.now(), message));
    }
}

/// Within four standard deviations of a binomial distribution.
fn assert_share(found: u64, of: u64, p: f64, what: &str) {
    let (expected, n) = (p * of as f64, of as f64);
    let tolerance = 4.0 * (n * p * (1.0 - p)).sqrt();
    assert!((found as f64 - expected).abs() <= tolerance, "{what}: {found} of {of}, not {p}");
}
