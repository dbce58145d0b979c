//! The model; `main.rs` gives it random draws, the tests give it recorded ones.

use flagfall::prelude::*;
use flagfall::resource::Claim;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

/// What is drawn, and by whom.
pub(crate) trait Draws {
    /// How long the parts of a machine take.
    fn parts(&self, machine: &Process, number: u32) -> Box<dyn Iterator<Item = Span>>;
    /// How long it is from one failure of a machine to the next.
    fn failures(&self, fate: &Process, number: u32) -> Box<dyn Iterator<Item = Span>>;
}

/// What happens to a machine, or to the repairman's other jobs.
pub(crate) enum Event {
    Part { machine: u32, count: u64 },
    Broken { machine: u32, left: Span },
    FailureIgnored { machine: u32 },
    Repair { machine: u32 },
    Repaired { machine: u32 },
    JobBegun { left: Span },
    JobPreempted { left: Span, by: String },
    JobDone { count: u64 },
}

pub(crate) struct Shop {
    pub(crate) machines: u32,
    pub(crate) repairman: Resource,
    pub(crate) repair: Span,
    pub(crate) job: Span,
    pub(crate) draws: Box<dyn Draws>,
    /// Is told when what happens.
    pub(crate) log: Box<dyn Fn(VirtualTime, Event)>,
}

/// What a machine and its fate both know.
type Broken = Rc<Cell<bool>>;

pub(crate) fn open(simulation: &mut Simulation, shop: Shop) {
    let shop = Rc::new(shop);
    for number in 0..shop.machines {
        let broken = Broken::default();
        let (shared, state) = (Rc::clone(&shop), Rc::clone(&broken));
        let machine =
            simulation.process(("machine", number), move |p| work(p, shared, number, state));
        let shared = Rc::clone(&shop);
        simulation.process(("fate", number), move |p| fate(p, shared, number, broken, machine));
    }
    simulation.process("jobs", |p| jobs(p, shop));
}

/// Makes parts. A failure interrupts; after the repair the part is finished.
async fn work(p: Process, shop: Rc<Shop>, machine: u32, broken: Broken) {
    let log = |event| (shop.log)(p.now(), event);
    for (count, part) in (1..).zip(shop.draws.parts(&p, machine)) {
        let mut left = part;
        while !left.is_zero() {
            let since = p.now();
            if p.interruptible(p.sleep(left)).await.is_ok() {
                break;
            }
            broken.set(true);
            left -= p.now() - since;
            log(Event::Broken { machine, left });
            // Takes the repairman away from his other jobs.
            let urgent = Claim::new().priority(1).preempting();
            let repairman = shop.repairman.acquire_as(&p, urgent).await;
            log(Event::Repair { machine });
            p.sleep(shop.repair).await;
            drop(repairman);
            broken.set(false);
            log(Event::Repaired { machine });
        }
        log(Event::Part { machine, count });
    }
}

/// Breaks a machine now and then.
async fn fate(
    p: Process,
    shop: Rc<Shop>,
    number: u32,
    broken: Broken,
    machine: ProcessRef<(), ()>,
) {
    for gap in shop.draws.failures(&p, number) {
        p.sleep(gap).await;
        if broken.get() {
            (shop.log)(p.now(), Event::FailureIgnored { machine: number });
        } else {
            p.interrupt(&machine, ());
        }
    }
}

/// What the repairman does while no machine is broken, a job at a time.
async fn jobs(p: Process, shop: Rc<Shop>) {
    let log = |event| (shop.log)(p.now(), event);
    for count in 1.. {
        let mut left = shop.job;
        while !left.is_zero() {
            let patient = Claim::new().priority(2).yielding();
            let repairman = shop.repairman.acquire_as(&p, patient).await;
            log(Event::JobBegun { left });
            left = match repairman.work(&p, left).await {
                Ok(()) => Span::ZERO,
                Err(unfinished) => {
                    let (left, by) = (unfinished.remaining, unfinished.preempted.by);
                    log(Event::JobPreempted { left, by });
                    left
                }
            };
        }
        log(Event::JobDone { count });
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part { machine, count } => write!(f, "machine {machine} has made part {count}"),
            Self::Broken { machine, left } => write!(f, "machine {machine} breaks, {left} to do"),
            Self::FailureIgnored { machine } => write!(f, "machine {machine} is broken anyway"),
            Self::Repair { machine } => write!(f, "machine {machine} is being repaired"),
            Self::Repaired { machine } => write!(f, "machine {machine} works again"),
            Self::JobBegun { left } => write!(f, "the repairman begins a job of {left}"),
            Self::JobPreempted { left, by } => {
                write!(f, "the repairman leaves for {by}, {left} to do")
            }
            Self::JobDone { count } => write!(f, "the repairman has done job {count}"),
        }
    }
}
