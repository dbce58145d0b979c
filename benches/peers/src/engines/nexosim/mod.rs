//! The workloads on NeXosim with one thread, where it is fastest.
//!
//! Models cannot hold what all of them share: that is in thread-locals, which
//! its executor of one thread, the caller's, allows.

mod taxi;

use crate::workload::{self, Finished, Gradient, Kind};
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{EventSource, Output};
use nexosim::simulation::{EventId, EventKey, Mailbox, Scheduler, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, OnceCell};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The earliest that something can be scheduled: not at the start itself.
const SOON: Duration = Duration::from_nanos(1);

pub(super) fn run(kind: Kind) -> Finished {
    match kind {
        Kind::Phold { processes, each } => phold(processes, each),
        Kind::Hold { .. } => panic!("flagfall runs it alone"),
        Kind::Mm1 => mm1(),
        Kind::Ring { delayed: true } => delayed_ring(),
        Kind::Ring { delayed: false } => ring(),
        Kind::Timeouts => timeouts(),
        Kind::Taxi { fleet } => taxi::run(fleet),
        Kind::Params => params(),
        _ => panic!("NeXosim has no processes"),
    }
}

fn bench() -> SimInit {
    SimInit::with_num_threads(1)
}

fn built(bench: SimInit) -> Simulation {
    bench.init(MonotonicTime::EPOCH).expect("the models are connected")
}

/// Runs until all units are counted; how long that took.
fn timed(simulation: &mut Simulation) -> f64 {
    let start = Instant::now();
    while workload::left() > 0 {
        simulation.step().expect("no model fails");
    }
    start.elapsed().as_secs_f64()
}

fn span(seconds: f64) -> Duration {
    Duration::from_nanos(workload::nanos(seconds))
}

fn virtual_seconds(simulation: &Simulation) -> f64 {
    simulation.time().duration_since(MonotonicTime::EPOCH).as_secs_f64()
}

thread_local! {
    /// Who can be sent a delayed event: a model's context schedules for the
    /// model itself only, the scheduler for every registered source.
    static TARGETS: OnceCell<(Scheduler, Vec<EventId<u64>>)> = const { OnceCell::new() };
    /// What a workload reports, where one model knows it.
    static VALUE: Cell<f64> = const { Cell::new(0.0) };
    static FIRED: Cell<u64> = const { Cell::new(0) };
}

fn set_targets(simulation: &Simulation, targets: Vec<EventId<u64>>) {
    TARGETS.with(|cell| cell.set((simulation.scheduler(), targets)).expect("set once"));
}

// --- PHOLD -----------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct Process {
    handled: u64,
}

#[Model]
impl Process {
    fn event(&mut self, number: u64) {
        self.handled += 1;
        if workload::counted() {
            let delay = span(workload::hold());
            TARGETS.with(|targets| {
                let (scheduler, targets) = targets.get().expect("set before the run");
                let target = &targets[workload::below(targets.len())];
                scheduler.schedule_event(delay, target, number).expect("in the future");
            });
        }
    }
}

