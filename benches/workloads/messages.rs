//! Actors and their messages.

use flagfall::random::Stream;
use flagfall::{
    Actor, ActorRef, Config, Context, Message, ReplyTo, RequestError, Simulation, Span, Timer,
    VirtualTime,
};
use flagfall_cli::models::parameter_server::{ParameterServer, ServerMessage};
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Debug, Message)]
enum Token {
    /// Who the neighbour is: closes the ring.
    Meet(ActorRef<Token>),
    Hop,
}

/// Passes a token to its neighbour.
struct Node {
    next: Option<ActorRef<Token>>,
}

impl Actor for Node {
    type Message = Token;
    fn handle(&mut self, token: Token, context: &mut Context<'_, Token>) {
        match (token, &self.next) {
            (Token::Meet(next), _) => self.next = Some(next),
            (Token::Hop, Some(next)) => context.send(next, Token::Hop),
            (Token::Hop, None) => {}
        }
    }
}

pub(crate) fn ring(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let first = simulation.spawn(("node", 0), Node { next: None });
    let mut next = first;
    for number in 1..1_000 {
        next = simulation.spawn(("node", number), Node { next: Some(*next) });
    }
    simulation.send(&first, Token::Meet(*next));
    simulation.send(&next, Token::Hop);
    simulation
}

/// PHOLD: each event draws a span and a target. Fujimoto, "Performance of
/// Time Warp under synthetic workloads" (1990).
struct Process {
    peers: Peers,
    stream: Option<Stream>,
}

/// Known to all once all are spawned.
type Peers = Rc<RefCell<Vec<ActorRef<u64>>>>;

impl Actor for Process {
    type Message = u64;
    fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
        let stream = self.stream.get_or_insert_with(|| context.stream("phold"));
        let delay = Span::from_millis(100) + stream.exponential(Span::from_secs(1));
        let peers = self.peers.borrow();
        let target = peers[stream.below(peers.len() as u64) as usize];
        context.send_after(delay, &target, number);
    }
}

pub(crate) fn phold(config: Config, processes: u32, events_each: u64) -> Simulation {
    let mut simulation = Simulation::new(config);
    let peers = Peers::default();
    for number in 0..processes {
        let process = Process { peers: Rc::clone(&peers), stream: None };
        let process = simulation.spawn(("process", number), process);
        peers.borrow_mut().push(*process);
        (0..events_each).for_each(|event| simulation.send(&process, event));
    }
    simulation
}

// --- staying busy -----------------------------------------------------------

/// Is held for its span, again and again.
struct Sleeper;

impl Actor for Sleeper {
    type Message = Span;
    fn handle(&mut self, span: Span, context: &mut Context<'_, Span>) {
        context.hold(span, span);
    }
}

pub(crate) fn hold(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    for number in 0..64 {
        let sleeper = simulation.spawn(("sleeper", number), Sleeper);
        simulation.send(&sleeper, Span::from_millis(1_000 + u64::from(number)));
    }
    simulation
}

#[derive(Debug, Message)]
enum ClerkMessage {
    Start,
    Done,
    Letter(u64),
}
#[derive(Debug, Message)]
enum PostMessage {
    Round,
}

/// Is busy for a second; what comes meanwhile waits in the mailbox.
struct Clerk;

impl Actor for Clerk {
    type Message = ClerkMessage;
    fn handle(&mut self, message: ClerkMessage, context: &mut Context<'_, ClerkMessage>) {
        if let ClerkMessage::Start = message {
            context.hold(Span::from_secs(1), ClerkMessage::Done);
        }
    }
}

/// Makes the clerk busy and sends it eleven letters, every two seconds: 25
/// events a round, of which eleven queue a letter and eleven take one.
struct Post {
    clerk: ActorRef<ClerkMessage>,
}

impl Actor for Post {
    type Message = PostMessage;
    fn handle(&mut self, PostMessage::Round: PostMessage, context: &mut Context<'_, PostMessage>) {
        context.send(&self.clerk, ClerkMessage::Start);
        (0..11).for_each(|letter| context.send(&self.clerk, ClerkMessage::Letter(letter)));
        context.hold(Span::from_secs(2), PostMessage::Round);
    }
}

