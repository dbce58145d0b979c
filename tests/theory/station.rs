//! What the systems are built of: sources, stations with waiting lines, and
//! books on who came, was served and left.
//!
//! Only this file knows how a line is kept. Theory is held to the books.

use crate::engine::Log;
use flagfall::random::Stream;
use flagfall::{Actor, ActorRef, Context, Message, ReplyTo, Span, Timer, VirtualTime};
use std::collections::VecDeque;

/// How long something takes, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Law {
    Exponential(f64),
    Constant(f64),
    /// From nothing to this.
    Uniform(f64),
}

impl Law {
    pub(crate) fn draw(self, stream: &mut Stream) -> Span {
        match self {
            Self::Exponential(mean) => stream.exponential(Span::from_secs_f64(mean)),
            Self::Constant(secs) => Span::from_secs_f64(secs),
            Self::Uniform(most) => stream.span(Span::ZERO..=Span::from_secs_f64(most)),
        }
    }

    pub(crate) fn times(self, factor: f64) -> Self {
        match self {
            Self::Exponential(mean) => Self::Exponential(mean * factor),
            Self::Constant(secs) => Self::Constant(secs * factor),
            Self::Uniform(most) => Self::Uniform(most * factor),
        }
    }

    pub(crate) fn mean(self) -> f64 {
        match self {
            Self::Exponential(mean) => mean,
            Self::Constant(secs) => secs,
            Self::Uniform(most) => most / 2.0,
        }
    }

    pub(crate) fn mean_square(self) -> f64 {
        match self {
            Self::Exponential(mean) => 2.0 * mean * mean,
            Self::Constant(secs) => secs * secs,
            Self::Uniform(most) => most * most / 3.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    Present,
    Served,
    /// Found the station full.
    Blocked,
    /// Waited as long as it would, and left.
    Reneged,
}

/// What became of one customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) class: u8,
    pub(crate) arrived: VirtualTime,
    pub(crate) began: Option<VirtualTime>,
    pub(crate) left: Option<VirtualTime>,
    pub(crate) fate: Fate,
}

impl Visit {
    /// Seconds in the line, if the customer was served.
    pub(crate) fn wait(&self) -> Option<f64> {
        self.began.map(|began| (began - self.arrived).as_secs_f64())
    }
}

/// Visits of one station in the order of arrival.
pub(crate) type Books = Log<Visit>;

#[derive(Debug, Message)]
pub(crate) enum ToStation {
    Arrive {
        class: u8,
    },
    /// As `Arrive`; whoever asks is told when it has been served.
    Repair(ReplyTo<()>),
    Served {
        visit: u32,
    },
    GiveUp {
        visit: u32,
    },
}

/// Servers and a line for each class, the first class first.
pub(crate) struct Station {
    pub(crate) servers: u32,
    /// How many may be inside, in service or not.
    pub(crate) places: u32,
    /// Service of each class.
    pub(crate) services: Vec<Law>,
    /// How long customers wait before they leave.
    pub(crate) patience: Option<Law>,
    /// Where the served go.
    pub(crate) next: Option<ActorRef<ToStation>>,
    pub(crate) books: Books,
    busy: u32,
    lines: Vec<VecDeque<Waiting>>,
    waiting: u32,
    repairs: Vec<(u32, ReplyTo<()>)>,
    streams: Option<(Stream, Stream)>,
}

struct Waiting {
    visit: u32,
    timer: Option<Timer>,
}

impl Station {
    pub(crate) fn new(servers: u32, services: &[Law], books: &Books) -> Self {
        Self {
            servers,
            places: u32::MAX,
            services: services.to_vec(),
            patience: None,
            next: None,
            books: Books::clone(books),
            busy: 0,
            lines: services.iter().map(|_| VecDeque::new()).collect(),
            waiting: 0,
            repairs: Vec::new(),
            streams: None,
        }
    }

    /// A customer comes in, and is served, waits or is sent away.
    fn arrive(&mut self, class: u8, context: &mut Context<'_, ToStation>) -> u32 {
        let now = context.now();
        let mut books = self.books.borrow_mut();
        let visit = u32::try_from(books.len()).expect("few visits");
        let full = self.busy + self.waiting >= self.places;
        books.push(Visit {
            class,
            arrived: now,
            began: None,
            left: full.then_some(now),
            fate: if full { Fate::Blocked } else { Fate::Present },
        });
        drop(books);
        if !full && self.busy < self.servers {
            self.serve(visit, context);
        } else if !full {
            let timer = self.patience.map(|patience| {
                let delay = patience.draw(&mut self.streams(context).1);
                context.set_timer(delay, ToStation::GiveUp { visit })
            });
            self.waiting += 1;
            self.lines[usize::from(class)].push_back(Waiting { visit, timer });
        }
        visit
    }

    fn serve(&mut self, visit: u32, context: &mut Context<'_, ToStation>) {
        self.busy += 1;
        let class = self.note(visit, |record| record.began = Some(context.now())).class;
        let service = self.services[usize::from(class)];
        let service = service.draw(&mut self.streams(context).0);
        context.schedule(service, ToStation::Served { visit });
    }

