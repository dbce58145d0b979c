//! The workloads on flagfall.

mod draws;
mod processes;
mod taxi;
mod timeouts;

use self::draws::{Draws, Own, Shared};
use crate::workload::{self, Finished, Gradient, Kind};
use flagfall::{Actor, ActorRef, Config, Context, Message, Outcome, Simulation, Span, VirtualTime};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

/// Draws from the generator that all engines share.
pub(super) fn shared(kind: Kind, digest: bool) -> Finished {
    run::<Shared>(kind, digest)
}

/// Every actor draws from a stream of its own.
pub(super) fn streams(kind: Kind, digest: bool) -> Finished {
    run::<Own>(kind, digest)
}

fn run<D: Draws>(kind: Kind, digest: bool) -> Finished {
    let simulation = Simulation::new(Config::new(42).digest(digest));
    match kind {
        Kind::Phold { processes, each } => phold::<D>(simulation, processes, each),
        Kind::Hold { processes, each } => hold::<D>(simulation, processes, each),
        Kind::Mm1 => mm1::<D>(simulation),
        Kind::Ring { delayed } => ring(simulation, delayed),
        Kind::Timeouts => timeouts::run::<D>(simulation),
        Kind::Taxi { fleet } => taxi::run::<D>(simulation, fleet),
        Kind::Params => params(simulation),
        Kind::Mm1Processes => processes::mm1::<D>(simulation),
        Kind::Reneging => processes::reneging::<D>(simulation),
        Kind::Repair => processes::repair::<D>(simulation),
        Kind::Store => processes::store::<D>(simulation),
        Kind::Sleepers => processes::sleepers(simulation),
        Kind::Spawn => processes::spawn(simulation),
    }
}

/// Runs until an actor ends the run; how long that took.
fn timed(simulation: &mut Simulation) -> f64 {
    let start = Instant::now();
    let outcome = simulation.run().expect("handlers make no mistakes");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(outcome, Outcome::Ended);
    seconds
}

/// Lets what was sent from outside arrive, before the clock of the benchmark
/// starts.
fn settled(mut simulation: Simulation) -> Simulation {
    simulation.run_until(VirtualTime::ZERO).expect("handlers make no mistakes");
    simulation
}

fn virtual_seconds(simulation: &Simulation) -> f64 {
    simulation.now().as_nanos() as f64 / 1e9
}

// --- PHOLD -----------------------------------------------------------------

/// Known to all once all are spawned.
type Processes = Rc<RefCell<Vec<ActorRef<u64>>>>;

struct Process<D> {
    processes: Processes,
    handled: u64,
    draws: D,
}

impl<D: Draws> Actor for Process<D> {
    type Message = u64;

    fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
        self.handled += 1;
        if !workload::counted() {
            return context.end_run();
        }
        let delay = Span::from_millis(100) + self.draws.exponential(Span::from_secs(1), context);
        let processes = self.processes.borrow();
        let target = &processes[self.draws.below(processes.len(), context)];
        context.send_after(delay, target, number);
    }
}