fn phold(processes: usize, each: usize) -> Finished {
    let mut bench = bench();
    let mut targets = Vec::new();
    for _ in 0..processes {
        let mailbox = Mailbox::new();
        let source = EventSource::new().connect(Process::event, &mailbox);
        targets.push(source.register(&mut bench));
        bench = bench.add_model(Process::default(), mailbox, "process");
    }
    let mut simulation = built(bench);
    let scheduler = simulation.scheduler();
    for (process, target) in targets.iter().enumerate() {
        for event in 0..each {
            let number = (process * each + event) as u64;
            scheduler.schedule_event(SOON, target, number).expect("in the future");
        }
    }
    set_targets(&simulation, targets);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- M/M/1 -----------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct Customers {
    server: Output<()>,
}

#[Model]
impl Customers {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>, _: &mut ()) {
        context.schedule_event(SOON, schedulable!(Self::next), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn next(&mut self, (): (), context: &Context<Self>) {
        let next = SOON + span(workload::INTERARRIVAL * workload::exponential());
        context.schedule_event(next, schedulable!(Self::next), ()).expect("in the future");
        self.server.send(()).await;
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Server {
    queue: VecDeque<MonotonicTime>,
    busy: bool,
    served: u64,
    waited: f64,
}

#[Model]
impl Server {
    fn arrive(&mut self, (): (), context: &Context<Self>) {
        self.queue.push_back(context.time());
        if !self.busy {
            self.serve(context);
        }
    }

    #[nexosim(schedulable)]
    fn served(&mut self, (): (), context: &Context<Self>) {
        self.served += 1;
        self.busy = false;
        if workload::counted() {
            self.serve(context);
        } else {
            VALUE.set(self.waited / self.served as f64);
        }
    }

    fn serve(&mut self, context: &Context<Self>) {
        if let Some(arrived) = self.queue.pop_front() {
            self.busy = true;
            self.waited += context.time().duration_since(arrived).as_secs_f64();
            let service = SOON + span(workload::SERVICE * workload::exponential());
            context.schedule_event(service, schedulable!(Self::served), ()).expect("in the future");
        }
    }
}

fn mm1() -> Finished {
    let (customers_mailbox, server_mailbox) = (Mailbox::new(), Mailbox::new());
    let mut customers = Customers::default();
    customers.server.connect(Server::arrive, &server_mailbox);
    let bench = bench().add_model(Server::default(), server_mailbox, "server").add_model(
        customers,
        customers_mailbox,
        "customers",
    );
    let mut simulation = built(bench);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: VALUE.get() }
}

// --- ring ------------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct Node {
    next: Output<u64>,
}

#[Model]
impl Node {
    async fn hop(&mut self, hop: u64) {
        if workload::counted() {
            self.next.send(hop + 1).await;
        }
    }
}

/// All hops are messages of one instant.
fn ring() -> Finished {
    let mailboxes: Vec<Mailbox<Node>> = (0..workload::NODES).map(|_| Mailbox::new()).collect();
    let mut bench = bench();
    let first = EventSource::new().connect(Node::hop, &mailboxes[0]).register(&mut bench);
    let nodes: Vec<Node> = (1..=workload::NODES)
        .map(|next| {
            let mut node = Node::default();
            node.next.connect(Node::hop, &mailboxes[next % workload::NODES]);
            node
        })
        .collect();
    for (node, mailbox) in nodes.into_iter().zip(mailboxes) {
        bench = bench.add_model(node, mailbox, "node");
    }
    let mut simulation = built(bench);
    simulation.scheduler().schedule_event(SOON, &first, 0).expect("in the future");
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

#[derive(Serialize, Deserialize)]
struct DelayedNode {
    next: usize,
}

#[Model]
impl DelayedNode {
    fn hop(&mut self, hop: u64) {
        if workload::counted() {
            TARGETS.with(|targets| {
                let (scheduler, targets) = targets.get().expect("set before the run");
                let delay = Duration::from_secs(1);
                let next = &targets[self.next];
                scheduler.schedule_event(delay, next, hop + 1).expect("in the future");
            });
        }
    }
}

/// All hops are events for the scheduler.
fn delayed_ring() -> Finished {
    let mut bench = bench();
    let mut targets = Vec::new();
    for number in 0..workload::NODES {
        let mailbox = Mailbox::new();
        let source = EventSource::new().connect(DelayedNode::hop, &mailbox);
        targets.push(source.register(&mut bench));
        let node = DelayedNode { next: (number + 1) % workload::NODES };
        bench = bench.add_model(node, mailbox, "node");
    }
    let mut simulation = built(bench);
    simulation.scheduler().schedule_event(SOON, &targets[0], 0).expect("in the future");
    set_targets(&simulation, targets);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: virtual_seconds(&simulation) }
}

// --- timeouts --------------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct Connection {
    timeout: Option<EventKey>,
}

#[Model]
impl Connection {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>, _: &mut ()) {
        context.schedule_event(SOON, schedulable!(Self::activity), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    fn activity(&mut self, (): (), context: &Context<Self>) {
        if let Some(timeout) = self.timeout.take() {
            timeout.cancel();
        }
        // A step may run on after the last unit.
        if workload::left() == 0 {
            return;
        }
        let timeout = context
            .schedule_keyed_event(span(workload::TIMEOUT), schedulable!(Self::fire), ())
            .expect("in the future");
        self.timeout = Some(timeout);
        if workload::counted() {
            let silence = span(workload::silence());
            context
                .schedule_event(silence, schedulable!(Self::activity), ())
                .expect("in the future");
        }
    }

    #[nexosim(schedulable)]
    fn fire(&mut self, (): ()) {
        self.timeout = None;
        FIRED.set(FIRED.get() + 1);
    }
}

fn timeouts() -> Finished {
    let mut bench = bench();
    for _ in 0..workload::CONNECTIONS {
        bench = bench.add_model(Connection::default(), Mailbox::new(), "connection");
    }
    let mut simulation = built(bench);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: FIRED.get() as f64 }
}

// --- parameter server ------------------------------------------------------

#[derive(Default, Serialize, Deserialize)]
struct Worker {
    server: Output<Gradient>,
    gradient: Gradient,
}

#[Model]
impl Worker {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>, _: &mut ()) {
        self.compute(context);
    }

    #[nexosim(schedulable)]
    async fn computed(&mut self, (): (), context: &Context<Self>) {
        self.compute(context);
        self.server.send(self.gradient).await;
    }

    fn compute(&self, context: &Context<Self>) {
        let time = span(workload::COMPUTING);
        context.schedule_event(time, schedulable!(Self::computed), ()).expect("in the future");
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Parameters {
    vector: Gradient,
}

#[Model]
impl Parameters {
    fn update(&mut self, gradient: Gradient) {
        self.vector.iter_mut().zip(gradient).for_each(|(value, step)| *value -= step);
        if !workload::counted() {
            VALUE.set(self.vector.iter().sum());
        }
    }
}

fn params() -> Finished {
    let mut bench = bench();
    let server_mailbox = Mailbox::new();
    for number in 0..workload::WORKERS {
        let mut worker = Worker { gradient: workload::gradient(number), ..Worker::default() };
        worker.server.connect(Parameters::update, &server_mailbox);
        bench = bench.add_model(worker, Mailbox::new(), "worker");
    }
    let bench = bench.add_model(Parameters::default(), server_mailbox, "server");
    let mut simulation = built(bench);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: VALUE.get() }
}
