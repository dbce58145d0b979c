//! The workloads on desim: a coroutine per actor.
//!
//! A process that sends a message and goes on needs two events, one for the
//! receiver and one for itself: that is what desim's `Push` to a store on which
//! the receiver waits does. A receiver that is awake already finds further
//! messages in its inbox without an event.

mod processes;

use crate::workload::{self, Finished, Gradient, Kind};
use desim::resources::SimpleStore;
use desim::{Effect, ProcessId, SimContext, SimState, Simulation, StoreId};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

pub(super) fn run(kind: Kind) -> Finished {
    match kind {
        Kind::Phold { processes, each } => phold(processes, each),
        Kind::Hold { .. } => panic!("flagfall runs it alone"),
        Kind::Mm1 => mm1(),
        Kind::Ring { delayed } => ring(delayed),
        Kind::Timeouts | Kind::Reneging | Kind::Repair => {
            panic!("desim cannot take a scheduled event back")
        }
        Kind::Taxi { fleet } => taxi(fleet),
        Kind::Params => params(),
        Kind::Mm1Processes => processes::mm1(),
        Kind::Store => processes::store(),
        Kind::Sleepers => processes::sleepers(),
        Kind::Spawn => processes::spawn(),
    }
}

/// An effect with a number that travels along. desim's own `Effect` would do
/// without the number, but logs every event.
#[derive(Clone, Copy)]
struct Step {
    effect: Effect,
    number: u64,
}

impl SimState for Step {
    fn get_effect(&self) -> Effect {
        self.effect
    }
    fn set_effect(&mut self, effect: Effect) {
        self.effect = effect;
    }
    fn should_log(&self) -> bool {
        false
    }
}

fn step(effect: Effect) -> Step {
    Step { effect, number: 0 }
}

/// Runs until all units are counted; how long that took.
fn timed(simulation: &mut Simulation<Step>) -> f64 {
    let start = Instant::now();
    while workload::left() > 0 {
        simulation.step();
    }
    start.elapsed().as_secs_f64()
}

fn start(simulation: &mut Simulation<Step>, process: ProcessId) {
    simulation.schedule_event(0.0, process, step(Effect::Wait));
}

/// Messages that wait for a process, and the store on which it waits for them.
struct Inbox<T> {
    messages: RefCell<VecDeque<T>>,
    asleep: Cell<bool>,
    store: StoreId,
}

impl<T> Inbox<T> {
    fn new(simulation: &mut Simulation<Step>) -> Rc<Self> {
        let store = simulation.create_store(Box::new(SimpleStore::new(1)));
        let messages = RefCell::new(VecDeque::new());
        Rc::new(Self { messages, asleep: Cell::new(false), store })
    }

    /// Puts a message in; the effect to yield if the receiver must be woken.
    fn send(&self, message: T) -> Option<Step> {
        self.messages.borrow_mut().push_back(message);
        self.asleep.replace(false).then(|| step(Effect::Push(self.store)))
    }

    fn take(&self) -> Option<T> {
        self.messages.borrow_mut().pop_front()
    }

    /// The effect to yield when nothing is left to take.
    fn wait(&self) -> Step {
        self.asleep.set(true);
        step(Effect::Pull(self.store))
    }
}

// --- PHOLD -----------------------------------------------------------------

fn phold(processes: usize, each: usize) -> Finished {
    let mut simulation = Simulation::new();
    for _ in 0..processes {
        let mut handled = 0_u64;
        simulation.create_process(Box::new(
            #[coroutine]
            move |mut context: SimContext<Step>| {
                loop {
                    handled += 1;
                    if !workload::counted() {
                        break;
                    }
                    let time = workload::hold();
                    let process = workload::below(processes);
                    let number = context.state().number;
                    context = yield Step { effect: Effect::Event { time, process }, number };
                }
                std::hint::black_box(handled);
            },
        ));
    }
    for process in 0..processes {
        for event in 0..each {
            let number = (process * each + event) as u64;
            simulation.schedule_event(0.0, process, Step { effect: Effect::Wait, number });
        }
    }
    let seconds = timed(&mut simulation);
    Finished { seconds, value: simulation.time() }
}

// --- M/M/1 -----------------------------------------------------------------

fn mm1() -> Finished {
    let mut simulation = Simulation::new();
    let inbox = Inbox::new(&mut simulation);
    let served = Rc::new(Cell::new((0_u64, 0.0)));
    let server = {
        let (inbox, served) = (Rc::clone(&inbox), Rc::clone(&served));
        simulation.create_process(Box::new(
            #[coroutine]
            move |mut context: SimContext<Step>| {
                loop {
                    while let Some(arrived) = inbox.take() {
                        let waited = context.time() - arrived;
                        let service = workload::SERVICE * workload::exponential();
                        context = yield step(Effect::TimeOut(service));
                        let (customers, sum) = served.get();
                        served.set((customers + 1, sum + waited));
                        workload::counted();
                    }
                    context = yield inbox.wait();
                }
            },
        ))
    };
    let source = simulation.create_process(Box::new(
        #[coroutine]
        move |mut context: SimContext<Step>| {
            loop {
                if let Some(wake) = inbox.send(context.time()) {
                    yield wake;
                }
                let next = workload::INTERARRIVAL * workload::exponential();
                context = yield step(Effect::TimeOut(next));
            }
        },
    ));
    start(&mut simulation, server);
    start(&mut simulation, source);
    let seconds = timed(&mut simulation);
    let (customers, waited) = served.get();
    Finished { seconds, value: waited / customers as f64 }
}

