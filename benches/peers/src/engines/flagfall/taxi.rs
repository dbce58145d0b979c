//! Taxis, a dispatcher, and a source of rides.

use super::draws::Draws;
use super::timed;
use crate::workload::{self, Finished};
use flagfall::{Actor, ActorRef, Context, Message, Simulation, Span};
use std::collections::VecDeque;

#[derive(Debug, Message)]
enum ToDispatcher {
    Hire(Vec<ActorRef<ToTaxi>>),
    Ride { seconds: u64 },
    Done { taxi: u32, commission: f64 },
}

#[derive(Debug, Message)]
enum ToTaxi {
    Take { seconds: u64 },
    Over { seconds: u64 },
}

struct Rides<D> {
    dispatcher: ActorRef<ToDispatcher>,
    left: u64,
    every: Span,
    draws: D,
}

impl<D: Draws> Actor for Rides<D> {
    type Message = ();

    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let seconds = self.draws.ride(context);
        context.send(&self.dispatcher, ToDispatcher::Ride { seconds });
        self.left -= 1;
        if self.left > 0 {
            context.schedule(self.every, ());
        }
    }
}

#[derive(Default)]
struct Dispatcher {
    taxis: Vec<ActorRef<ToTaxi>>,
    /// Longest free first.
    free: VecDeque<u32>,
    waiting: VecDeque<u64>,
    total: f64,
    log: Vec<f64>,
}

impl Actor for Dispatcher {
    type Message = ToDispatcher;

    fn handle(&mut self, message: ToDispatcher, context: &mut Context<'_, ToDispatcher>) {
        match message {
            ToDispatcher::Hire(taxis) => {
                self.free = (0..taxis.len() as u32).collect();
                self.taxis = taxis;
            }
            ToDispatcher::Ride { seconds } => match self.free.pop_front() {
                Some(taxi) => context.send(&self.taxis[taxi as usize], ToTaxi::Take { seconds }),
                None => self.waiting.push_back(seconds),
            },
            ToDispatcher::Done { taxi, commission } => {
                self.total += commission;
                self.log.push(commission);
                if !workload::counted() {
                    return context.end_run();
                }
                match self.waiting.pop_front() {
                    Some(seconds) => {
                        context.send(&self.taxis[taxi as usize], ToTaxi::Take { seconds });
                    }
                    None => self.free.push_back(taxi),
                }
            }
        }
    }
}

struct Taxi {
    number: u32,
    dispatcher: ActorRef<ToDispatcher>,
}

impl Actor for Taxi {
    type Message = ToTaxi;

    fn handle(&mut self, message: ToTaxi, context: &mut Context<'_, ToTaxi>) {
        match message {
            ToTaxi::Take { seconds } => {
                context.hold(Span::from_secs(seconds), ToTaxi::Over { seconds });
            }
            ToTaxi::Over { seconds } => {
                let commission = workload::commission(seconds);
                let done = ToDispatcher::Done { taxi: self.number, commission };
                context.send(&self.dispatcher, done);
            }
        }
    }
}

pub(super) fn run<D: Draws>(mut simulation: Simulation, fleet: usize) -> Finished {
    let dispatcher = simulation.spawn("dispatcher", Dispatcher::default());
    let taxis = (0..fleet as u32)
        .map(|number| *simulation.spawn(("taxi", number), Taxi { number, dispatcher: *dispatcher }))
        .collect();
    simulation.send(&dispatcher, ToDispatcher::Hire(taxis));
    let every = Span::from_nanos(1_000_000_000 / fleet as u64);
    let rides =
        Rides { dispatcher: *dispatcher, left: workload::left(), every, draws: D::default() };
    let rides = simulation.spawn("rides", rides);
    let mut simulation = super::settled(simulation);
    simulation.send(&rides, ());
    let seconds = timed(&mut simulation);
    let dispatcher = &simulation[&dispatcher];
    Finished { seconds, value: dispatcher.total }
}
