//! Queues against their closed forms: mailboxes are waiting lines, holds are
//! service, CPU slots are servers.

use crate::engine::Log;
use flagfall::random::Stream;
use flagfall::{Actor, ActorRef, Config, Context, Simulation, Span, VirtualTime};
use std::rc::Rc;

const CUSTOMERS: u32 = 4_000;
const REPLICATIONS: u64 = 40;
/// Of Student's distribution with 39 degrees of freedom, two-sided 95 %.
const STUDENT: f64 = 2.0227;

/// How long a service takes.
#[derive(Clone, Copy, Debug)]
enum Service {
    Exponential(Span),
    Constant(Span),
}

impl Service {
    fn draw(self, stream: &mut Stream) -> Span {
        match self {
            Self::Exponential(mean) => stream.exponential(mean),
            Self::Constant(span) => span,
        }
    }
}

flagfall::message! {
    enum Visit { Arrive { at: VirtualTime, service: Span }, Leave }
}

/// One server: its mailbox is the queue.
struct Server {
    waits: Log<Span>,
}

impl Actor for Server {
    type Message = Visit;
    fn handle(&mut self, visit: Visit, context: &mut Context<'_, Visit>) {
        if let Visit::Arrive { at, service } = visit {
            self.waits.borrow_mut().push(context.now() - at);
            context.hold(service, Visit::Leave);
        }
    }
}

/// One customer as a task: its CPU slot is the server.
struct Customer {
    arrived: VirtualTime,
    service: Span,
    waits: Log<Span>,
}

impl Actor for Customer {
    type Message = bool;
    fn handle(&mut self, done: bool, context: &mut Context<'_, bool>) {
        if done {
            return context.stop();
        }
        self.waits.borrow_mut().push(context.now() - self.arrived);
        context.hold(self.service, true);
    }
}

/// Customers arrive at random: to one server, or as tasks.
struct Source {
    server: Option<ActorRef<Visit>>,
    mean: Span,
    service: Service,
    streams: Option<(Stream, Stream)>,
    waits: Log<Span>,
}

impl Actor for Source {
    type Message = u32;
    fn handle(&mut self, number: u32, context: &mut Context<'_, u32>) {
        let streams = self
            .streams
            .get_or_insert_with(|| (context.stream("arrivals"), context.stream("services")));
        let (gap, service) = (streams.0.exponential(self.mean), self.service.draw(&mut streams.1));
        let at = context.now();
        match &self.server {
            Some(server) => context.send(server, Visit::Arrive { at, service }),
            None => {
                let customer = Customer { arrived: at, service, waits: Rc::clone(&self.waits) };
                context.spawn_task(("customer", number), customer, false);
            }
        }
        if number + 1 < CUSTOMERS {
            context.schedule(gap, number + 1);
        }
    }
}

/// Mean wait in seconds after a warm-up of a quarter of the customers.
fn mean_wait(replication: u64, servers: u32, load: f64, service: Service) -> f64 {
    let waits = Log::default();
    let config = Config::new(2_026).replication(replication).cpus(servers).digest(false);
    let mut simulation = Simulation::new(config);
    // The service takes a second on average: the load sets the arrivals.
    let mean = Span::try_from_secs_f64(1.0 / (load * f64::from(servers))).expect("a span");
    let server =
        (servers == 1).then(|| simulation.spawn("server", Server { waits: Rc::clone(&waits) }));
    let source = Source { server, mean, service, streams: None, waits: Rc::clone(&waits) };
    let source = simulation.spawn("source", source);
    simulation.send(&source, 0);
    simulation.run().expect("no errors");
    let waits = waits.take();
    assert_eq!(waits.len(), CUSTOMERS as usize);
    let steady = &waits[waits.len() / 4..];
    steady.iter().map(|wait| wait.as_secs_f64()).sum::<f64>() / steady.len() as f64
}

/// The 95 % interval of the mean wait over the replications.
fn interval(servers: u32, load: f64, service: Service) -> (f64, f64) {
    let means: Vec<f64> =
        (0..REPLICATIONS).map(|number| mean_wait(number, servers, load, service)).collect();
    let count = REPLICATIONS as f64;
    let mean = means.iter().sum::<f64>() / count;
    let variance = means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let half = STUDENT * (variance / count).sqrt();
    (mean - half, mean + half)
}

fn covers((low, high): (f64, f64), truth: f64) -> bool {
    // An interval that is as wide as the value proves nothing.
    assert!(high - low < 0.2 * truth, "{low}..{high} is too wide for {truth}");
    (low..=high).contains(&truth)
}

const SECOND: Span = Span::from_secs(1);

#[test]
fn one_server_with_exponential_service() {
    // M/M/1: load / (1 - load) services.
    let waits = interval(1, 0.6, Service::Exponential(SECOND));
    assert!(covers(waits, 1.5), "{waits:?}");
}

#[test]
fn one_server_with_constant_service() {
    // M/D/1, by Pollaczek and Khinchine: half of M/M/1.
    let waits = interval(1, 0.6, Service::Constant(SECOND));
    assert!(covers(waits, 0.75), "{waits:?}");
}

#[test]
fn two_servers_as_cpu_slots() {
    // M/M/2 at load 0.6, by Erlang C: 0.45 wait, and 0.45 / (2 - 1.2) s.
    let waits = interval(2, 0.6, Service::Exponential(SECOND));
    assert!(covers(waits, 0.5625), "{waits:?}");
}

#[test]
fn a_wrong_service_rate_is_noticed() {
    let waits = interval(1, 0.6, Service::Exponential(Span::from_millis(1_050)));
    assert!(!covers(waits, 1.5), "{waits:?}");
}
