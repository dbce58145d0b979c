//! The workloads on odem-rs: a job per actor, which sleeps until it is woken.
//!
//! A receiver is woken once for all messages that it finds in its inbox, as in
//! odem-rs's own example of M/M/1. PHOLD has a job per event instead, which
//! visits the processes: a job can be due at one time only, so a process with
//! several events would need one job for each and one of its own.

mod processes;

use crate::workload::{self, Finished, Gradient, Kind};
use odem_rs::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::task::Waker;
use std::time::Instant;

pub(super) fn run(kind: Kind) -> Finished {
    let simulator = Simulator::new(());
    let finished = match kind {
        Kind::Phold { processes, each } => {
            simulator.run(async |sim| phold(sim, processes, each).await)
        }
        Kind::Hold { .. } => panic!("flagfall runs it alone"),
        Kind::Mm1 => simulator.run(mm1),
        Kind::Ring { delayed } => simulator.run(async |sim| ring(sim, delayed).await),
        Kind::Timeouts => simulator.run(timeouts),
        Kind::Taxi { fleet } => simulator.run(async |sim| taxi(sim, fleet).await),
        Kind::Params => simulator.run(params),
        Kind::Mm1Processes => simulator.run(processes::mm1),
        Kind::Reneging => simulator.run(processes::reneging),
        Kind::Repair => simulator.run(processes::repair),
        Kind::Store => simulator.run(processes::store),
        Kind::Sleepers => simulator.run(processes::sleepers),
        Kind::Spawn => simulator.run(processes::spawn),
    };
    finished.expect("no deadlock")
}

/// A job that sleeps until it is woken. Its waker is kept: a new one each time
/// is slower.
#[derive(Default)]
struct Sleeper {
    waker: RefCell<Option<Waker>>,
    asleep: Cell<bool>,
}

impl Sleeper {
    async fn sleep(&self) {
        if self.waker.borrow().is_none() {
            let waker = waker().await;
            self.waker.replace(Some(waker));
        }
        self.asleep.set(true);
        sleep().await;
    }

    fn wake(&self) {
        if self.asleep.replace(false) {
            self.waker.borrow().as_ref().expect("set before it slept").wake_by_ref();
        }
    }

    /// To be called before the job ends: no waker may outlive its job.
    fn forget(&self) {
        self.waker.take();
    }
}

/// Messages that wait for a job.
#[derive(Default)]
struct Inbox<T> {
    messages: RefCell<VecDeque<T>>,
    receiver: Sleeper,
}

impl<T> Inbox<T> {
    fn new() -> Self {
        Self { messages: RefCell::new(VecDeque::new()), receiver: Sleeper::default() }
    }

    fn send(&self, message: T) {
        self.messages.borrow_mut().push_back(message);
        self.receiver.wake();
    }

    async fn receive(&self) -> T {
        loop {
            let message = self.messages.borrow_mut().pop_front();
            match message {
                Some(message) => return message,
                None => self.receiver.sleep().await,
            }
        }
    }
}

/// The inbox of a job that is sent one message at a time.
#[derive(Default)]
struct Slot<T> {
    message: Cell<Option<T>>,
    receiver: Sleeper,
}

impl<T> Slot<T> {
    fn send(&self, message: T) {
        self.message.set(Some(message));
        self.receiver.wake();
    }

    async fn receive(&self) -> T {
        loop {
            match self.message.take() {
                Some(message) => return message,
                None => self.receiver.sleep().await,
            }
        }
    }
}

/// Sleeps until the last unit wakes the main job; how long that took.
async fn timed(end: &Sleeper) -> f64 {
    let start = Instant::now();
    end.sleep().await;
    start.elapsed().as_secs_f64()
}

/// Ends the run.
async fn finish(end: &Sleeper) -> ! {
    end.wake();
    loop {
        sleep().await;
    }
}

// --- PHOLD -----------------------------------------------------------------

