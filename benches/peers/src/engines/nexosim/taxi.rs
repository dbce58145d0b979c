//! Taxis, a dispatcher, and a source of rides.

use super::{SOON, VALUE, bench, built, timed};
use crate::workload::{self, Finished};
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::Mailbox;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

#[derive(Default, Serialize, Deserialize)]
struct Rides {
    dispatcher: Output<u64>,
    left: u64,
    every: Duration,
}

#[Model]
impl Rides {
    #[nexosim(init)]
    async fn init(&mut self, context: &Context<Self>, _: &mut ()) {
        context.schedule_event(SOON, schedulable!(Self::next), ()).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn next(&mut self, (): (), context: &Context<Self>) {
        self.left -= 1;
        if self.left > 0 {
            let next = schedulable!(Self::next);
            context.schedule_event(self.every, next, ()).expect("in the future");
        }
        self.dispatcher.send(workload::ride()).await;
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Dispatcher {
    taxis: Vec<Output<u64>>,
    /// Longest free first.
    free: VecDeque<usize>,
    waiting: VecDeque<u64>,
    total: f64,
    log: Vec<f64>,
}

#[Model]
impl Dispatcher {
    async fn ride(&mut self, seconds: u64) {
        match self.free.pop_front() {
            Some(taxi) => self.taxis[taxi].send(seconds).await,
            None => self.waiting.push_back(seconds),
        }
    }

    async fn done(&mut self, (taxi, commission): (usize, f64)) {
        self.total += commission;
        self.log.push(commission);
        if !workload::counted() {
            VALUE.set(self.total);
        }
        match self.waiting.pop_front() {
            Some(seconds) => self.taxis[taxi].send(seconds).await,
            None => self.free.push_back(taxi),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Taxi {
    number: usize,
    dispatcher: Output<(usize, f64)>,
}

#[Model]
impl Taxi {
    fn take(&mut self, seconds: u64, context: &Context<Self>) {
        let duration = Duration::from_secs(seconds);
        context.schedule_event(duration, schedulable!(Self::over), seconds).expect("in the future");
    }

    #[nexosim(schedulable)]
    async fn over(&mut self, seconds: u64) {
        self.dispatcher.send((self.number, workload::commission(seconds))).await;
    }
}

pub(super) fn run(fleet: usize) -> Finished {
    let mut bench = bench();
    let dispatcher_mailbox = Mailbox::new();
    let mut dispatcher = Dispatcher { free: (0..fleet).collect(), ..Dispatcher::default() };
    for number in 0..fleet {
        let mailbox = Mailbox::new();
        let mut to_taxi = Output::default();
        to_taxi.connect(Taxi::take, &mailbox);
        dispatcher.taxis.push(to_taxi);
        let mut taxi = Taxi { number, ..Taxi::default() };
        taxi.dispatcher.connect(Dispatcher::done, &dispatcher_mailbox);
        bench = bench.add_model(taxi, mailbox, "taxi");
    }
    let every = Duration::from_nanos(1_000_000_000 / fleet as u64);
    let mut rides = Rides { left: workload::left(), every, ..Rides::default() };
    rides.dispatcher.connect(Dispatcher::ride, &dispatcher_mailbox);
    let bench = bench.add_model(dispatcher, dispatcher_mailbox, "dispatcher").add_model(
        rides,
        Mailbox::new(),
        "rides",
    );
    let mut simulation = built(bench);
    let seconds = timed(&mut simulation);
    Finished { seconds, value: VALUE.get() }
}