fn phold<D: Draws>(simulation: Simulation, processes: usize, each: usize) -> Finished {
    let mut simulation = populated::<D>(simulation, processes, each);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

/// PHOLD from when its events have spread over time.
fn hold<D: Draws>(simulation: Simulation, processes: usize, each: usize) -> Finished {
    let mut simulation = populated::<D>(simulation, processes, each);
    let count = workload::left();
    workload::start(u64::MAX);
    let warm = VirtualTime::from_nanos(workload::nanos(workload::WARM));
    simulation.run_until(warm).expect("handlers make no mistakes");
    workload::start(count);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

/// With all processes, and all events due at time zero.
fn populated<D: Draws>(mut simulation: Simulation, processes: usize, each: usize) -> Simulation {
    let known = Processes::default();
    for number in 0..processes {
        let process = Process { processes: Rc::clone(&known), handled: 0, draws: D::default() };
        let process = simulation.spawn(("process", number as u32), process);
        known.borrow_mut().push(*process);
    }
    for (number, process) in known.borrow().iter().enumerate() {
        (0..each).for_each(|event| simulation.send(process, (number * each + event) as u64));
    }
    simulation
}

// --- M/M/1 -----------------------------------------------------------------

#[derive(Debug, Message)]
enum ToServer {
    Serve { arrived: VirtualTime },
    Served,
}

struct Customers<D> {
    server: ActorRef<ToServer>,
    draws: D,
}

impl<D: Draws> Actor for Customers<D> {
    type Message = ();

    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let mean = Span::from_nanos(workload::nanos(workload::INTERARRIVAL));
        let next = self.draws.exponential(mean, context);
        let arrived = context.now();
        context.send(&self.server, ToServer::Serve { arrived });
        context.schedule(next, ());
    }
}

/// Serves one customer at a time; the others wait in its queue.
#[derive(Default)]
struct Server<D> {
    waiting: VecDeque<VirtualTime>,
    busy: bool,
    served: u64,
    waited: f64,
    draws: D,
}

impl<D: Draws> Server<D> {
    fn serve(&mut self, arrived: VirtualTime, context: &mut Context<'_, ToServer>) {
        self.busy = true;
        self.waited += (context.now() - arrived).as_nanos() as f64 / 1e9;
        let mean = Span::from_nanos(workload::nanos(workload::SERVICE));
        let service = self.draws.exponential(mean, context);
        context.schedule(service, ToServer::Served);
    }
}

impl<D: Draws> Actor for Server<D> {
    type Message = ToServer;

    fn handle(&mut self, message: ToServer, context: &mut Context<'_, ToServer>) {
        match message {
            ToServer::Serve { arrived } if self.busy => self.waiting.push_back(arrived),
            ToServer::Serve { arrived } => self.serve(arrived, context),
            ToServer::Served => {
                self.busy = false;
                self.served += 1;
                if !workload::counted() {
                    return context.end_run();
                }
                if let Some(arrived) = self.waiting.pop_front() {
                    self.serve(arrived, context);
                }
            }
        }
    }
}

fn mm1<D: Draws>(mut simulation: Simulation) -> Finished {
    let server = simulation.spawn("server", Server::<D>::default());
    let customers =
        simulation.spawn("customers", Customers { server: *server, draws: D::default() });
    simulation.send(&customers, ());
    let seconds = timed(&mut simulation);
    let server = simulation.inspect::<Server<D>>(&server).expect("the server lives");
    Finished { seconds, value: server.waited / server.served as f64 }
}

// --- ring ------------------------------------------------------------------

/// Each node's neighbour is the one spawned before it; the first learns who is
/// last once all are spawned.
struct Node {
    next: ActorRef<u64>,
    delayed: bool,
}

impl Actor for Node {
    type Message = u64;

    fn handle(&mut self, hop: u64, context: &mut Context<'_, u64>) {
        if !workload::counted() {
            return context.end_run();
        }
        if self.delayed {
            context.send_after(Span::from_secs(1), &self.next, hop + 1);
        } else {
            context.send(&self.next, hop + 1);
        }
    }
}

/// Hands the token on to the last node: closes the ring.
struct First {
    last: Rc<Cell<Option<ActorRef<u64>>>>,
    delayed: bool,
}

impl Actor for First {
    type Message = u64;

    fn handle(&mut self, hop: u64, context: &mut Context<'_, u64>) {
        let Some(last) = self.last.get() else { return };
        if !workload::counted() {
            return context.end_run();
        }
        if self.delayed {
            context.send_after(Span::from_secs(1), &last, hop + 1);
        } else {
            context.send(&last, hop + 1);
        }
    }
}

fn ring(mut simulation: Simulation, delayed: bool) -> Finished {
    let last = Rc::new(Cell::new(None));
    let first = *simulation.spawn("first", First { last: Rc::clone(&last), delayed });
    let mut next = first;
    for number in 1..workload::NODES {
        next = *simulation.spawn(("node", number as u32), Node { next, delayed });
    }
    last.set(Some(next));
    simulation.send(&first, 0);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- parameter server ------------------------------------------------------

struct Worker {
    server: ActorRef<Gradient>,
    gradient: Gradient,
    started: bool,
}

impl Actor for Worker {
    type Message = ();

    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        if self.started {
            context.send(&self.server, self.gradient);
        }
        self.started = true;
        context.hold(Span::from_nanos(workload::nanos(workload::COMPUTING)), ());
    }
}

#[derive(Default)]
struct Parameters {
    vector: Gradient,
}

impl Actor for Parameters {
    type Message = Gradient;

    fn handle(&mut self, gradient: Gradient, context: &mut Context<'_, Gradient>) {
        self.vector.iter_mut().zip(gradient).for_each(|(value, step)| *value -= step);
        if !workload::counted() {
            context.end_run();
        }
    }
}

fn params(mut simulation: Simulation) -> Finished {
    let server = simulation.spawn("server", Parameters::default());
    for number in 0..workload::WORKERS {
        let gradient = workload::gradient(number);
        let worker = Worker { server: *server, gradient, started: false };
        let worker = simulation.spawn(("worker", number as u32), worker);
        simulation.send(&worker, ());
    }
    let mut simulation = settled(simulation);
    let seconds = timed(&mut simulation);
    let server = &simulation[&server];
    Finished { seconds, value: server.vector.iter().sum() }
}