async fn event(sim: &Sim, processes: &[Cell<u64>], mut process: usize, end: &Sleeper) {
    loop {
        processes[process].update(|handled| handled + 1);
        if !workload::counted() {
            finish(end).await;
        }
        let delay = workload::hold();
        process = workload::below(processes.len());
        sim.advance(delay).await;
    }
}

async fn phold(sim: &Sim, processes: usize, each: usize) -> Finished {
    let end = Sleeper::default();
    let handled = vec![Cell::new(0); processes];
    let events = pin!(Pool::with_capacity(processes * each).with(Job::new));
    for process in 0..processes {
        for _ in 0..each {
            sim.activate(events.alloc(event(sim, &handled, process, &end)));
        }
    }
    let seconds = timed(&end).await;
    Finished { seconds, value: sim.now() }
}

// --- M/M/1 -----------------------------------------------------------------

async fn customers(sim: &Sim, server: &Inbox<f64>) {
    loop {
        server.send(sim.now());
        sim.advance(workload::INTERARRIVAL * workload::exponential()).await;
    }
}

async fn serve(
    sim: &Sim,
    inbox: &Inbox<f64>,
    served: &Cell<u64>,
    waited: &Cell<f64>,
    end: &Sleeper,
) {
    loop {
        let arrived = inbox.receive().await;
        waited.update(|waited| waited + (sim.now() - arrived));
        sim.advance(workload::SERVICE * workload::exponential()).await;
        served.update(|served| served + 1);
        if !workload::counted() {
            finish(end).await;
        }
    }
}

async fn mm1(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let (inbox, served, waited) = (Inbox::new(), Cell::new(0), Cell::new(0.0));
    let server = pin!(Job::new(serve(sim, &inbox, &served, &waited, &end)));
    let source = pin!(Job::new(customers(sim, &inbox)));
    sim.activate(server);
    sim.activate(source);
    let seconds = timed(&end).await;
    inbox.receiver.forget();
    Finished { seconds, value: waited.get() / served.get() as f64 }
}

// --- ring ------------------------------------------------------------------

async fn node(sim: &Sim, me: &Slot<u64>, next: &Slot<u64>, delayed: bool, end: &Sleeper) {
    loop {
        let hop = me.receive().await;
        if !workload::counted() {
            finish(end).await;
        }
        if delayed {
            sim.advance(1.0).await;
        }
        next.send(hop + 1);
    }
}

async fn ring(sim: &Sim, delayed: bool) -> Finished {
    let end = Sleeper::default();
    let slots: Vec<Slot<u64>> = (0..workload::NODES).map(|_| Slot::default()).collect();
    let nodes = pin!(Pool::with_capacity(slots.len()).with(Job::new));
    for (number, slot) in slots.iter().enumerate() {
        let next = &slots[(number + 1) % slots.len()];
        sim.activate(nodes.alloc(node(sim, slot, next, delayed, &end)));
    }
    // All nodes sleep before the clock of the benchmark starts.
    sim.defer().await;
    slots[0].send(0);
    let seconds = timed(&end).await;
    slots.iter().for_each(|slot| slot.receiver.forget());
    Finished { seconds, value: sim.now() }
}

// --- timeouts --------------------------------------------------------------

async fn timeouts(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let fired = Cell::new(0_u64);
    // A job per armed timeout: a job is due at one time only, and that of the
    // connection is its next activity.
    let timers = pin!(Pool::with_capacity(workload::CONNECTIONS).with(Job::new));
    let timer = || async { fired.update(|fired| fired + 1) };
    let connection = || async {
        let arm = || sim.schedule(timers.alloc(timer()), workload::TIMEOUT);
        let mut armed = arm();
        while workload::counted() {
            sim.advance(workload::silence()).await;
            armed.abort();
            armed = arm();
        }
        finish(&end).await;
    };
    let connections = pin!(Pool::with_capacity(workload::CONNECTIONS).with(Job::new));
    for _ in 0..workload::CONNECTIONS {
        sim.activate(connections.alloc(connection()));
    }
    let seconds = timed(&end).await;
    Finished { seconds, value: fired.get() as f64 }
}

