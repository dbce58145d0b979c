//! Taxis, a dispatcher, and a source of rides.

use super::timed;
use crate::workload::{self, Finished};
use simrs::{Component, ComponentId, Scheduler, Simulation, State};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

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

pub(super) fn run(fleet: usize) -> Finished {
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
