//! The workloads on simrs: a component per actor, whose state is in cells of
//! its own: simrs's value store would add a hash look-up to each access.

mod taxi;

use crate::workload::{self, Finished, Gradient, Kind};
use simrs::{Component, ComponentId, Scheduler, Simulation, State};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub(super) fn run(kind: Kind) -> Finished {
    match kind {
        Kind::Phold { processes, each } => phold(processes, each),
        Kind::Hold { .. } => panic!("flagfall runs it alone"),
        Kind::Mm1 => mm1(),
        Kind::Ring { delayed } => ring(delayed),
        Kind::Timeouts => timeouts(),
        Kind::Taxi { fleet } => taxi::run(fleet),
        Kind::Params => params(),
        _ => panic!("simrs has no processes"),
    }
}

/// Runs until all units are counted; how long that took.
fn timed(simulation: &mut Simulation) -> f64 {
    let start = Instant::now();
    while workload::left() > 0 && simulation.step() {}
    start.elapsed().as_secs_f64()
}

fn span(seconds: f64) -> Duration {
    Duration::from_nanos(workload::nanos(seconds))
}

fn virtual_seconds(simulation: &Simulation) -> f64 {
    simulation.scheduler.time().as_secs_f64()
}

// --- PHOLD -----------------------------------------------------------------

struct Process {
    processes: Rc<OnceCell<Vec<ComponentId<u64>>>>,
    handled: Cell<u64>,
}

impl Component for Process {
    type Event = u64;

    fn process_event(
        &self,
        _: ComponentId<u64>,
        &number: &u64,
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        self.handled.set(self.handled.get() + 1);
        if workload::counted() {
            let delay = span(workload::hold());
            let processes = self.processes.get().expect("set before the run");
            let target = processes[workload::below(processes.len())];
            scheduler.schedule(delay, target, number);
        }
    }
}