// --- taxis -----------------------------------------------------------------

enum ToDispatcher {
    Ride { seconds: u64 },
    Done { taxi: usize, commission: f64 },
}

async fn rides(sim: &Sim, dispatcher: &Inbox<ToDispatcher>, every: f64) {
    for _ in 0..workload::left() {
        dispatcher.send(ToDispatcher::Ride { seconds: workload::ride() });
        sim.advance(every).await;
    }
}

async fn drive(sim: &Sim, number: usize, me: &Slot<u64>, dispatcher: &Inbox<ToDispatcher>) {
    loop {
        let seconds = me.receive().await;
        sim.advance(seconds as f64).await;
        let commission = workload::commission(seconds);
        dispatcher.send(ToDispatcher::Done { taxi: number, commission });
    }
}

async fn dispatch(
    inbox: &Inbox<ToDispatcher>,
    taxis: &[Slot<u64>],
    total: &Cell<f64>,
    end: &Sleeper,
) {
    // Longest free first.
    let mut free: VecDeque<usize> = (0..taxis.len()).collect();
    let mut waiting = VecDeque::new();
    let mut log = Vec::new();
    loop {
        match inbox.receive().await {
            ToDispatcher::Ride { seconds } => match free.pop_front() {
                Some(taxi) => taxis[taxi].send(seconds),
                None => waiting.push_back(seconds),
            },
            ToDispatcher::Done { taxi, commission } => {
                total.update(|total| total + commission);
                log.push(commission);
                if !workload::counted() {
                    finish(end).await;
                }
                match waiting.pop_front() {
                    Some(seconds) => taxis[taxi].send(seconds),
                    None => free.push_back(taxi),
                }
            }
        }
    }
}

async fn taxi(sim: &Sim, fleet: usize) -> Finished {
    let end = Sleeper::default();
    let (inbox, total) = (Inbox::new(), Cell::new(0.0));
    let slots: Vec<Slot<u64>> = (0..fleet).map(|_| Slot::default()).collect();
    let taxis = pin!(Pool::with_capacity(fleet).with(Job::new));
    for (number, slot) in slots.iter().enumerate() {
        sim.activate(taxis.alloc(drive(sim, number, slot, &inbox)));
    }
    let dispatcher = pin!(Job::new(dispatch(&inbox, &slots, &total, &end)));
    sim.activate(dispatcher);
    // All sleep before the clock of the benchmark starts.
    sim.defer().await;
    let source = pin!(Job::new(rides(sim, &inbox, 1.0 / fleet as f64)));
    sim.activate(source);
    let seconds = timed(&end).await;
    slots.iter().for_each(|slot| slot.receiver.forget());
    inbox.receiver.forget();
    Finished { seconds, value: total.get() }
}

// --- parameter server ------------------------------------------------------

async fn work(sim: &Sim, gradient: Gradient, server: &Inbox<Gradient>) {
    loop {
        sim.advance(workload::COMPUTING).await;
        server.send(gradient);
    }
}

async fn update(inbox: &Inbox<Gradient>, vector: &RefCell<Gradient>, end: &Sleeper) {
    loop {
        let gradient = inbox.receive().await;
        vector.borrow_mut().iter_mut().zip(gradient).for_each(|(value, step)| *value -= step);
        if !workload::counted() {
            finish(end).await;
        }
    }
}

async fn params(sim: &Sim) -> Finished {
    let end = Sleeper::default();
    let (inbox, vector) = (Inbox::new(), RefCell::new(Gradient::default()));
    let server = pin!(Job::new(update(&inbox, &vector, &end)));
    sim.activate(server);
    let workers = pin!(Pool::with_capacity(workload::WORKERS).with(Job::new));
    for number in 0..workload::WORKERS {
        sim.activate(workers.alloc(work(sim, workload::gradient(number), &inbox)));
    }
    sim.defer().await;
    let seconds = timed(&end).await;
    inbox.receiver.forget();
    let value = vector.borrow().iter().sum();
    Finished { seconds, value }
}
