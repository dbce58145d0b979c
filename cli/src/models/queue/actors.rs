//! The actors of the queue: the source of customers, the line, the servers.

use super::{Queue, ServiceLaw, Visit};
use flagfall::random::Stream;
use flagfall::{Actor, ActorRef, Context, Message, Span};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;

/// What the line understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum LineMessage {
    /// Employ the servers, and let customers come.
    Open,
    /// A customer has come, and wants to be served for so long.
    Arrive { service: Span },
    /// A server is done with a customer.
    Done { server: u32, customer: u32 },
}

/// What a server understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum ServerMessage {
    /// Serve a customer; the server is busy until it is over.
    Serve { customer: u32, service: Span },
    /// The end of the service, to the server itself.
    ServiceOver { customer: u32 },
}

/// What the source of customers understands.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum SourceMessage {
    /// Begin.
    Run,
    /// The gap before the next customer is over.
    NextCustomer,
}

/// Sends customers, one after each gap. Each brings the length of its service, which does not
/// depend on the number of servers or the gaps (common random numbers).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Source {
    customers: u32,
    gap: Span,
    service: Span,
    law: ServiceLaw,
    sent: u32,
    gaps: Option<Stream>,
    services: Option<Stream>,
    line: ActorRef<LineMessage>,
}

impl Source {
    fn new(queue: &Queue, line: ActorRef<LineMessage>) -> Self {
        Self {
            customers: queue.customers,
            gap: queue.mean_gap(),
            service: queue.service,
            law: queue.service_law,
            sent: 0,
            gaps: None,
            services: None,
            line,
        }
    }

    /// Waits for the next customer, if there is one.
    fn wait(&mut self, context: &mut Context<'_, SourceMessage>) {
        if let Some(gaps) = self.gaps.as_mut().filter(|_| self.sent < self.customers) {
            context.schedule(gaps.exponential(self.gap), SourceMessage::NextCustomer);
        }
    }
}

impl Actor for Source {
    type Message = SourceMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: SourceMessage, context: &mut Context<'_, SourceMessage>) {
        match message {
            SourceMessage::Run => {
                self.gaps = Some(context.stream("gaps"));
                self.services = Some(context.stream("services"));
            }
            SourceMessage::NextCustomer => {
                let Some(services) = &mut self.services else { return };
                let service = self.law.draw(self.service, services);
                context.send(&self.line, LineMessage::Arrive { service });
                self.sent += 1;
            }
        }
        self.wait(context);
    }
}

/// The line and its books: who comes first is served first, by the free server with the
/// least number. Messages between the line and its servers take no time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The visits of all customers so far, in order of arrival.
    pub visits: Vec<Visit>,
    /// Who waits, and for how long they will be served.
    waiting: VecDeque<(u32, Span)>,
    free: BinaryHeap<Reverse<u32>>,
    servers: Vec<ActorRef<ServerMessage>>,
    queue: Queue,
}

impl Line {
    pub(super) fn new(queue: Queue) -> Self {
        Self {
            visits: Vec::new(),
            waiting: VecDeque::new(),
            free: BinaryHeap::new(),
            servers: Vec::new(),
            queue,
        }
    }

    fn open(&mut self, context: &mut Context<'_, LineMessage>) {
        let line = context.me();
        for number in 0..self.queue.servers {
            self.servers.push(context.spawn(("server", number), Server { number, line }));
            self.free.push(Reverse(number));
        }
        let source = context.spawn("source", Source::new(&self.queue, line));
        context.send_after(Span::ZERO, &source, SourceMessage::Run);
    }

    /// Gives the first in the line to a free server, while there are both.
    fn serve(&mut self, context: &mut Context<'_, LineMessage>) {
        while !self.waiting.is_empty() {
            let Some(Reverse(server)) = self.free.pop() else { return };
            let Some((customer, service)) = self.waiting.pop_front() else { return };
            self.visits[customer as usize].began = Some(context.now());
            let serve = ServerMessage::Serve { customer, service };
            context.send_after(Span::ZERO, &self.servers[server as usize], serve);
        }
    }
}

impl Actor for Line {
    type Message = LineMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: LineMessage, context: &mut Context<'_, LineMessage>) {
        match message {
            LineMessage::Open => self.open(context),
            LineMessage::Arrive { service } => {
                let customer = self.visits.len() as u32;
                self.visits.push(Visit { arrived: context.now(), began: None, left: None });
                self.waiting.push_back((customer, service));
            }
            LineMessage::Done { server, customer } => {
                self.visits[customer as usize].left = Some(context.now());
                self.free.push(Reverse(server));
            }
        }
        self.serve(context);
    }
}

/// Serves one customer at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Server {
    number: u32,
    line: ActorRef<LineMessage>,
}

impl Actor for Server {
    type Message = ServerMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: ServerMessage, context: &mut Context<'_, ServerMessage>) {
        match message {
            ServerMessage::Serve { customer, service } => {
                context.hold(service, ServerMessage::ServiceOver { customer });
            }
            ServerMessage::ServiceOver { customer } => {
                let done = LineMessage::Done { server: self.number, customer };
                context.send_after(Span::ZERO, &self.line, done);
            }
        }
    }
}