fn phold(processes: usize, each: usize) -> Finished {
    let mut simulation = Simulation::default();
    let known = Rc::new(OnceCell::new());
    let ids: Vec<_> = (0..processes)
        .map(|_| {
            let process = Process { processes: Rc::clone(&known), handled: Cell::new(0) };
            simulation.add_component(process)
        })
        .collect();
    for (number, id) in ids.iter().enumerate() {
        for event in 0..each {
            simulation.schedule(Duration::ZERO, *id, (number * each + event) as u64);
        }
    }
    known.set(ids).expect("set once");
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- M/M/1 -----------------------------------------------------------------

#[derive(Debug)]
enum ToServer {
    Arrive,
    Served,
}

struct Customers {
    server: ComponentId<ToServer>,
}

impl Component for Customers {
    type Event = ();

    fn process_event(
        &self,
        me: ComponentId<()>,
        (): &(),
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        scheduler.schedule_now(self.server, ToServer::Arrive);
        scheduler.schedule(span(workload::INTERARRIVAL * workload::exponential()), me, ());
    }
}

#[derive(Default)]
struct Server {
    queue: RefCell<VecDeque<Duration>>,
    busy: Cell<bool>,
    served: Rc<Cell<u64>>,
    waited: Rc<Cell<f64>>,
}

impl Component for Server {
    type Event = ToServer;

    fn process_event(
        &self,
        me: ComponentId<ToServer>,
        event: &ToServer,
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        let mut queue = self.queue.borrow_mut();
        match event {
            ToServer::Arrive => queue.push_back(scheduler.time()),
            ToServer::Served => {
                self.busy.set(false);
                self.served.set(self.served.get() + 1);
                workload::counted();
            }
        }
        if !self.busy.get()
            && let Some(arrived) = queue.pop_front()
        {
            self.busy.set(true);
            let waited = (scheduler.time() - arrived).as_secs_f64();
            self.waited.set(self.waited.get() + waited);
            let service = span(workload::SERVICE * workload::exponential());
            scheduler.schedule(service, me, ToServer::Served);
        }
    }
}

fn mm1() -> Finished {
    let mut simulation = Simulation::default();
    let server = Server::default();
    let (served, waited) = (Rc::clone(&server.served), Rc::clone(&server.waited));
    let server = simulation.add_component(server);
    let customers = simulation.add_component(Customers { server });
    simulation.schedule(Duration::ZERO, customers, ());
    let seconds = timed(&mut simulation);
    Finished { seconds, value: waited.get() / served.get() as f64 }
}

// --- ring ------------------------------------------------------------------

struct Node {
    next: Rc<Cell<Option<ComponentId<u64>>>>,
    delay: Duration,
}

impl Component for Node {
    type Event = u64;

    fn process_event(
        &self,
        _: ComponentId<u64>,
        &hop: &u64,
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        if workload::counted() {
            let next = self.next.get().expect("the ring is closed");
            scheduler.schedule(self.delay, next, hop + 1);
        }
    }
}

fn ring(delayed: bool) -> Finished {
    let mut simulation = Simulation::default();
    let delay = Duration::from_secs(delayed.into());
    // The first node's neighbour is the last: set when all are there.
    let last = Rc::new(Cell::new(None));
    let first = simulation.add_component(Node { next: Rc::clone(&last), delay });
    let mut next = first;
    for _ in 1..workload::NODES {
        let node = Node { next: Rc::new(Cell::new(Some(next))), delay };
        next = simulation.add_component(node);
    }
    last.set(Some(next));
    simulation.schedule(Duration::ZERO, first, 0);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- timeouts --------------------------------------------------------------

#[derive(Debug)]
enum ToConnection {
    Activity,
    /// Of the timeout that was armed with this number.
    Timeout(u64),
}

/// Nothing scheduled can be taken back: a timeout carries a number and is
/// ignored unless it is the latest.
struct Connection {
    armed: Cell<u64>,
    fired: Rc<Cell<u64>>,
}

impl Component for Connection {
    type Event = ToConnection;

    fn process_event(
        &self,
        me: ComponentId<ToConnection>,
        event: &ToConnection,
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        match *event {
            ToConnection::Activity => {
                let number = self.armed.get() + 1;
                self.armed.set(number);
                scheduler.schedule(span(workload::TIMEOUT), me, ToConnection::Timeout(number));
                if workload::counted() {
                    scheduler.schedule(span(workload::silence()), me, ToConnection::Activity);
                }
            }
            ToConnection::Timeout(number) => {
                if number == self.armed.get() {
                    self.fired.set(self.fired.get() + 1);
                }
            }
        }
    }
}

fn timeouts() -> Finished {
    let mut simulation = Simulation::default();
    let fired = Rc::new(Cell::new(0));
    for _ in 0..workload::CONNECTIONS {
        let connection = Connection { armed: Cell::new(0), fired: Rc::clone(&fired) };
        let connection = simulation.add_component(connection);
        simulation.schedule(Duration::ZERO, connection, ToConnection::Activity);
    }
    let seconds = timed(&mut simulation);
    Finished { seconds, value: fired.get() as f64 }
}

// --- parameter server ------------------------------------------------------

struct Worker {
    server: ComponentId<Gradient>,
    gradient: Gradient,
}

impl Component for Worker {
    type Event = ();

    fn process_event(
        &self,
        me: ComponentId<()>,
        (): &(),
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        scheduler.schedule_now(self.server, self.gradient);
        scheduler.schedule(span(workload::COMPUTING), me, ());
    }
}

struct Parameters {
    vector: Rc<RefCell<Gradient>>,
}

impl Component for Parameters {
    type Event = Gradient;

    fn process_event(
        &self,
        _: ComponentId<Gradient>,
        gradient: &Gradient,
        _: &mut Scheduler,
        _: &mut State,
    ) {
        let mut vector = self.vector.borrow_mut();
        vector.iter_mut().zip(gradient).for_each(|(value, step)| *value -= step);
        workload::counted();
    }
}

fn params() -> Finished {
    let mut simulation = Simulation::default();
    let vector = Rc::new(RefCell::new(Gradient::default()));
    let server = simulation.add_component(Parameters { vector: Rc::clone(&vector) });
    for number in 0..workload::WORKERS {
        let gradient = workload::gradient(number);
        let worker = simulation.add_component(Worker { server, gradient });
        simulation.schedule(span(workload::COMPUTING), worker, ());
    }
    let seconds = timed(&mut simulation);
    let value = vector.borrow().iter().sum();
    Finished { seconds, value }
}
