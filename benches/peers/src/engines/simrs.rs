//! The workloads on simrs: a component per actor, whose state is in cells of
//! its own: simrs's value store would add a hash look-up to each access.

use crate::workload::{self, Finished, Gradient, Kind};
use simrs::{Component, ComponentId, Scheduler, Simulation, State};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub(super) fn run(kind: Kind) -> Finished {
    match kind {
        Kind::Phold { processes, each } => phold(processes, each),
        Kind::Mm1 => mm1(),
        Kind::Ring { delayed } => ring(delayed),
        Kind::Timeouts => timeouts(),
        Kind::Taxi { fleet } => taxi(fleet),
        Kind::Params => params(),
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

// --- taxis -----------------------------------------------------------------

#[derive(Debug)]
enum ToDispatcher {
    Ride { seconds: u64 },
    Done { taxi: usize, commission: f64 },
}

#[derive(Debug)]
enum ToTaxi {
    Take { seconds: u64 },
    Over { seconds: u64 },
}

struct Rides {
    dispatcher: ComponentId<ToDispatcher>,
    left: Cell<u64>,
    every: Duration,
}

impl Component for Rides {
    type Event = ();

    fn process_event(
        &self,
        me: ComponentId<()>,
        (): &(),
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        let seconds = workload::ride();
        scheduler.schedule_now(self.dispatcher, ToDispatcher::Ride { seconds });
        self.left.set(self.left.get() - 1);
        if self.left.get() > 0 {
            scheduler.schedule(self.every, me, ());
        }
    }
}

#[derive(Default)]
struct Dispatch {
    taxis: Vec<ComponentId<ToTaxi>>,
    /// Longest free first.
    free: VecDeque<usize>,
    waiting: VecDeque<u64>,
    total: f64,
    log: Vec<f64>,
}

struct Dispatcher(Rc<RefCell<Dispatch>>);

impl Component for Dispatcher {
    type Event = ToDispatcher;

    fn process_event(
        &self,
        _: ComponentId<ToDispatcher>,
        event: &ToDispatcher,
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        let mut dispatch = self.0.borrow_mut();
        match *event {
            ToDispatcher::Ride { seconds } => dispatch.waiting.push_back(seconds),
            ToDispatcher::Done { taxi, commission } => {
                dispatch.total += commission;
                dispatch.log.push(commission);
                dispatch.free.push_back(taxi);
                workload::counted();
            }
        }
        if !dispatch.free.is_empty()
            && let Some(seconds) = dispatch.waiting.pop_front()
            && let Some(taxi) = dispatch.free.pop_front()
        {
            scheduler.schedule_now(dispatch.taxis[taxi], ToTaxi::Take { seconds });
        }
    }
}

struct Taxi {
    number: usize,
    dispatcher: ComponentId<ToDispatcher>,
}

impl Component for Taxi {
    type Event = ToTaxi;

    fn process_event(
        &self,
        me: ComponentId<ToTaxi>,
        event: &ToTaxi,
        scheduler: &mut Scheduler,
        _: &mut State,
    ) {
        match *event {
            ToTaxi::Take { seconds } => {
                scheduler.schedule(Duration::from_secs(seconds), me, ToTaxi::Over { seconds });
            }
            ToTaxi::Over { seconds } => {
                let commission = workload::commission(seconds);
                let done = ToDispatcher::Done { taxi: self.number, commission };
                scheduler.schedule_now(self.dispatcher, done);
            }
        }
    }
}

fn taxi(fleet: usize) -> Finished {
    let mut simulation = Simulation::default();
    let dispatch = Rc::new(RefCell::new(Dispatch::default()));
    let dispatcher = simulation.add_component(Dispatcher(Rc::clone(&dispatch)));
    for number in 0..fleet {
        let taxi = simulation.add_component(Taxi { number, dispatcher });
        let mut dispatch = dispatch.borrow_mut();
        dispatch.taxis.push(taxi);
        dispatch.free.push_back(number);
    }
    let every = Duration::from_nanos(1_000_000_000 / fleet as u64);
    let left = Cell::new(workload::left());
    let rides = simulation.add_component(Rides { dispatcher, left, every });
    simulation.schedule(Duration::ZERO, rides, ());
    let seconds = timed(&mut simulation);
    let value = dispatch.borrow().total;
    Finished { seconds, value }
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