    fn served(&mut self, visit: u32, context: &mut Context<'_, ToStation>) {
        self.busy -= 1;
        let class = self.leave(visit, Fate::Served, context).class;
        if let Some(next) = &self.next {
            context.send(next, ToStation::Arrive { class });
        }
        if let Some(at) = self.repairs.iter().position(|(repaired, _)| *repaired == visit) {
            context.reply(self.repairs.swap_remove(at).1, ());
        }
        if let Some(first) = self.lines.iter_mut().find_map(VecDeque::pop_front) {
            self.waiting -= 1;
            first.timer.map(|timer| context.cancel(timer));
            self.serve(first.visit, context);
        }
    }

    fn give_up(&mut self, visit: u32, context: &Context<'_, ToStation>) {
        let class = self.leave(visit, Fate::Reneged, context).class;
        self.waiting -= 1;
        self.lines[usize::from(class)].retain(|waiting| waiting.visit != visit);
    }

    fn leave(&self, visit: u32, fate: Fate, context: &Context<'_, ToStation>) -> Visit {
        self.note(visit, |record| {
            record.left = Some(context.now());
            record.fate = fate;
        })
    }

    fn note(&self, visit: u32, change: impl FnOnce(&mut Visit)) -> Visit {
        let mut books = self.books.borrow_mut();
        let record = &mut books[visit as usize];
        change(record);
        *record
    }

    /// For services, and for patience.
    fn streams(&mut self, context: &Context<'_, ToStation>) -> &mut (Stream, Stream) {
        self.streams.get_or_insert_with(|| (context.stream("services"), context.stream("patience")))
    }
}

impl Actor for Station {
    type Message = ToStation;
    fn handle(&mut self, message: ToStation, context: &mut Context<'_, ToStation>) {
        match message {
            ToStation::Arrive { class } => {
                self.arrive(class, context);
            }
            ToStation::Repair(reply) => {
                let visit = self.arrive(0, context);
                self.repairs.push((visit, reply));
            }
            ToStation::Served { visit } => self.served(visit, context),
            ToStation::GiveUp { visit } => self.give_up(visit, context),
        }
    }
}

#[derive(Debug, Message)]
pub(crate) enum ToServer {
    Arrive { at: VirtualTime },
    Leave,
}

/// One server whose mailbox is the line: it holds while it serves.
pub(crate) struct Server {
    pub(crate) service: Law,
    pub(crate) stream: Option<Stream>,
    pub(crate) books: Books,
}

impl Actor for Server {
    type Message = ToServer;
    fn handle(&mut self, message: ToServer, context: &mut Context<'_, ToServer>) {
        if let ToServer::Arrive { at } = message {
            let stream = self.stream.get_or_insert_with(|| context.stream("services"));
            let service = self.service.draw(stream);
            self.books.borrow_mut().push(served_customer(at, context.now(), service));
            context.hold(service, ToServer::Leave);
        }
    }
}

/// One customer as a task: its CPU slot is the server.
struct Customer {
    arrived: VirtualTime,
    service: Span,
    books: Books,
}

impl Actor for Customer {
    type Message = bool;
    fn handle(&mut self, done: bool, context: &mut Context<'_, bool>) {
        if done {
            return context.stop();
        }
        let visit = served_customer(self.arrived, context.now(), self.service);
        self.books.borrow_mut().push(visit);
        context.hold(self.service, true);
    }
}

fn served_customer(arrived: VirtualTime, began: VirtualTime, service: Span) -> Visit {
    let left = Some(began + service);
    Visit { class: 0, arrived, began: Some(began), left, fate: Fate::Served }
}

/// Where customers go.
pub(crate) enum Goal {
    Station(ActorRef<ToStation>, u8),
    Server(ActorRef<ToServer>),
    /// They are tasks on CPU slots.
    Tasks(Law, Books),
}

/// Customers at random, without end.
pub(crate) struct Source {
    pub(crate) rate: f64,
    pub(crate) goal: Goal,
    pub(crate) streams: Option<(Stream, Stream)>,
}

impl Actor for Source {
    type Message = u32;
    fn handle(&mut self, number: u32, context: &mut Context<'_, u32>) {
        let streams = self
            .streams
            .get_or_insert_with(|| (context.stream("arrivals"), context.stream("services")));
        let gap = Law::Exponential(1.0 / self.rate).draw(&mut streams.0);
        match &self.goal {
            Goal::Station(station, class) => {
                context.send(station, ToStation::Arrive { class: *class });
            }
            Goal::Server(server) => context.send(server, ToServer::Arrive { at: context.now() }),
            Goal::Tasks(service, books) => {
                let service = service.draw(&mut streams.1);
                let books = Books::clone(books);
                let customer = Customer { arrived: context.now(), service, books };
                context.spawn_task(("customer", number), customer, false);
            }
        }
        context.schedule(gap, number + 1);
    }
}

/// Runs, fails, asks for its repair, runs again.
pub(crate) struct Machine {
    pub(crate) run: Law,
    pub(crate) shop: ActorRef<ToStation>,
    pub(crate) stream: Option<Stream>,
}

#[derive(Debug, Message)]
pub(crate) enum ToMachine {
    Start,
    Fail,
    Repaired,
}

impl Actor for Machine {
    type Message = ToMachine;
    fn handle(&mut self, message: ToMachine, context: &mut Context<'_, ToMachine>) {
        if let ToMachine::Fail = message {
            return context.ask(&self.shop, ToStation::Repair, |_| ToMachine::Repaired);
        }
        let stream = self.stream.get_or_insert_with(|| context.stream("failures"));
        context.schedule(self.run.draw(stream), ToMachine::Fail);
    }
}