pub(crate) fn mailbox(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let clerk = simulation.spawn("clerk", Clerk);
    let post = simulation.spawn("post", Post { clerk: *clerk });
    simulation.send(&post, PostMessage::Round);
    simulation
}

// --- requests ---------------------------------------------------------------

#[derive(Debug, Message)]
enum CustomerMessage {
    Ask,
    Price(Result<u64, RequestError>),
}

struct Shop;

impl Actor for Shop {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
        context.reply(reply, 7);
    }
}

/// Asks, waits for the answer, asks again: two events a time.
struct Customer {
    shop: ActorRef<ReplyTo<u64>>,
}

impl Actor for Customer {
    type Message = CustomerMessage;
    fn handle(&mut self, _: CustomerMessage, context: &mut Context<'_, CustomerMessage>) {
        context.ask(&self.shop, |reply| reply, CustomerMessage::Price);
    }
}

pub(crate) fn ask(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let shop = simulation.spawn("shop", Shop);
    let customer = simulation.spawn("customer", Customer { shop: *shop });
    simulation.send(&customer, CustomerMessage::Ask);
    simulation
}

// --- births and deaths ------------------------------------------------------

#[derive(Debug, Message)]
enum ParentMessage {
    Spawn,
}
#[derive(Debug, Message)]
enum ChildMessage {
    Stop,
}

struct Child;

impl Actor for Child {
    type Message = ChildMessage;
    fn handle(
        &mut self,
        ChildMessage::Stop: ChildMessage,
        context: &mut Context<'_, ChildMessage>,
    ) {
        context.stop();
    }
}

/// Spawns a child that stops at its first message: two events a life, the
/// message to the child and the parent's next turn.
struct Parent;

impl Actor for Parent {
    type Message = ParentMessage;
    fn handle(&mut self, spawn: ParentMessage, context: &mut Context<'_, ParentMessage>) {
        let child = context.spawn(("child", 0), Child);
        context.send(&child, ChildMessage::Stop);
        context.hold(Span::from_secs(1), spawn);
    }
}

pub(crate) fn lives(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let parent = simulation.spawn("parent", Parent);
    simulation.send(&parent, ParentMessage::Spawn);
    simulation
}

// --- a model's own work -----------------------------------------------------

/// Computes a gradient for a span, sends it, computes the next: two events
/// an update.
struct Worker {
    epoch: Span,
    gradient: Rc<Vec<f64>>,
    server: ActorRef<ServerMessage>,
}

impl Actor for Worker {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        context.send(&self.server, ServerMessage::UpdateParams(Rc::clone(&self.gradient)));
        context.hold(self.epoch, ());
    }
}

pub(crate) fn parameter_server(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let server = ParameterServer { parameters: vec![0.0; 10] };
    let server = simulation.spawn("parameter server", server);
    let gradient = Rc::new(vec![1.0; 10]);
    for number in 0..64 {
        let epoch = Span::from_millis(1_500 + 10 * u64::from(number));
        let worker = Worker { epoch, gradient: Rc::clone(&gradient), server: *server };
        let worker = simulation.spawn(("worker", number), worker);
        simulation.send(&worker, ());
    }
    simulation
}

#[derive(Debug, Message)]
enum WatchMessage {
    Turn,
    TimedOut,
}

/// Takes its time-out back before it fires and sets it anew, every turn: one
/// event, one cancellation and two scheduled messages.
struct Watch {
    timeout: Option<Timer>,
}

impl Actor for Watch {
    type Message = WatchMessage;
    fn handle(&mut self, message: WatchMessage, context: &mut Context<'_, WatchMessage>) {
        assert!(matches!(message, WatchMessage::Turn), "time-outs are taken back");
        if let Some(timer) = self.timeout.take() {
            assert!(context.cancel(timer).is_some(), "it is pending");
        }
        self.timeout = Some(context.set_timer(Span::from_secs(10), WatchMessage::TimedOut));
        context.schedule(Span::from_secs(1), WatchMessage::Turn);
    }
}

pub(crate) fn timers(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    for number in 0..64 {
        let watch = simulation.spawn(("watch", number), Watch { timeout: None });
        let start = VirtualTime::from_millis(number.into());
        simulation.send_at(start, &watch, WatchMessage::Turn).unwrap();
    }
    simulation
}