// --- ring ------------------------------------------------------------------

fn ring(delayed: bool) -> Finished {
    let mut simulation = Simulation::new();
    let time = if delayed { 1.0 } else { 0.0 };
    for node in 0..workload::NODES {
        let process = (node + 1) % workload::NODES;
        simulation.create_process(Box::new(
            #[coroutine]
            move |mut context: SimContext<Step>| {
                while workload::counted() {
                    let number = context.state().number + 1;
                    context = yield Step { effect: Effect::Event { time, process }, number };
                }
            },
        ));
    }
    start(&mut simulation, 0);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: simulation.time() }
}

// --- taxis -----------------------------------------------------------------

enum ToDispatcher {
    Ride { seconds: u64 },
    Done { taxi: usize, commission: f64 },
}

fn taxi(fleet: usize) -> Finished {
    let mut simulation = Simulation::new();
    let inbox: Rc<Inbox<ToDispatcher>> = Inbox::new(&mut simulation);
    let total = Rc::new(Cell::new(0.0));
    // A taxi waits on its own store; the ride travels with the push.
    let stores: Vec<StoreId> =
        (0..fleet).map(|_| simulation.create_store(Box::new(SimpleStore::new(1)))).collect();
    for (taxi, store) in stores.iter().copied().enumerate() {
        let inbox = Rc::clone(&inbox);
        let process = simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                loop {
                    let context: SimContext<Step> = yield step(Effect::Pull(store));
                    let seconds = context.state().number;
                    yield step(Effect::TimeOut(seconds as f64));
                    let commission = workload::commission(seconds);
                    if let Some(wake) = inbox.send(ToDispatcher::Done { taxi, commission }) {
                        yield wake;
                    }
                }
            },
        ));
        start(&mut simulation, process);
    }
    let dispatcher = {
        let (inbox, total) = (Rc::clone(&inbox), Rc::clone(&total));
        simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                // Longest free first.
                let mut free: VecDeque<usize> = (0..fleet).collect();
                let mut waiting = VecDeque::new();
                let mut log = Vec::new();
                loop {
                    while let Some(message) = inbox.take() {
                        match message {
                            ToDispatcher::Ride { seconds } => waiting.push_back(seconds),
                            ToDispatcher::Done { taxi, commission } => {
                                total.set(total.get() + commission);
                                log.push(commission);
                                free.push_back(taxi);
                                workload::counted();
                            }
                        }
                        if !free.is_empty()
                            && let Some(number) = waiting.pop_front()
                            && let Some(taxi) = free.pop_front()
                        {
                            yield Step { effect: Effect::Push(stores[taxi]), number };
                        }
                    }
                    yield inbox.wait();
                }
            },
        ))
    };
    start(&mut simulation, dispatcher);
    // All wait before the clock of the benchmark starts.
    for _ in 0..=fleet {
        simulation.step();
    }
    let left = workload::left();
    let every = 1.0 / fleet as f64;
    let source = simulation.create_process(Box::new(
        #[coroutine]
        move |_: SimContext<Step>| {
            for _ in 0..left {
                let seconds = workload::ride();
                if let Some(wake) = inbox.send(ToDispatcher::Ride { seconds }) {
                    yield wake;
                }
                yield step(Effect::TimeOut(every));
            }
        },
    ));
    start(&mut simulation, source);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: total.get() }
}

// --- parameter server ------------------------------------------------------

fn params() -> Finished {
    let mut simulation = Simulation::new();
    let inbox: Rc<Inbox<Gradient>> = Inbox::new(&mut simulation);
    let vector = Rc::new(RefCell::new(Gradient::default()));
    let server = {
        let (inbox, vector) = (Rc::clone(&inbox), Rc::clone(&vector));
        simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                loop {
                    while let Some(gradient) = inbox.take() {
                        let mut vector = vector.borrow_mut();
                        vector.iter_mut().zip(gradient).for_each(|(value, step)| *value -= step);
                        workload::counted();
                    }
                    yield inbox.wait();
                }
            },
        ))
    };
    start(&mut simulation, server);
    for worker in 0..workload::WORKERS {
        let inbox = Rc::clone(&inbox);
        let gradient = workload::gradient(worker);
        let process = simulation.create_process(Box::new(
            #[coroutine]
            move |_: SimContext<Step>| {
                loop {
                    yield step(Effect::TimeOut(workload::COMPUTING));
                    if let Some(wake) = inbox.send(gradient) {
                        yield wake;
                    }
                }
            },
        ));
        start(&mut simulation, process);
    }
    for _ in 0..=workload::WORKERS {
        simulation.step();
    }
    let seconds = timed(&mut simulation);
    let value = vector.borrow().iter().sum();
    Finished { seconds, value }
}
