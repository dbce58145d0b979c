//! The model; `main.rs` gives it random draws, the tests give it recorded ones.

use flagfall::prelude::*;
use flagfall::process::{Either, either};
use std::fmt;
use std::rc::Rc;

/// What is drawn, and by whom.
pub(crate) trait Draws {
    fn gaps(&self, door: &Process) -> Box<dyn Iterator<Item = Span>>;
    fn patience(&self, customer: &Process, number: u32) -> Span;
    fn service(&self, customer: &Process, number: u32) -> Span;
}

/// What happens to a customer.
pub(crate) enum Event {
    Arrived,
    Served { waited: Span },
    Reneged { waited: Span },
    Finished,
}

pub(crate) struct Bank {
    pub(crate) customers: u32,
    pub(crate) counters: Resource,
    pub(crate) draws: Box<dyn Draws>,
    /// Is told when what happens to which customer.
    pub(crate) log: Box<dyn Fn(VirtualTime, u32, Event)>,
}

pub(crate) fn open(simulation: &mut Simulation, bank: Bank) {
    let bank = Rc::new(bank);
    simulation.process("door", |p| door(p, bank));
}

/// Lets customers in, one after the other.
async fn door(p: Process, bank: Rc<Bank>) {
    for (number, gap) in (0..bank.customers).zip(bank.draws.gaps(&p)) {
        let bank = Rc::clone(&bank);
        // Apart: customers stay when the door has closed.
        p.process_apart(("customer", number), move |p| customer(p, bank, number));
        p.sleep(gap).await;
    }
}

/// Arrives, waits for a counter as long as her patience lasts, is served.
async fn customer(p: Process, bank: Rc<Bank>, number: u32) {
    let log = |event| (bank.log)(p.now(), number, event);
    let arrived = p.now();
    log(Event::Arrived);
    let mut turn = bank.counters.acquire(&p);
    let patience = p.sleep(bank.draws.patience(&p, number));
    let first = either(&mut turn, patience).await;
    // Not needed in a model of one's own, where `p.timeout(patience, turn)` is
    // enough. SimPy's `turn | patience` wakes one step after the first of the
    // two. Whose turn comes before that step is served although her patience
    // is over; who is given a counter in that step, and would hear of it
    // later, leaves.
    let mut step = p.pass();
    let counter = match first {
        Either::First(counter) => {
            step.await;
            Some(counter)
        }
        Either::Second(()) => match either(&mut step, &mut turn).await {
            Either::First(()) => None,
            Either::Second(counter) => {
                step.await;
                Some(counter)
            }
        },
    };
    let waited = p.now() - arrived;
    match counter {
        Some(counter) => {
            log(Event::Served { waited });
            p.sleep(bank.draws.service(&p, number)).await;
            log(Event::Finished);
            drop(counter);
        }
        // Dropping `turn` leaves the line.
        None => log(Event::Reneged { waited }),
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrived => f.write_str("here I am"),
            Self::Served { waited } => write!(f, "waited {:.3}", waited.as_secs_f64()),
            Self::Reneged { waited } => write!(f, "RENEGED after {:.3}", waited.as_secs_f64()),
            Self::Finished => f.write_str("finished"),
        }
    }
}
